#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/u256.hpp"

#include <algorithm>
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

void check_arithmetic(const chela::U256& a, const chela::U256& b) {
    if (b.is_zero()) return;
    const auto [quotient, remainder] = chela::divide(a, b);
    const auto product = chela::multiply(quotient, b);
    const auto sum = product ? chela::add(*product, remainder) : product;
    if (!sum || *sum != a || remainder >= b) bug("a division is not undone by its product");
    const unsigned bits = chela::bit_length(b) - 1;
    const auto shifted = chela::shift_left(chela::shift_right(a, bits), bits);
    if (!shifted || *shifted > a) bug("a shift to the right and back gives more");
}

/// The first 32 bytes and the rest as two numbers.
void check_numbers(chela::BytesView bytes) {
    const auto a =
        chela::U256::from_big_endian(bytes.first(std::min<std::size_t>(32, bytes.size())));
    const auto b =
        chela::U256::from_big_endian(bytes.subspan(std::min<std::size_t>(32, bytes.size())));
    if (a && b) check_arithmetic(*a, *b);
}

}  // namespace

// First byte: decimals; the rest is read as every kind of number text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string text(data + 1, data + size);
    check_units(text, data[0]);
    check_numbers({data + 1, size - 1});
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
