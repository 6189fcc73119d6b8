#include "chains/tx/legacy.hpp"

#include "chains/tx/common_fields.hpp"
#include "chains/tx/decode.hpp"

namespace chela::chains {
namespace {

constexpr std::size_t kFields = 9;
constexpr std::size_t kFieldsBeforeEip155 = 6;
constexpr std::uint64_t kFirstProtectedV = 35;
constexpr const char* kNoReplayProtection = "E_NO_REPLAY_PROTECTION";

/// 35 + 2·chainId + parity: at most 2^65 + 34, so it always fits.
U256 replay_protected_v(ChainId chain_id, std::uint8_t parity) {
    const auto doubled = multiply(U256{chain_id.value}, U256{2});
    if (!doubled) bug("2 * chain id does not fit 256 bits");
    const auto v = add(*doubled, U256{kFirstProtectedV + parity});
    if (!v) bug("v does not fit 256 bits");
    return *v;
}

/// @return the parity; the chain id goes to `tx`
std::uint8_t read_v(tx::FieldReader& reader, LegacyTransaction& tx) {
    const U256 v = reader.integer();
    if (reader.error()) return 0;
    const auto beyond = subtract(v, U256{kFirstProtectedV});
    if (!beyond) {
        reader.refuse("the signature has no replay protection (EIP-155)", kNoReplayProtection);
        return 0;
    }
    const auto [chain_id, parity] = divide(*beyond, 2);
    const auto narrow = chain_id.to_uint64();
    if (!narrow || *narrow == 0) {
        reader.refuse("the chain id in v is 0 or larger than 64 bits");
        return 0;
    }
    tx.chain_id = ChainId{*narrow};
    return static_cast<std::uint8_t>(parity);
}

}  // namespace

Bytes encode_unsigned(const LegacyTransaction& tx) {
    return tx::legacy_fields(tx)
        .integer(tx.chain_id.value)
        .integer(std::uint64_t{0})
        .integer(std::uint64_t{0})
        .as_list();
}

Bytes encode_signed(const LegacyTransaction& tx, const RecoverableSignature& signature) {
    return tx::legacy_fields(tx)
        .integer(replay_protected_v(tx.chain_id, signature.y_parity))
        .integer(signature.r)
        .integer(signature.s)
        .as_list();
}

namespace tx {

Result<Transaction> decode_unsigned_legacy(BytesView encoded) {
    const auto root = rlp::decode(encoded, kPayloadLimits);
    if (!root) return std::unexpected{root.error()};
    if (root->items.size() == kFieldsBeforeEip155) {
        return fail(
            ErrorCode::invalid_input, "transaction: six fields, no chain id (EIP-155)",
            kNoReplayProtection);
    }
    FieldReader reader{*root, kFields};
    LegacyTransaction out;
    read_legacy_fields(reader, out);
    out.chain_id = reader.chain_id();
    const U256 empty_r = reader.integer();
    const U256 empty_s = reader.integer();
    if (!empty_r.is_zero() || !empty_s.is_zero())
        reader.refuse("an unsigned transaction ends with two zeros");
    if (const auto& error = reader.error()) return std::unexpected{*error};
    return out;
}

Result<UncheckedSigned> decode_signed_legacy(BytesView encoded) {
    const auto root = rlp::decode(encoded, kPayloadLimits);
    if (!root) return std::unexpected{root.error()};
    FieldReader reader{*root, kFields};
    LegacyTransaction out;
    read_legacy_fields(reader, out);
    RecoverableSignature signature;
    signature.y_parity = read_v(reader, out);
    signature.r = reader.integer();
    signature.s = reader.integer();
    if (const auto& error = reader.error()) return std::unexpected{*error};
    return UncheckedSigned{.transaction = std::move(out), .signature = signature};
}

}  // namespace tx
}  // namespace chela::chains
