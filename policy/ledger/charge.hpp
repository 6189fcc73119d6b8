#pragma once

#include "chains/base/units.hpp"
#include "policy/rules/document.hpp"

#include <string>
#include <vector>

namespace chela::policy {

/// Who a meter belongs to, and its name: budgets survive edits of the policy that limits them.
struct MeterKey {
    Budget::Scope scope{Budget::Scope::agent};
    std::string owner;  ///< the agent's id, the policy's id, or empty for the organisation
    std::string meter;
    auto operator<=>(const MeterKey&) const = default;
};

/// What one signature takes, at its worst.
struct Charge {
    MeterKey key;
    std::optional<ChainId> chain;
    U256 amount;
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    Budget::Counts counts{Budget::Counts::amount};  ///< what of the signature its meter counts
    bool operator==(const Charge&) const = default;
};

/// The time of a charge whose signature can still take effect: after every window's beginning
/// (9999-12-31T23:59:59.999Z), so that it leaves none.
inline constexpr TimePoint kStillOpen{std::chrono::milliseconds{253'402'300'799'999}};

/// An earlier charge that still counts.
struct SpentCharge {
    Charge charge;
    std::string slot;  ///< what it was reserved for; replacements of one slot count once
    TimePoint at;      ///< kStillOpen, or when it was settled: never before the ledger's high-water
                       ///< mark when it was made
};

/// What the ledger knows of the meters that a decision may touch.
struct LedgerSnapshot {
    std::string slot;                ///< of the signature being decided
    std::vector<SpentCharge> spent;  ///< charges that can still take effect, and settled ones of
                                     ///< the longest window; those that every window holds or none
                                     ///< does may be one, without a slot
    /// The latest time ever charged: a clock that was moved back frees nothing.
    TimePoint high_water;
};

}  // namespace chela::policy
