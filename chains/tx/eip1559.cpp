#include "chains/tx/eip1559.hpp"

#include "chains/tx/common_fields.hpp"
#include "chains/tx/decode.hpp"

namespace chela::chains {
namespace {

constexpr std::array kType{std::uint8_t{0x02}};
constexpr std::size_t kFields = 9;

}  // namespace

Bytes encode_unsigned(const Eip1559Transaction& tx) {
    return tx::fee_market_fields(tx).as_list(kType);
}

Bytes encode_signed(const Eip1559Transaction& tx, const RecoverableSignature& signature) {
    rlp::Encoder fields = tx::fee_market_fields(tx);
    tx::append(fields, signature);
    return fields.as_list(kType);
}

namespace tx {

Result<Transaction> decode_unsigned_eip1559(BytesView encoded) {
    return decode_unsigned_fields<Eip1559Transaction>(
        encoded, kFields, read_fee_market_fields<Eip1559Transaction>);
}

Result<UncheckedSigned> decode_signed_eip1559(BytesView encoded) {
    return decode_signed_fields<Eip1559Transaction>(
        encoded, kFields, read_fee_market_fields<Eip1559Transaction>);
}

}  // namespace tx
}  // namespace chela::chains
