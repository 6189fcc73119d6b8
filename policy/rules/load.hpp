#pragma once

#include "policy/rules/document.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy {

/// Reads one policy document (YAML, or JSON, which is YAML too). Closed schema: an unknown or
/// doubled key, an unknown asset, set or budget, an amount without its unit, a wrong EIP-55
/// checksum, a field that the effect does not have … does not load. A permit of `opaque` is never a
/// document's to give.
/// @param text    at most 1 MiB
/// @param source  the file's name, for messages
/// @return invalid_input (reason E_POLICY_DOCUMENT), "FILE:LINE: what is wrong and what to write"
[[nodiscard]] Result<Policy> load_policy(std::string_view text, const std::string& source);

/// The document again, from its canonical JSON text; gives the same digest.
[[nodiscard]] Result<Policy> load_canonical(std::string_view canonical);

/// Something that is allowed to be written and is probably not meant.
struct Finding {
    enum class Severity : std::uint8_t { note, warning };
    Severity severity{Severity::warning};
    std::string where;  ///< "FILE:LINE"
    std::string code;   ///< stable: "L_UNUSED_BUDGET"
    std::string text;
};
/// Dead and overlapping rules, unreachable assets, sets and budgets that nothing uses, unlimited
/// grants, permits without a budget, swaps without recipient or min_out …
/// @param now  empty: nobody asks what ran out
[[nodiscard]] std::vector<Finding> lint(
    const Policy& policy, std::optional<TimePoint> now = std::nullopt);

/// What changes from one version to the next, a line each, starting with "+", "-" or "~"; empty:
/// nothing.
[[nodiscard]] std::vector<std::string> difference(const Policy& before, const Policy& after);

}  // namespace chela::policy
