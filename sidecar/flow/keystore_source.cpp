#include "sidecar/flow/keystore_source.hpp"

#include "sidecar/edge/entropy.hpp"
#include "signer/private_key.hpp"

#include <algorithm>
#include <utility>

namespace chela::sidecar::flow {

namespace {

constexpr std::size_t kPrivateKeyBytes = 32;

template <std::size_t N>
void draw(std::array<std::uint8_t, N>& out) {
    std::ranges::copy(random_bytes(N), out.begin());
}

signer::software::KeystoreEntropy fresh_entropy() {
    signer::software::KeystoreEntropy entropy;
    draw(entropy.salt);
    draw(entropy.iv);
    draw(entropy.uuid);
    return entropy;
}

}  // namespace

Status KeystoreSource::probe() {
    const auto files = keystore_.list();
    if (!files) return std::unexpected{files.error()};
    return {};
}

Result<KeySource::Made> KeystoreSource::generate(const std::string& label) {
    return import(label, signer::Secret::filled(kPrivateKeyBytes, fill_randomly));
}

Result<KeySource::Made> KeystoreSource::import(
    const std::string& /*label*/, signer::Secret private_key) {
    const auto public_key = signer::public_key_of(private_key);
    if (!public_key) return std::unexpected{public_key.error()};
    const Address address = chains::address_of(*public_key);
    const auto stored = keystore_.store(private_key, password_, fresh_entropy());
    if (stored) return Made{{}, *public_key, address};
    // A file that an interrupted import left behind is as good as a new one, if it opens.
    const bool is_left_behind = stored.error().reason == "E_KEY_EXISTS";
    if (!is_left_behind || !keystore_.open(address, password_))
        return std::unexpected{stored.error()};
    return Made{{}, *public_key, address};
}

Result<std::shared_ptr<signer::Key>> KeystoreSource::open(const store::SigningKeyRecord& record) {
    auto key = keystore_.open(record.address, password_);
    if (!key) return key;
    if ((*key)->public_key() != record.public_key) {
        return fail(
            ErrorCode::bad_response,
            "the keystore holds another key under this address than the one that was pinned",
            "E_KEY_CHANGED");
    }
    return key;
}

Result<std::string> KeystoreSource::prove(const store::SigningKeyRecord& record) {
    // To decrypt it is to prove it.
    const auto key = open(record);
    if (!key) return std::unexpected{key.error()};
    return "in an encrypted file, and in chela's memory from its first signature on";
}

}  // namespace chela::sidecar::flow
