#include "chains/base/u256.hpp"

#include <algorithm>

namespace chela {
namespace {

constexpr std::size_t kHexDigits = 64;
constexpr std::size_t kChunkDigits = 18;
constexpr std::uint64_t kChunk = 1'000'000'000'000'000'000;  // 10^18

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::unexpected<Error> not_a_number(std::string_view what) {
    return fail(ErrorCode::invalid_input, std::string{what});
}

/// "0", or digits without a leading zero.
bool is_plain_integer(std::string_view text) {
    if (text.empty() || !std::ranges::all_of(text, is_digit)) return false;
    return text.size() == 1 || text.front() != '0';
}

Result<U256> append_digit(const U256& value, unsigned digit) {
    auto shifted = multiply(value, U256{10});
    if (!shifted) return shifted;
    return add(*shifted, U256{digit});
}

/// As many digits at a time as 64 bits hold.
Result<U256> append_digits(U256 value, std::string_view digits) {
    while (!digits.empty()) {
        const auto chunk = digits.substr(0, kChunkDigits);
        digits.remove_prefix(chunk.size());
        std::uint64_t number = 0, factor = 1;
        for (const char c : chunk) {
            number = number * 10 + static_cast<std::uint64_t>(c - '0');
            factor *= 10;
        }
        const auto shifted = multiply(value, U256{factor});
        if (!shifted) return shifted;
        auto next = add(*shifted, U256{number});
        if (!next) return next;
        value = *next;
    }
    return value;
}

/// @return 16 for a character that is no hex digit
unsigned hex_value(char c) {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
    return 16;
}

}  // namespace

Result<U256> parse_decimal(std::string_view text) {
    if (!is_plain_integer(text)) {
        return not_a_number("not a decimal number: digits only, no leading zero");
    }
    return append_digits(U256{}, text);
}

std::string to_decimal(const U256& value) {
    std::string reversed;
    U256 rest = value;
    do {
        auto [quotient, chunk] = divide(rest, kChunk);
        rest = quotient;
        // Zeros within the number are digits; before it they are none.
        for (std::size_t i = 0; i < kChunkDigits && (chunk != 0 || !rest.is_zero()); ++i) {
            reversed += static_cast<char>('0' + chunk % 10);
            chunk /= 10;
        }
    } while (!rest.is_zero());
    if (reversed.empty()) return "0";
    return {reversed.rbegin(), reversed.rend()};
}

Result<U256> parse_quantity(std::string_view text) {
    if (!text.starts_with("0x") || text.size() == 2) {
        return not_a_number("not a quantity: it must be 0x and hex digits");
    }
    const std::string_view digits = text.substr(2);
    if (std::ranges::any_of(digits, [](char c) { return hex_value(c) > 15; })) {
        return not_a_number("not a quantity: a character is no hex digit");
    }
    if (digits.size() > 1 && digits.front() == '0') {
        return not_a_number("not a quantity: leading zero");
    }
    if (digits.size() > kHexDigits) {
        return fail(ErrorCode::out_of_range, "the quantity does not fit 256 bits");
    }
    std::array<std::uint64_t, 4> limbs{};
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const std::uint64_t digit = hex_value(digits[digits.size() - 1 - i]);
        limbs[i / 16] |= digit << (4 * (i % 16));
    }
    return U256{limbs};
}

std::string to_quantity(const U256& value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string digits;
    for (const std::uint8_t byte : value.to_big_endian()) {
        digits += kDigits[byte >> 4U];
        digits += kDigits[byte & 0x0fU];
    }
    const std::size_t first = std::min(digits.find_first_not_of('0'), kHexDigits - 1);
    return "0x" + digits.substr(first);
}

Result<U256> parse_units(std::string_view text, unsigned decimals) {
    const std::size_t point = text.find('.');
    const bool has_point = point != std::string_view::npos;
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = has_point ? text.substr(point + 1) : std::string_view{};
    if (!is_plain_integer(whole) || (has_point && fraction.empty()) ||
        !std::ranges::all_of(fraction, is_digit)) {
        return not_a_number(
            "not an amount: digits with at most one point, and digits on both sides of it");
    }
    if (fraction.size() > decimals) {
        return not_a_number("too many digits after the point: at most " + std::to_string(decimals));
    }
    auto value = append_digits(U256{}, whole);
    if (value) value = append_digits(*value, fraction);
    // Zero stays zero however many decimals follow; anything else ends within 78 steps.
    for (std::size_t i = fraction.size(); value && !value->is_zero() && i < decimals; ++i) {
        value = append_digit(*value, 0);
    }
    return value;
}

std::string format_units(const U256& value, unsigned decimals) {
    std::string digits = to_decimal(value);
    if (decimals == 0 || value.is_zero()) return digits;
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimals, 1, '.');
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) digits.pop_back();
    return digits;
}

}  // namespace chela
