#include "chains/tx/eip2930.hpp"

#include "chains/tx/common_fields.hpp"
#include "chains/tx/decode.hpp"

namespace chela::chains {
namespace {

constexpr std::array kType{std::uint8_t{0x01}};
constexpr std::size_t kFields = 8;

rlp::Encoder all_fields(const Eip2930Transaction& tx) {
    rlp::Encoder out{tx::kUsualFieldBytes + tx.data.size()};
    out.integer(tx.chain_id.value).raw(tx::legacy_fields(tx).items());
    tx::append(out, tx.access_list);
    return out;
}

void read_fields(tx::FieldReader& reader, Eip2930Transaction& out) {
    out.chain_id = reader.chain_id();
    tx::read_legacy_fields(reader, out);
    out.access_list = tx::read_access_list(reader);
}

}  // namespace

Bytes encode_unsigned(const Eip2930Transaction& tx) {
    return all_fields(tx).as_list(kType);
}

Bytes encode_signed(const Eip2930Transaction& tx, const RecoverableSignature& signature) {
    rlp::Encoder fields = all_fields(tx);
    tx::append(fields, signature);
    return fields.as_list(kType);
}

namespace tx {

Result<Transaction> decode_unsigned_eip2930(BytesView encoded) {
    return decode_unsigned_fields<Eip2930Transaction>(encoded, kFields, read_fields);
}

Result<UncheckedSigned> decode_signed_eip2930(BytesView encoded) {
    return decode_signed_fields<Eip2930Transaction>(encoded, kFields, read_fields);
}

}  // namespace tx
}  // namespace chela::chains
