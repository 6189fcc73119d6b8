#include "tests/sidecar/flow/fake_token.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

namespace chela::test {
namespace {

class FakeKey final : public signer::Key {
public:
    FakeKey(TestKey key, KeyBehaviour& behaviour)
        : key_{key},
          public_key_{key.public_key()},
          address_{chains::address_of(public_key_)},
          behaviour_{behaviour} {}

    [[nodiscard]] const chains::PublicKey& public_key() const override { return public_key_; }
    [[nodiscard]] const Address& address() const override { return address_; }
    Result<chains::RecoverableSignature> sign(const chains::ApprovedPreimage& approved) override {
        if (approved.signer() != address_)
            return fail(ErrorCode::denied, "approved for another address");
        const auto* transaction = std::get_if<chains::Transaction>(&approved.preimage().content());
        const auto nonce = transaction == nullptr ? Nonce{} : chains::nonce(*transaction);
        if (auto ok = behaviour_.on_sign(nonce); !ok) return std::unexpected{ok.error()};
        return key_.sign(approved.preimage().signing_hash());
    }
    Status probe() override { return behaviour_.on_probe(); }

private:
    TestKey key_;
    chains::PublicKey public_key_;
    Address address_;
    KeyBehaviour& behaviour_;
};

TestKey key_number(std::uint64_t number) {
    return TestKey{fmt::format("0x{:064x}", number)};
}

}  // namespace

void KeyBehaviour::fail_probe(std::optional<Error> error) {
    const std::lock_guard lock{mutex_};
    probe_error_ = std::move(error);
}

void KeyBehaviour::fail_sign(std::optional<Error> error, std::optional<Nonce> only) {
    const std::lock_guard lock{mutex_};
    failing_nonce_ = only;
    sign_error_ = std::move(error);
}

void KeyBehaviour::hold() {
    const std::lock_guard lock{mutex_};
    held_ = true;
}

void KeyBehaviour::release() {
    const std::lock_guard lock{mutex_};
    held_ = false;
    released_.notify_all();
}

std::uint64_t KeyBehaviour::probes() const {
    const std::lock_guard lock{mutex_};
    return probes_;
}

std::uint64_t KeyBehaviour::signatures() const {
    const std::lock_guard lock{mutex_};
    return signatures_;
}

std::uint64_t KeyBehaviour::attempts() const {
    const std::lock_guard lock{mutex_};
    return attempts_;
}

Status KeyBehaviour::on_probe() {
    const std::lock_guard lock{mutex_};
    ++probes_;
    if (probe_error_) return std::unexpected{*probe_error_};
    return {};
}

Status KeyBehaviour::on_sign(Nonce nonce) {
    std::unique_lock lock{mutex_};
    ++attempts_;
    released_.wait(lock, [this] { return !held_; });
    if (sign_error_ && failing_nonce_.value_or(nonce) == nonce)
        return std::unexpected{*sign_error_};
    ++signatures_;
    return {};
}

Result<signer::pkcs11::TokenStatus> FakeToken::status() {
    return signer::pkcs11::TokenStatus{"test", "chela", "memory", "1"};
}

Result<signer::pkcs11::KeyInfo> FakeToken::generate(const std::string& label) {
    if (generate_error) return std::unexpected{*generate_error};
    const std::lock_guard lock{mutex_};
    const auto number = keys_.size() + 1;
    signer::pkcs11::KeyInfo info;
    info.label = label;
    info.id = {static_cast<std::uint8_t>(number)};
    info.public_key = key_number(number).public_key();
    info.address = chains::address_of(info.public_key);
    keys_.push_back(info);
    return info;
}

Result<std::vector<signer::pkcs11::KeyInfo>> FakeToken::list() {
    const std::lock_guard lock{mutex_};
    return keys_;
}

Result<signer::pkcs11::KeyInfo> FakeToken::describe(BytesView id) {
    const std::lock_guard lock{mutex_};
    const auto found = std::ranges::find_if(
        keys_, [id](const auto& key) { return std::ranges::equal(key.id, id); });
    if (found == keys_.end()) return fail(ErrorCode::not_found, "no such key", "E_KEY_NOT_FOUND");
    return *found;
}

Result<std::shared_ptr<signer::Key>> FakeToken::key(
    BytesView id, const chains::PublicKey& expected) {
    if (open_error) return std::unexpected{*open_error};
    const auto info = describe(id);
    if (!info) return std::unexpected{info.error()};
    if (info->public_key != expected)
        return fail(ErrorCode::bad_response, "another key", "E_KEY_CHANGED");
    return std::make_shared<FakeKey>(key_number(id.front()), behaviour);
}

}  // namespace chela::test
