#include "chains/crypto/ecdsa.hpp"

#include "chains/crypto/keccak.hpp"

#include <algorithm>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace chela::chains {
namespace {

/// n, the order of secp256k1, and (n - 1) / 2. Source: SEC 2 §2.4.1.
constexpr U256 kOrder{
    {0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff}};
constexpr U256 kHalfOrder{
    {0xdfe92f46681b20a0, 0x5d576e7357a4501d, 0xffffffffffffffff, 0x7fffffffffffffff}};

constexpr std::size_t kUncompressed = 65;
constexpr std::size_t kCompressed = 33;
constexpr std::uint8_t kUncompressedPrefix = 0x04;

/// Made once and never freed: threads may still verify while the process ends.
const secp256k1_context* context() {
    static const secp256k1_context* const shared = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    return shared;
}

bool is_scalar(const U256& value) {
    return !value.is_zero() && value < kOrder;
}

PublicKey serialize(const secp256k1_pubkey& key) {
    std::array<std::uint8_t, kUncompressed> encoded{};
    std::size_t size = encoded.size();
    secp256k1_ec_pubkey_serialize(
        context(), encoded.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
    PublicKey out;
    std::copy(encoded.begin() + 1, encoded.end(), out.bytes.begin());
    return out;
}

/// The forms we take; the library would also take the hybrid prefixes 06 and 07.
bool has_known_form(BytesView encoded) {
    if (encoded.size() == kUncompressed) return encoded[0] == kUncompressedPrefix;
    return encoded.size() == kCompressed && (encoded[0] == 0x02 || encoded[0] == 0x03);
}

std::unexpected<Error> mismatch(std::string detail) {
    return fail(ErrorCode::bad_response, std::move(detail), "E_SIGNATURE_MISMATCH");
}

}  // namespace

Result<PublicKey> parse_public_key(BytesView encoded) {
    std::array<std::uint8_t, kUncompressed> prefixed{kUncompressedPrefix};
    if (encoded.size() == PublicKey::kSize) {
        std::ranges::copy(encoded, prefixed.begin() + 1);
        encoded = prefixed;
    }
    if (!has_known_form(encoded)) {
        return fail(
            ErrorCode::invalid_input,
            "a public key is 65 bytes 04||X||Y, 64 bytes X||Y or 33 bytes compressed");
    }
    secp256k1_pubkey key{};
    if (secp256k1_ec_pubkey_parse(context(), &key, encoded.data(), encoded.size()) != 1) {
        return fail(ErrorCode::invalid_input, "the public key is not a point of secp256k1");
    }
    return serialize(key);
}

Address address_of(const PublicKey& key) {
    const Hash256 hash = keccak256(key.view());
    Address out;
    std::copy(hash.bytes.end() - Address::kSize, hash.bytes.end(), out.bytes.begin());
    return out;
}

Result<RawSignature> normalize_signature(BytesView raw) {
    if (raw.size() != 64) {
        return fail(
            ErrorCode::invalid_input,
            "a raw signature is 64 bytes, got " + std::to_string(raw.size()));
    }
    const auto r = U256::from_big_endian(raw.first(32));
    const auto s = U256::from_big_endian(raw.last(32));
    if (!r || !s || !is_scalar(*r) || !is_scalar(*s)) {
        return fail(
            ErrorCode::invalid_input, "r and s of a signature lie between 1 and the curve order");
    }
    if (*s <= kHalfOrder) return RawSignature{*r, *s};
    const auto negated = subtract(kOrder, *s);
    if (!negated) return std::unexpected{negated.error()};
    return RawSignature{*r, *negated};
}

Result<PublicKey> recover(const SigningHash& hash, const RecoverableSignature& signature) {
    if (signature.y_parity > 1)
        return fail(ErrorCode::invalid_input, "the parity of a signature is 0 or 1");
    if (!is_scalar(signature.r) || !is_scalar(signature.s)) {
        return fail(
            ErrorCode::invalid_input, "r and s of a signature lie between 1 and the curve order");
    }
    if (signature.s > kHalfOrder) {
        return fail(ErrorCode::invalid_input, "the signature has a high s", "E_HIGH_S");
    }
    std::array<std::uint8_t, 64> compact{};
    std::ranges::copy(signature.r.to_big_endian(), compact.begin());
    std::ranges::copy(signature.s.to_big_endian(), compact.begin() + 32);
    secp256k1_ecdsa_recoverable_signature parsed{};
    secp256k1_pubkey key{};
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(
            context(), &parsed, compact.data(), signature.y_parity) != 1 ||
        secp256k1_ecdsa_recover(context(), &key, &parsed, hash.bytes.data()) != 1) {
        return fail(ErrorCode::invalid_input, "no public key recovers from the signature");
    }
    return serialize(key);
}

Result<RecoverableSignature> make_recoverable(
    const SigningHash& hash, BytesView raw, const PublicKey& expected) {
    const auto normalized = normalize_signature(raw);
    if (!normalized) return mismatch("not a signature: " + normalized.error().detail);
    // Parities 2 and 3 stand for r ≥ n, which Ethereum cannot express.
    for (const std::uint8_t parity : {std::uint8_t{0}, std::uint8_t{1}}) {
        const RecoverableSignature candidate{normalized->r, normalized->s, parity};
        const auto key = recover(hash, candidate);
        if (key && *key == expected) return candidate;
    }
    return mismatch("the signature was not made by the expected key over this hash");
}

Bytes to_bytes(const RecoverableSignature& signature) {
    constexpr std::uint8_t kFirstV = 27;
    Bytes out;
    const auto r = signature.r.to_big_endian();
    const auto s = signature.s.to_big_endian();
    out.insert(out.end(), r.begin(), r.end());
    out.insert(out.end(), s.begin(), s.end());
    out.push_back(static_cast<std::uint8_t>(kFirstV + signature.y_parity));
    return out;
}

}  // namespace chela::chains
