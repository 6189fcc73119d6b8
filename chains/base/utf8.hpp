#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chela {

struct CodePoint {
    std::uint32_t value{};
    std::size_t length{};  ///< bytes it takes, 1 … 4; 0: the bytes are not UTF-8
};

/// The character that a text starts with: no overlong form, no surrogate, at most U+10FFFF.
/// @param text  not empty
/// Source: RFC 3629, section 3.
[[nodiscard]] CodePoint first_code_point(std::string_view text);

/// Is every byte part of a valid character?
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace chela
