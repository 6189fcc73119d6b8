#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/u256.hpp"

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using chela::bug;

void check_units(std::string_view text, unsigned decimals) {
    const auto value = chela::parse_units(text, decimals);
    if (!value) return;
    const std::string shortest = chela::format_units(*value, decimals);
    if (shortest.size() > text.size()) bug("format_units is not the shortest text");
    const auto again = chela::parse_units(shortest, decimals);
    if (!again || *again != *value) bug("an amount does not survive a round trip");
}

}  // namespace

// First byte: decimals; the rest is read as every kind of number text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string text(data + 1, data + size);
    check_units(text, data[0]);
    if (const auto value = chela::parse_decimal(text); value && chela::to_decimal(*value) != text) {
        bug("a decimal number has a second text");
    }
    if (const auto value = chela::parse_quantity(text);
        value && chela::parse_quantity(chela::to_quantity(*value)).value() != *value) {
        bug("a quantity does not survive a round trip");
    }
    if (const auto bytes = chela::parse_hex(text);
        bytes && chela::to_hex(*bytes).size() != text.size()) {
        bug("hex text has another length than its bytes");
    }
    if (const auto address = chela::parse_address(text);
        address && chela::parse_address(chela::to_checksum(*address)).value() != *address) {
        bug("an address does not survive a round trip");
    }
    return 0;
}
