#include "policy/rules/yaml/text.hpp"

#include "chains/base/utf8.hpp"

#include <algorithm>

namespace chela::policy::yaml {
namespace {

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

}  // namespace

bool is_one_line(std::string_view text) {
    return std::ranges::none_of(text, is_control);
}

std::optional<std::size_t> first_foreign_byte(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        const auto length = first_code_point(text.substr(at)).length;
        if (length == 0) return at;
        if (is_control(c) && c != '\t' && c != '\n' && c != '\r') return at;
        at += length;
    }
    return std::nullopt;
}

}  // namespace chela::policy::yaml
