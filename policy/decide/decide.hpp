#pragma once

#include "chains/tx/transaction.hpp"
#include "policy/effect/effect.hpp"
#include "policy/ledger/ledger.hpp"
#include "policy/rules/guardrails.hpp"

#include <span>
#include <string>
#include <vector>

namespace chela::policy {

enum class Verdict : std::uint8_t { deny, review, allow };

/// @param code  stable, e.g. E_TO_NOT_ALLOWED; @param detail  a sentence that helps, without
/// thresholds' secrets
struct Violation {
    std::string code;
    std::string detail;
    bool operator==(const Violation&) const = default;
};

struct Decision {
    Verdict verdict{Verdict::deny};
    std::vector<Violation>
        violations;  ///< all of them, in a fixed order; empty exactly when allowed
};

struct DecisionInput {
    const Guardrails& guardrails;
    const chains::Transaction& transaction;
    const Address& signer;
    std::span<const Effect> effects;
    std::span<const SpendEntry>
        spends;         ///< the agent's reservations and settled spends of the last 24 h
    Wei chain_max_fee;  ///< the operator's cap on one transaction's worst-case fee
    TimePoint now;
};

/// Pure: the same input gives the same decision. Unknown is never yes.
/// Codes: E_TX_TYPE, E_CHAIN_NOT_ALLOWED, E_TO_NOT_ALLOWED, E_TOKEN_NOT_ALLOWED,
/// E_VALUE_OVER_LIMIT, E_DAILY_LIMIT, E_TX_PER_DAY, E_FEE_OVER_LIMIT, E_FEE_BUDGET,
/// E_GAS_OVER_LIMIT, E_GRANT_UNBOUNDED, E_OPAQUE_CALL, E_NON_CANONICAL, E_DEPLOY, E_NO_EFFECT.
[[nodiscard]] Decision decide(const DecisionInput& input);

}  // namespace chela::policy
