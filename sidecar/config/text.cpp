#include "sidecar/config/text.hpp"

#include <algorithm>
#include <cstdint>

namespace chela::sidecar::config {
namespace {

bool is_control(unsigned char byte) {
    return byte < 0x20 || byte == 0x7f;
}

bool is_between(unsigned char byte, unsigned char least, unsigned char most) {
    return byte >= least && byte <= most;
}

/// What may follow a first byte. Source: RFC 3629 §4, the grammar of UTF8-octets.
struct Sequence {
    std::size_t length;
    unsigned char least_second;
    unsigned char most_second;
};
Sequence sequence_of(unsigned char first) {
    if (first < 0x80) return {1, 0, 0};
    if (is_between(first, 0xc2, 0xdf)) return {2, 0x80, 0xbf};
    if (first == 0xe0) return {3, 0xa0, 0xbf};
    if (first == 0xed) return {3, 0x80, 0x9f};
    if (is_between(first, 0xe1, 0xef)) return {3, 0x80, 0xbf};
    if (first == 0xf0) return {4, 0x90, 0xbf};
    if (first == 0xf4) return {4, 0x80, 0x8f};
    if (is_between(first, 0xf1, 0xf3)) return {4, 0x80, 0xbf};
    return {0, 0, 0};
}

/// @return the length of the character at the start, or 0: not UTF-8
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto [length, least, most] = sequence_of(byte(0));
    if (length < 2) return length;
    if (text.size() < length || !is_between(byte(1), least, most)) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (!is_between(byte(i), 0x80, 0xbf)) return 0;
    return length;
}

}  // namespace

bool is_one_line(std::string_view text) {
    return std::ranges::none_of(
        text, [](char c) { return is_control(static_cast<unsigned char>(c)); });
}

std::optional<std::size_t> first_foreign_byte(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        const auto length = character_length(text.substr(at));
        if (length == 0) return at;
        if (is_control(static_cast<unsigned char>(c)) && c != '\t' && c != '\n' && c != '\r')
            return at;
        at += length;
    }
    return std::nullopt;
}

}  // namespace chela::sidecar::config
