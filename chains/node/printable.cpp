#include "chains/node/printable.hpp"

#include "chains/base/utf8.hpp"

#include <cstdint>

namespace chela::chains::node {
namespace {

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
        const CodePoint c = first_code_point(text);
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
