#include "chains/crypto/ecdsa.hpp"
#include "signer/pkcs11/ec_point.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

using namespace chela;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

/// Every form in which a token may give this point.
void check_forms(const chains::PublicKey& key) {
    const BytesView point = key.view();
    for (const auto& header :
         {Bytes{}, Bytes{0x04}, Bytes{0x04, 0x41, 0x04}, Bytes{0x03, 0x42, 0x00, 0x04}}) {
        Bytes form = header;
        form.insert(form.end(), point.begin(), point.end());
        const auto again = signer::pkcs11::decode_ec_point(form);
        if (!again || *again != key) bug("a point is not read alike in another of its forms");
    }
}

/// A raw signature of anything: what normalises is low and stays as it is.
void check_signature(BytesView raw) {
    const auto low = chains::normalize_signature(raw);
    if (!low) return;
    Bytes again;
    for (const auto& number : {low->r, low->s}) {
        const auto bytes = number.to_big_endian();
        again.insert(again.end(), bytes.begin(), bytes.end());
    }
    const auto twice = chains::normalize_signature(again);
    if (!twice || twice->r != low->r || twice->s != low->s) bug("a low s is changed again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView input{data, size};
    if (const auto key = signer::pkcs11::decode_ec_point(input)) check_forms(*key);
    check_signature(input);
    return 0;
}
