#include "policy/rules/fields.hpp"
#include "policy/rules/lint.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace chela::policy {
namespace {

using Report = LintCheck::Report;
using Severity = Finding::Severity;

bool permits_anything(const Policy& policy) {
    return std::ranges::any_of(
        policy.rules, [](const Rule& rule) { return rule.kind == Rule::Kind::permit; });
}

bool may_sign(const Policy& policy, Operation operation) {
    const auto& listed = policy.envelope.operations;
    return listed.empty() || std::ranges::find(listed, operation) != listed.end();
}

void no_chain(const Policy& policy, const Report& report) {
    const auto& envelope = policy.envelope;
    if (envelope.chains.empty() && !envelope.any_chain) {
        report(envelope.where, "envelope.chains lists no chain: nothing can be signed");
    }
}

/// One rule forbids every effect: that nothing can be signed is meant.
bool says_no_to_everything(const Policy& policy) {
    return std::ranges::any_of(policy.rules, [](const Rule& rule) {
        return rule.kind == Rule::Kind::forbid && is_empty(rule.condition) &&
               rule.operations.empty() &&
               std::ranges::all_of(
                   all_effect_kinds(), [&](EffectKind kind) { return speaks_of(rule, kind); });
    });
}

void no_permit(const Policy& policy, const Report& report) {
    if (!permits_anything(policy) && !says_no_to_everything(policy)) {
        report(policy.envelope.where, "no permit: nothing can be signed");
    }
}

void no_type(const Policy& policy, const Report& report) {
    if (policy.envelope.tx_types.empty() && may_sign(policy, Operation::transaction)) {
        report(
            policy.envelope.where,
            "envelope.tx_types lists no type: transactions cannot be signed");
    }
}

void no_fee_limit(const Policy& policy, const Report& report) {
    const bool sends =
        (may_sign(policy, Operation::transaction) && !policy.envelope.tx_types.empty()) ||
        may_sign(policy, Operation::user_operation);
    if (sends && !policy.envelope.max_total_fee && !policy.is_compiled) {
        report(
            policy.envelope.where,
            "no envelope.max_total_fee: transactions and user operations cannot be signed");
    }
}

void fees_uncounted(const Policy& policy, const Report& report) {
    const auto counts_fees = [&](const std::string& meter) {
        const auto* budget = policy.find_meter(meter);
        return budget != nullptr && budget->counts == Budget::Counts::max_fee;
    };
    if (std::ranges::none_of(policy.envelope.charge, counts_fees)) {
        report(
            policy.envelope.where,
            "the envelope charges no budget of fees: many transactions can cost any sum");
    }
}

void no_end(const Policy& policy, const Report& report) {
    if (!policy.expires && !policy.is_compiled) {
        report(policy.envelope.where, "the document does not expire");
    }
}

void no_simulation(const Policy& policy, const Report& report) {
    if (!policy.simulation.require && !policy.is_compiled) {
        report(
            policy.simulation.where,
            "no simulation is required: nothing confirms what the effects declare; add simulation: "
            "{require: true}");
    }
}

void review_without_permit(const Policy& policy, const Report& report) {
    for (const auto& review : policy.rules) {
        if (review.kind != Rule::Kind::review) continue;
        for (const auto effect : review.effects) {
            const auto claims = [&](const Rule& rule) {
                return rule.kind == Rule::Kind::permit && speaks_of(rule, effect);
            };
            if (effect == EffectKind::revoke || std::ranges::any_of(policy.rules, claims)) continue;
            report(
                review.where, fmt::format(
                                  "{} asks people about {}, which no permit allows anyway",
                                  review.id, to_string(effect)));
        }
    }
}

void zero_budget(const Policy& policy, const Report& report) {
    for (const auto& budget : policy.budgets) {
        if (budget.limit && budget.limit->is_zero()) {
            report(
                budget.where,
                fmt::format("{} has a limit of zero: what charges it is denied", budget.id));
        }
    }
}

constexpr std::array kChecks{
    LintCheck{"L_NO_CHAIN", Severity::warning, no_chain},
    LintCheck{"L_NO_PERMIT", Severity::warning, no_permit},
    LintCheck{"L_NO_TX_TYPE", Severity::warning, no_type},
    LintCheck{"L_NO_FEE_LIMIT", Severity::warning, no_fee_limit},
    LintCheck{"L_FEES_UNCOUNTED", Severity::note, fees_uncounted},
    LintCheck{"L_NO_EXPIRY", Severity::note, no_end},
    LintCheck{"L_NO_SIMULATION", Severity::note, no_simulation},
    LintCheck{"L_REVIEW_WITHOUT_PERMIT", Severity::warning, review_without_permit},
    LintCheck{"L_ZERO_BUDGET", Severity::note, zero_budget},
};

}  // namespace

std::span<const LintCheck> lint_document() {
    return kChecks;
}

}  // namespace chela::policy
