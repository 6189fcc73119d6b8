#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy {

// Each reads one member of a JSON object over a field: absent keeps the field, null clears it.
// `path` names the object in messages ("" for the top); every error is invalid_input and names the
// member.

/// Addresses as strings; an entry that is there twice is taken once.
[[nodiscard]] Status read_addresses(
    std::vector<Address>& field,
    const Json& object,
    std::string_view member,
    std::string_view path);
/// A decimal string in the unit with `decimals` digits.
[[nodiscard]] Status read_amount(
    std::optional<Wei>& field,
    const Json& object,
    std::string_view member,
    std::string_view path,
    unsigned decimals);
/// As read_amount; a whole number may also be a JSON integer.
[[nodiscard]] Status read_amount_or_integer(
    std::optional<Wei>& field,
    const Json& object,
    std::string_view member,
    std::string_view path,
    unsigned decimals);
/// Two names of one amount: when both are there they must agree.
[[nodiscard]] Status read_amount_with_alias(
    std::optional<Wei>& field,
    const Json& object,
    std::string_view member,
    std::string_view alias,
    std::string_view path);
/// A JSON integer from 0 to 2^64-1.
[[nodiscard]] Status read_count(
    std::optional<std::uint64_t>& field,
    const Json& object,
    std::string_view member,
    std::string_view path);

/// "path.member", or the member alone.
[[nodiscard]] std::string joined(std::string_view path, std::string_view member);

}  // namespace chela::policy
