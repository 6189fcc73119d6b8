#include "chains/tx/authorization.hpp"

#include "chains/crypto/keccak.hpp"
#include "chains/tx/fields.hpp"

#include <limits>

namespace chela::chains {
namespace {

/// MAGIC. Source: EIP-7702, "Parameters".
constexpr std::array kMagic{std::uint8_t{0x05}};
constexpr std::size_t kFields = 3;

}  // namespace

Bytes encode_unsigned(const Authorization& authorization) {
    return rlp::Encoder{}
        .integer(authorization.chain_id.value)
        .string(authorization.address.view())
        .integer(authorization.nonce.value)
        .as_list(kMagic);
}

SigningHash signing_hash(const Authorization& authorization) {
    return SigningHash{keccak256(encode_unsigned(authorization)).bytes};
}

Result<Authorization> decode_authorization(BytesView encoded) {
    if (encoded.empty()) return fail(ErrorCode::invalid_input, "authorization: no bytes");
    if (encoded[0] != kMagic[0])
        return fail(ErrorCode::unsupported, "an authorization starts with the byte 5");
    const auto root = rlp::decode(encoded, {.max_depth = 1}, kMagic.size());
    if (!root) return std::unexpected{root.error()};
    tx::FieldReader reader{*root, kFields};
    Authorization out;
    out.chain_id = reader.chain_id_or_zero();
    reader.read_delegate(out.address);
    out.nonce = reader.any_nonce();
    if (const auto& error = reader.error()) return std::unexpected{*error};
    return out;
}

Result<Address> recover_authority(const SignedAuthorization& signed_authorization) {
    const auto& [authorization, y_parity, r, s] = signed_authorization;
    if (authorization.nonce.value == std::numeric_limits<std::uint64_t>::max())
        return fail(ErrorCode::out_of_range, "the authorization's nonce is 2^64-1");
    const auto key = recover(signing_hash(authorization), RecoverableSignature{r, s, y_parity});
    if (!key) return std::unexpected{key.error()};
    return address_of(*key);
}

}  // namespace chela::chains
