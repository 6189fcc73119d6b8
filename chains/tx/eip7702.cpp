#include "chains/tx/eip7702.hpp"

#include "chains/tx/common_fields.hpp"
#include "chains/tx/decode.hpp"

namespace chela::chains {
namespace {

constexpr std::array kType{std::uint8_t{0x04}};
constexpr std::size_t kFields = 10;
constexpr std::size_t kTupleFields = 6;

rlp::Encoder tuple_fields(const SignedAuthorization& each) {
    rlp::Encoder out;
    out.integer(each.authorization.chain_id.value)
        .string(each.authorization.address.view())
        .integer(each.authorization.nonce.value)
        .integer(std::uint64_t{each.y_parity})
        .integer(each.r)
        .integer(each.s);
    return out;
}

rlp::Encoder all_fields(const Eip7702Transaction& tx) {
    rlp::Encoder tuples;
    for (const SignedAuthorization& each : tx.authorization_list)
        tuples.list(tuple_fields(each));
    rlp::Encoder out = tx::fee_market_fields(tx);
    out.list(tuples);
    return out;
}

SignedAuthorization read_tuple(tx::FieldReader& reader) {
    SignedAuthorization out;
    out.authorization.chain_id = reader.chain_id_or_zero();
    reader.read_delegate(out.authorization.address);
    out.authorization.nonce = reader.any_nonce();
    out.y_parity = reader.uint8();
    out.r = reader.integer();
    out.s = reader.integer();
    return out;
}

void read_fields(tx::FieldReader& reader, Eip7702Transaction& out) {
    tx::read_fee_market_fields(reader, out);
    const auto tuples = reader.list("the authorization list");
    if (tuples.empty()) reader.refuse("the authorization list is empty");
    out.authorization_list.reserve(tuples.size());
    for (const rlp::Item& each : tuples) {
        tx::FieldReader tuple{each, kTupleFields};
        out.authorization_list.push_back(read_tuple(tuple));
        if (const auto& error = tuple.error()) return reader.keep(*error);
    }
}

}  // namespace

Bytes encode_unsigned(const Eip7702Transaction& tx) {
    return all_fields(tx).as_list(kType);
}

Bytes encode_signed(const Eip7702Transaction& tx, const RecoverableSignature& signature) {
    rlp::Encoder fields = all_fields(tx);
    tx::append(fields, signature);
    return fields.as_list(kType);
}

namespace tx {

Result<Transaction> decode_unsigned_eip7702(BytesView encoded) {
    return decode_unsigned_fields<Eip7702Transaction>(encoded, kFields, read_fields);
}

Result<UncheckedSigned> decode_signed_eip7702(BytesView encoded) {
    return decode_signed_fields<Eip7702Transaction>(encoded, kFields, read_fields);
}

}  // namespace tx
}  // namespace chela::chains
