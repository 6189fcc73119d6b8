#pragma once

#include "tests/redteam/mutate/operators.hpp"

#include <optional>
#include <vector>

namespace chela::redteam {

/// An effect's amount, and the most that the rules which claim the effect let it be.
struct Cap {
    const policy::EffectNode* node;
    U256 amount;
    U256 most;
};

/// Of every claimed effect with an amount: the largest that one of its permits allows, by its own
/// clauses and by the budgets that it charges; of several policies the smallest.
/// Ownership: points into the subject's outcome.
[[nodiscard]] std::vector<Cap> caps_of(const Subject& subject);

/// As caps_of(), by the budgets alone.
[[nodiscard]] std::vector<Cap> budgets_of(const Subject& subject);

/// Does a permit that claims some effect of the subject bound how long it lasts?
[[nodiscard]] bool bounds_expiry(const Subject& subject);

/// The amount that the effect takes of its asset. @return empty: none, or no bound
[[nodiscard]] std::optional<U256> amount_of(const policy::Effect& effect);

/// The most native currency that a permit of transfers allows; empty: no permit speaks of it.
[[nodiscard]] std::optional<U256> native_cap(const Subject& subject);

}  // namespace chela::redteam
