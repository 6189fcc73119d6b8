#pragma once

#include "sidecar/flow/key_source.hpp"
#include "tests/bench/submit/meter.hpp"

#include <map>
#include <memory>
#include <mutex>

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
    std::mutex mutex_;
    std::map<Address, std::shared_ptr<signer::Key>> keys_;
};

}  // namespace chela::bench
