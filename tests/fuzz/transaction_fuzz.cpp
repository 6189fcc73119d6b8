#include "chains/preimage/preimage.hpp"
#include "chains/tx/transaction.hpp"
#include "chains/tx/unprotected.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace chela::chains;
using chela::bug;
using chela::Bytes;
using chela::BytesView;

void check_unsigned(BytesView input) {
    const auto tx = decode_unsigned(input);
    if (!tx) return;
    if (!std::ranges::equal(Preimage{*tx}.bytes(), input))
        bug("unsigned bytes have a second encoding");
    if (decode_signed(input)) bug("unsigned bytes are also signed bytes");
    if (decode_unsigned_unprotected(input)) bug("a signable transaction is also unprotected");
    if (const auto fee = max_fee(*tx); !fee && fee.error().code != chela::ErrorCode::out_of_range)
        bug("a fee fails for another reason than its size");
}

/// Both forms of a blob transaction, and the only form of any other.
Bytes encode_again(const SignedTransaction& tx) {
    if (!tx.sidecar) return encode_signed(tx.transaction, tx.signature);
    const auto* typed = std::get_if<Eip4844Transaction>(&tx.transaction);
    if (typed == nullptr) bug("a transaction without blobs has a sidecar");
    const auto network = encode_network(*typed, tx.signature, *tx.sidecar);
    if (!network) bug("a decoded sidecar does not encode");
    return *network;
}

void check_signed(BytesView input) {
    const auto tx = decode_signed(input);
    if (!tx) return;
    if (!std::ranges::equal(encode_again(*tx), input)) bug("signed bytes have a second encoding");
    const auto key = recover(Preimage{tx->transaction}.signing_hash(), tx->signature);
    if (!key || address_of(*key) != tx->sender) bug("the sender is not who signed");
    const Bytes payload = encode_signed(tx->transaction, tx->signature);
    if (tx->hash != transaction_hash(payload)) bug("the hash is not that of the payload form");
    const auto again = decode_signed(payload);
    if (!again || again->sidecar || again->transaction != tx->transaction)
        bug("the payload form is another transaction");
}

void check_unprotected(BytesView input) {
    const auto bare = decode_unsigned_unprotected(input);
    if (bare && !std::ranges::equal(encode_unsigned(*bare), input))
        bug("unprotected bytes have a second encoding");
    const auto tx = decode_signed_unprotected(input);
    if (!tx) return;
    if (!std::ranges::equal(encode_signed(tx->transaction, tx->signature), input))
        bug("signed unprotected bytes have a second encoding");
    if (decode_signed(input)) bug("an unprotected transaction is also a protected one");
}

void check_authorization(BytesView input) {
    const auto authorization = decode_authorization(input);
    if (authorization && !std::ranges::equal(encode_unsigned(*authorization), input))
        bug("an authorization has a second encoding");
    if (authorization && (decode_unsigned(input) || decode_signed(input)))
        bug("an authorization is also a transaction");
}

}  // namespace

// What decodes has one encoding only: the input; so nobody can show the policy other bytes than the
// chain.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView input{data, size};
    check_unsigned(input);
    check_signed(input);
    check_unprotected(input);
    check_authorization(input);
    return 0;
}
