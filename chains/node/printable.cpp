#include "chains/node/printable.hpp"

#include <array>
#include <cstdint>

namespace chela::chains::node {
namespace {

struct CodePoint {
    std::uint32_t value{};
    std::size_t length{};  ///< 0: the bytes are not UTF-8
};

std::uint8_t byte_at(std::string_view text, std::size_t at) {
    return static_cast<std::uint8_t>(text[at]);
}

// Source: RFC 3629, section 3.
CodePoint decode(std::string_view text) {
    const std::uint8_t first = byte_at(text, 0);
    if (first < 0x80) return {first, 1};
    std::size_t length = 0;
    std::uint32_t value = 0;
    if ((first & 0xe0U) == 0xc0) {
        length = 2;
        value = first & 0x1fU;
    } else if ((first & 0xf0U) == 0xe0) {
        length = 3;
        value = first & 0x0fU;
    } else if ((first & 0xf8U) == 0xf0) {
        length = 4;
        value = first & 0x07U;
    } else {
        return {};
    }
    if (text.size() < length) return {};
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

bool is_unsafe(std::uint32_t c) {
    const bool is_control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
    const bool is_mark = c == 0x061c || (c >= 0x200b && c <= 0x200f) || c == 0xfeff;
    const bool is_separator_or_override = c >= 0x2028 && c <= 0x202e;
    const bool is_isolate = c >= 0x2060 && c <= 0x206f;
    return is_control || is_mark || is_separator_or_override || is_isolate;
}

}  // namespace

std::string printable(std::string_view text, std::size_t max_characters) {
    std::string out;
    for (std::size_t characters = 0; !text.empty(); ++characters) {
        if (characters == max_characters) return out + "...";
        const CodePoint c = decode(text);
        if (c.length == 0) {
            out += '?';
            text.remove_prefix(1);
            continue;
        }
        if (is_unsafe(c.value)) {
            out += ' ';
        } else {
            out += text.substr(0, c.length);
        }
        text.remove_prefix(c.length);
    }
    return out;
}

std::string lower_case(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

}  // namespace chela::chains::node
