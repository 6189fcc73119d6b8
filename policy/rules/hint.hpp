#pragma once

#include "policy/rules/clause.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy {

/// The fields that a hint names in braces, in order: "{to} is not listed" → to.
/// @return nothing: a brace that does not close, or a word that is no field
[[nodiscard]] std::optional<std::vector<Field>> fields_of_hint(std::string_view hint);

/// The hint with each field's text in place of its word in braces. A hint that names no such field
/// is a bug of ours and aborts: the loader has refused it.
[[nodiscard]] std::string fill_hint(
    std::string_view hint, const std::function<std::string(Field)>& text_of);

/// Does the hint name nothing in braces but, perhaps, this word?
[[nodiscard]] bool names_only(std::string_view hint, std::string_view word);

/// The hint with one word in braces replaced: "{charge}" of a budget, "{chain}" of the envelope.
[[nodiscard]] std::string fill_hint(
    std::string_view hint, std::string_view word, std::string_view text);

}  // namespace chela::policy
