#pragma once

#include <optional>
#include <string_view>

namespace chela::policy::yaml {

/// True: no control character, so no line break either.
[[nodiscard]] bool is_one_line(std::string_view text);

/// The first byte that no text file of ours holds: not valid UTF-8 (RFC 3629) or a control
/// character besides tab and the line breaks. YAML forbids both, and the parser that is used
/// mishandles them.
/// @return its position, or nothing: it is text
[[nodiscard]] std::optional<std::size_t> first_foreign_byte(std::string_view text);

}  // namespace chela::policy::yaml
