#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chela::chains::node {

inline constexpr std::size_t kMaxForeignText = 300;

/// Text of a node or a contract as a person may safely see it: valid UTF-8, at most
/// `max_characters` code points. Control characters, line separators and direction overrides become
/// spaces, invalid bytes become '?'; cut text ends in "...".
[[nodiscard]] std::string printable(
    std::string_view text, std::size_t max_characters = kMaxForeignText);

/// ASCII letters in lower case, everything else as it is.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace chela::chains::node
