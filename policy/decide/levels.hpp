#pragma once

#include "policy/decide/decide.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy {

/// One set of limits that a transaction must keep.
struct Level {
    const Limits* limits{};
    std::optional<ChainId> only;  ///< spends of this chain count; empty: of every chain
};

/// The levels that hold on a chain: everywhere, and the chain's own when there is one.
[[nodiscard]] std::vector<Level> levels_on(const Guardrails& guardrails, ChainId chain);

/// Appends the violation unless it is there already.
void add(std::vector<Violation>& violations, std::string_view code, std::string detail);

}  // namespace chela::policy
