#include "chains/rlp/decode.hpp"
#include "chains/rlp/encode.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using chela::chains::rlp::Encoder;
using chela::chains::rlp::Item;

chela::Bytes encode(const Item& item) {
    Encoder encoder;
    if (item.kind == Item::Kind::string) return encoder.string(item.payload).items();
    for (const Item& each : item.items)
        encoder.raw(encode(each));
    return encoder.as_list();
}

void check_integer(const Item& item, chela::BytesView input) {
    const auto value = chela::chains::rlp::to_u256(item);
    if (value && !std::ranges::equal(Encoder{}.integer(*value).items(), input)) {
        chela::bug("an integer was read from an encoding that is not its own");
    }
}

}  // namespace

// What decodes has one encoding only: the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const chela::BytesView input{data, size};
    const auto item = chela::chains::rlp::decode(input);
    if (!item) return 0;
    if (!std::ranges::equal(encode(*item), input)) chela::bug("RLP decoded from a second encoding");
    check_integer(*item, input);
    return 0;
}
