#include "tests/chains/test_key.hpp"

#include "chains/base/hex.hpp"

#include <algorithm>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace chela::test {
namespace {

const secp256k1_context* context() {
    static const secp256k1_context* const shared = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    return shared;
}

}  // namespace

TestKey::TestKey(std::string_view hex) {
    const auto secret = parse_fixed<Hash256>(hex);
    if (!secret || secp256k1_ec_seckey_verify(context(), secret->bytes.data()) != 1) {
        bug("not a private key");
    }
    secret_ = secret->bytes;
}

chains::PublicKey TestKey::public_key() const {
    secp256k1_pubkey key{};
    if (secp256k1_ec_pubkey_create(context(), &key, secret_.data()) != 1) bug("no public key");
    std::array<std::uint8_t, 65> encoded{};
    std::size_t size = encoded.size();
    secp256k1_ec_pubkey_serialize(
        context(), encoded.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
    chains::PublicKey out;
    std::copy(encoded.begin() + 1, encoded.end(), out.bytes.begin());
    return out;
}

chains::RecoverableSignature TestKey::sign(const SigningHash& hash) const {
    secp256k1_ecdsa_recoverable_signature signature{};
    if (secp256k1_ecdsa_sign_recoverable(
            context(), &signature, hash.bytes.data(), secret_.data(), nullptr, nullptr) != 1) {
        bug("signing failed");
    }
    std::array<std::uint8_t, 64> compact{};
    int parity = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(
        context(), compact.data(), &parity, &signature);
    const auto r = U256::from_big_endian(BytesView{compact}.first(32));
    const auto s = U256::from_big_endian(BytesView{compact}.last(32));
    if (!r || !s) bug("64 bytes are two numbers");
    return {*r, *s, static_cast<std::uint8_t>(parity)};
}

std::array<std::uint8_t, 64> TestKey::sign_raw(const SigningHash& hash) const {
    const auto signature = sign(hash);
    std::array<std::uint8_t, 64> raw{};
    std::ranges::copy(signature.r.to_big_endian(), raw.begin());
    std::ranges::copy(signature.s.to_big_endian(), raw.begin() + 32);
    return raw;
}

U256 negated(const U256& s) {
    const auto order =
        parse_quantity("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    if (!order) bug("the order is a quantity");
    const auto out = subtract(*order, s);
    if (!out) bug("s is below the order");
    return *out;
}

}  // namespace chela::test
