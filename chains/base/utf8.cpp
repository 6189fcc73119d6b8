#include "chains/base/utf8.hpp"

#include <array>

namespace chela {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
    return static_cast<std::uint8_t>(text[at]);
}

/// @return the length and the value bits that the first byte gives; a length of 0: no first byte
CodePoint start_of(std::uint8_t first) {
    if (first < 0x80) return {first, 1};
    if ((first & 0xe0U) == 0xc0) return {first & 0x1fU, 2};
    if ((first & 0xf0U) == 0xe0) return {first & 0x0fU, 3};
    if ((first & 0xf8U) == 0xf0) return {first & 0x07U, 4};
    return {};
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
    auto [value, length] = start_of(byte_at(text, 0));
    if (length == 0 || text.size() < length) return {};
    for (std::size_t i = 1; i < length; ++i) {
        const std::uint8_t next = byte_at(text, i);
        if ((next & 0xc0U) != 0x80) return {};
        value = (value << 6U) | (next & 0x3fU);
    }
    constexpr std::array<std::uint32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < kSmallest.at(length) || value > 0x10ffff || is_surrogate) return {};
    return {value, length};
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const CodePoint c = first_code_point(text);
        if (c.length == 0) return false;
        text.remove_prefix(c.length);
    }
    return true;
}

}  // namespace chela
