#pragma once

#include "chains/base/json.hpp"
#include "policy/analysis/scope.hpp"

#include <optional>
#include <string_view>

namespace chela::policy::analysis {

/// What of a case is asked to be signed: exactly one of its members transaction, raw_transaction,
/// typed_data, user_operation, message and authorization.
/// @return nothing: the file is wrong and was refused; an error: the request is what chela refuses
/// before it decides anything
[[nodiscard]] std::optional<Result<chains::Preimage::Content>> read_request(
    const Node& section, Scope& scope);

// Its parts.
[[nodiscard]] std::optional<chains::Preimage::Content> read_transaction(
    const Node& section, Scope& scope);
[[nodiscard]] std::optional<Result<chains::Preimage::Content>> read_typed_data(
    const Node& node, Scope& scope);
[[nodiscard]] std::optional<Result<chains::Preimage::Content>> read_user_operation(
    const Node& section, Scope& scope);

/// YAML as the JSON that it stands for: every scalar is a string.
[[nodiscard]] Json json_of(const yaml::Tree& tree);

}  // namespace chela::policy::analysis
