#pragma once

#include "sidecar/flow/key_source.hpp"
#include "tests/bench/submit/meter.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>

namespace chela::bench {

/// A back end whose keys tell the meters of their owners how long they took.
class TimedSource final : public sidecar::flow::KeySource {
public:
    explicit TimedSource(std::shared_ptr<KeySource> inner) : inner_{std::move(inner)} {}

    /// From now on that key tells this meter, which must outlive it.
    void watch(const Address& address, Meter& meter);

    [[nodiscard]] sidecar::store::KeyBackend backend() const override { return inner_->backend(); }
    [[nodiscard]] signer::KeyOrigin origin() const override { return inner_->origin(); }
    [[nodiscard]] Status probe() override { return inner_->probe(); }
    [[nodiscard]] Result<Made> generate(const std::string& label) override {
        return inner_->generate(label);
    }
    [[nodiscard]] Result<Made> import(const std::string& label, signer::Secret key) override {
        return inner_->import(label, std::move(key));
    }
    [[nodiscard]] Result<std::shared_ptr<signer::Key>> open(
        const sidecar::store::SigningKeyRecord& record) override;
    [[nodiscard]] Result<std::string> prove(
        const sidecar::store::SigningKeyRecord& record) override {
        return inner_->prove(record);
    }

private:
    std::shared_ptr<KeySource> inner_;
    std::mutex mutex_;
    std::map<Address, Meter*> meters_;
};

/// Software keys that are nowhere but in memory: a keystore file takes half a second to open.
class MemorySource final : public sidecar::flow::KeySource {
public:
    MemorySource() = default;
    /// As a token elsewhere, which takes no time of this machine's processors.
    /// @param sessions  signatures that it makes at the same time
    /// @param pause     what each of them takes; a probe takes a tenth of it
    MemorySource(unsigned sessions, std::chrono::milliseconds pause)
        : sessions_{std::make_shared<Sessions>(sessions)},
          pause_{pause} {}

    [[nodiscard]] sidecar::store::KeyBackend backend() const override {
        return sidecar::store::KeyBackend::keystore;
    }
    [[nodiscard]] signer::KeyOrigin origin() const override { return {}; }
    [[nodiscard]] Status probe() override { return {}; }
    [[nodiscard]] Result<Made> generate(const std::string& label) override;
    [[nodiscard]] Result<Made> import(const std::string& label, signer::Secret key) override;
    [[nodiscard]] Result<std::shared_ptr<signer::Key>> open(
        const sidecar::store::SigningKeyRecord& record) override;
    [[nodiscard]] Result<std::string> prove(
        const sidecar::store::SigningKeyRecord& record) override;

private:
    using Sessions = std::counting_semaphore<>;

    std::shared_ptr<Sessions> sessions_;
    std::chrono::milliseconds pause_{};
    std::mutex mutex_;
    std::map<Address, std::shared_ptr<signer::Key>> keys_;
};

}  // namespace chela::bench
