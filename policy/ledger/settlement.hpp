#pragma once

#include "policy/ledger/charge.hpp"

#include <vector>

namespace chela::policy {

/// What the chain made of a transaction's slot, as more than one of its nodes shows it.
struct Settlement {
    /// What was asked for was mined, and did not revert. False: it never takes effect any more.
    bool took_effect{};
    Wei fee;  ///< that the slot's transaction paid, whatever it was
};

/// What a slot's charges come to in the end: the fee that was paid, nothing for effects that never
/// come about, and all else as it was charged. A signature counts, whatever became of it.
[[nodiscard]] std::vector<Charge> settled(
    std::vector<Charge> charges, const Settlement& settlement);

}  // namespace chela::policy
