#include "chains/preimage/preimage.hpp"
#include "chains/tx/transaction.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// What decodes has one encoding only: the input; so nobody can show the policy other bytes than the
// chain.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace chela::chains;
    const chela::BytesView input{data, size};
    if (const auto tx = decode_unsigned(input)) {
        if (!std::ranges::equal(Preimage{*tx}.bytes(), input))
            chela::bug("unsigned bytes have a second encoding");
        if (decode_signed(input)) chela::bug("unsigned bytes are also signed bytes");
    }
    if (const auto tx = decode_signed(input)) {
        const chela::Bytes again = encode_signed(tx->transaction, tx->signature);
        if (!std::ranges::equal(again, input)) chela::bug("signed bytes have a second encoding");
        const auto key = recover(Preimage{tx->transaction}.signing_hash(), tx->signature);
        if (!key || address_of(*key) != tx->sender) chela::bug("the sender is not who signed");
    }
    return 0;
}
