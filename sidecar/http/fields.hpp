#pragma once

#include "sidecar/http/head.hpp"

#include <cstddef>
#include <string_view>

namespace chela::sidecar::http {

/// How many fields of this lower-case name there are.
[[nodiscard]] std::size_t count_fields(const Head& head, std::string_view name);

/// The first one's value, "" without any.
[[nodiscard]] std::string_view first_field(const Head& head, std::string_view name);

/// Is `token` (lower case) in the comma-separated lists of all fields of this name, in any case?
[[nodiscard]] bool has_list_token(const Head& head, std::string_view name, std::string_view token);

/// Is this (lower-case) name one that only a trusted proxy or a method override would set?
[[nodiscard]] bool is_untrusted_field(std::string_view name);

/// Does this (lower-case) name become a header we act on once '_' is read as '-'?
[[nodiscard]] bool is_twin_of_known_field(std::string_view name);

}  // namespace chela::sidecar::http
