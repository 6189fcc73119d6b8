#pragma once

#include "sidecar/store/store.hpp"

#include <map>
#include <string>
#include <vector>

namespace chela::test::soak {

/// What one nonce takes of an agent's budgets.
struct Taken {
    U256 value;
    U256 fee;
    U256 count;
    bool operator==(const Taken&) const = default;
};

/// As the ledger has it, by nonce.
/// @param troubles  gets what is charged twice, or still open
[[nodiscard]] std::map<Nonce, Taken> charged(
    sidecar::store::Store& store, const std::string& agent_id, std::vector<std::string>& troubles);

/// What the documented rule makes of an intent that holds a nonce: whichever of its attempts is
/// mined, its place takes each budget's largest once, and receipts free nothing.
/// @param attempts  all that was signed for it
/// @param reserved  what was last approved for it, signed or not
[[nodiscard]] Taken worst_case(
    const std::vector<sidecar::store::AttemptRecord>& attempts,
    const chela::policy::Reservation& reserved);

}  // namespace chela::test::soak
