#pragma once

#include "policy/decide/facts.hpp"
#include "policy/decide/trace.hpp"
#include "policy/rules/document.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace chela::policy {

/// A policy that holds for whoever asks. @param owner  the agent's id: whose meters of scope agent
struct BoundPolicy {
    std::shared_ptr<const Policy> policy;
    std::string agent_id;
};

/// Whose meter it is: the agent's, the policy's or the organisation's.
[[nodiscard]] MeterKey meter_key(
    const BoundPolicy& bound, Budget::Scope scope, std::string_view meter);

/// Is nothing allowed without a simulation that shows what moves (but for text, which moves
/// nothing)?
[[nodiscard]] bool wants_simulation(const SimulationRules& rules);

/// How many blocks old a simulation may be where no policy says so.
inline constexpr std::uint64_t kMaxSimulationAge = 3;
/// The lowest of what the policies say.
[[nodiscard]] std::uint64_t max_simulation_age(std::span<const BoundPolicy> policies);

/// @param code  stable, e.g. E_TO_NOT_ALLOWED
/// @param detail  a sentence that helps, without thresholds
/// @param limits  as detail, with thresholds: for operators, and for agents where the policy says
/// so
struct Violation {
    std::string code;
    std::string detail;
    std::string limits;
    bool operator==(const Violation&) const = default;
};

struct Decision {
    Verdict verdict{Verdict::deny};
    std::vector<Violation> violations;  ///< all of them, in a fixed order; empty when allowed; of a
                                        ///< review the reasons for it
    std::vector<Charge> charges;        ///< to reserve when allowed, one a key, the sum; none of a
                                        ///< look ahead, which approves nothing
    std::optional<Quorum> quorum;       ///< of a review: the strictest that matched
    Trace trace;
};

/// May this be signed? The lowest verdict of all policies, deny < review < allow. Unknown is never
/// yes: a missing fact makes a forbid and a review match, and a permit not match.
/// Of a replacement everything holds but what a simulation shows; of a cancellation the fees, the
/// budgets of fees and what no rule can lift.
/// @param policies  all must allow; none: deny E_NO_POLICY
/// Threads: pure; the same input gives the same decision and the same trace, byte for byte.
/// Source: design, "Semantics".
[[nodiscard]] Decision decide(std::span<const BoundPolicy> policies, const Facts& facts);

}  // namespace chela::policy
