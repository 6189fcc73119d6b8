#include "tests/bench/submit/timed_key.hpp"

#include "sidecar/edge/entropy.hpp"
#include "signer/software/key.hpp"

#include <algorithm>
#include <thread>

namespace chela::bench {
namespace {

class TimedKey final : public signer::Key {
public:
    TimedKey(std::shared_ptr<Key> inner, Meter& meter) : inner_{std::move(inner)}, meter_{meter} {}

    [[nodiscard]] const chains::PublicKey& public_key() const override {
        return inner_->public_key();
    }
    [[nodiscard]] const Address& address() const override { return inner_->address(); }
    [[nodiscard]] Result<chains::RecoverableSignature> sign(
        const chains::ApprovedPreimage& approved) override {
        const auto from = this_moment();
        auto signature = inner_->sign(approved);
        meter_.in_key(KeyCall::sign, from, this_moment());
        return signature;
    }
    [[nodiscard]] Status probe() override {
        const auto from = this_moment();
        auto usable = inner_->probe();
        meter_.in_key(KeyCall::probe, from, this_moment());
        return usable;
    }
    [[nodiscard]] signer::KeyOrigin origin() const override { return inner_->origin(); }

private:
    std::shared_ptr<Key> inner_;
    Meter& meter_;
};

/// As if its signatures came from another machine.
class AwayKey final : public signer::Key {
public:
    AwayKey(
        std::shared_ptr<Key> inner,
        std::shared_ptr<std::counting_semaphore<>> sessions,
        std::chrono::milliseconds pause)
        : inner_{std::move(inner)},
          sessions_{std::move(sessions)},
          pause_{pause} {}

    [[nodiscard]] const chains::PublicKey& public_key() const override {
        return inner_->public_key();
    }
    [[nodiscard]] const Address& address() const override { return inner_->address(); }
    [[nodiscard]] Result<chains::RecoverableSignature> sign(
        const chains::ApprovedPreimage& approved) override {
        sessions_->acquire();
        std::this_thread::sleep_for(pause_);
        sessions_->release();
        return inner_->sign(approved);
    }
    /// A question is answered in a tenth of the time.
    [[nodiscard]] Status probe() override {
        sessions_->acquire();
        std::this_thread::sleep_for(pause_ / 10);
        sessions_->release();
        return inner_->probe();
    }
    [[nodiscard]] signer::KeyOrigin origin() const override { return inner_->origin(); }

private:
    std::shared_ptr<Key> inner_;
    std::shared_ptr<std::counting_semaphore<>> sessions_;
    std::chrono::milliseconds pause_;
};

}  // namespace

void TimedSource::watch(const Address& address, Meter& meter) {
    const std::lock_guard lock{mutex_};
    meters_[address] = &meter;
}

Result<std::shared_ptr<signer::Key>> TimedSource::open(
    const sidecar::store::SigningKeyRecord& record) {
    auto key = inner_->open(record);
    if (!key) return key;
    const std::lock_guard lock{mutex_};
    const auto meter = meters_.find(record.address);
    if (meter == meters_.end()) bug("a key is used that nobody watches");
    return std::make_shared<TimedKey>(*std::move(key), *meter->second);
}

Result<sidecar::flow::KeySource::Made> MemorySource::generate(const std::string& label) {
    return import(label, signer::Secret::filled(32, [](std::span<char> out) {
                      std::ranges::transform(
                          sidecar::random_bytes(out.size()), out.begin(),
                          [](std::uint8_t byte) { return static_cast<char>(byte); });
                  }));
}

Result<sidecar::flow::KeySource::Made> MemorySource::import(
    const std::string& label, signer::Secret key) {
    auto made = signer::software::SoftwareKey::make(std::move(key), label);
    if (!made) return std::unexpected{made.error()};
    const std::lock_guard lock{mutex_};
    auto& kept = keys_[(*made)->address()] = *made;
    if (sessions_) kept = std::make_shared<AwayKey>(kept, sessions_, pause_);
    return Made{.token_id = {}, .public_key = (*made)->public_key(), .address = (*made)->address()};
}

Result<std::shared_ptr<signer::Key>> MemorySource::open(
    const sidecar::store::SigningKeyRecord& record) {
    const std::lock_guard lock{mutex_};
    const auto found = keys_.find(record.address);
    if (found == keys_.end()) return fail(ErrorCode::not_found, "there is no such key");
    return found->second;
}

Result<std::string> MemorySource::prove(const sidecar::store::SigningKeyRecord& record) {
    const auto key = open(record);
    if (!key) return std::unexpected{key.error()};
    return "in memory";
}

}  // namespace chela::bench
