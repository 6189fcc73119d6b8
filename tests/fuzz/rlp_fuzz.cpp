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

/// Whether every item stands inside its list, at the offset that it names.
void check_places(const Item& item, chela::BytesView input, std::size_t begin, std::size_t end) {
    const auto at = static_cast<std::size_t>(item.payload.data() - input.data());
    if (item.offset < begin || at < item.offset || at + item.payload.size() > end)
        chela::bug("an RLP item lies outside of what holds it");
    for (const Item& each : item.items)
        check_places(each, input, at, at + item.payload.size());
}

void check_limits(chela::BytesView input) {
    const chela::chains::rlp::Limits tight{.max_depth = 2, .max_items = 16, .max_bytes = 64};
    if (chela::chains::rlp::decode(input, tight) && !chela::chains::rlp::decode(input))
        chela::bug("a tight limit takes what a wide one refuses");
}

}  // namespace

// What decodes has one encoding only: the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const chela::BytesView input{data, size};
    check_limits(input);
    const auto item = chela::chains::rlp::decode(input);
    if (!item) return 0;
    check_places(*item, input, 0, input.size());
    if (!std::ranges::equal(encode(*item), input)) chela::bug("RLP decoded from a second encoding");
    check_integer(*item, input);
    return 0;
}
