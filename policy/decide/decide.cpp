#include "policy/decide/decide.hpp"

#include "policy/decide/judgement.hpp"

#include <algorithm>
#include <utility>

namespace chela::policy {
namespace {

using Violations = std::vector<Violation>;

/// Of one policy, apart from its trace.
struct Findings {
    Violations refusals;
    Violations review_reasons;
    Parts parts;
};

/// In order, each sentence once: the trace has every rule that says it.
void append(Violations& to, const Violations& from) {
    for (const auto& violation : from) {
        const auto says_so = [&](const Violation& earlier) {
            return earlier.code == violation.code && earlier.detail == violation.detail;
        };
        if (std::ranges::none_of(to, says_so)) to.push_back(violation);
    }
}

/// All that one policy says before the budgets, which need to know what the others charge.
Findings judge(
    const BoundPolicy& bound,
    const Facts& facts,
    std::span<const EffectNode* const> effects,
    PolicyTrace& trace) {
    const auto& policy = *bound.policy;
    trace.digest = policy.digest;
    trace.id = policy.id;
    trace.version = policy.version;
    Findings findings;
    Judgement of{bound, facts, effects, trace, findings.refusals, findings.review_reasons};
    // What ends a transaction takes nothing but its fee: no rule is about it, and no policy that
    // has changed or expired since keeps it from being ended.
    if (facts.purpose != Purpose::cancellation) check_document(of);
    check_fees(of);
    if (facts.purpose != Purpose::cancellation) {
        apply_rules(of);
        check_coverage(of);
    }
    findings.parts = charged_parts(of);
    return findings;
}

/// Agents see `detail`, operators `limits` too.
void show_limits(Violations& violations) {
    for (auto& violation : violations)
        violation.detail = violation.limits;
}

void finish(
    const BoundPolicy& bound,
    const Facts& facts,
    std::span<const EffectNode* const> effects,
    const Totals& totals,
    Findings& findings,
    PolicyTrace& trace) {
    Judgement of{bound, facts, effects, trace, findings.refusals, findings.review_reasons};
    check_budgets(of, totals);
    // What has been signed with other fees was simulated then; now its own pool entry is in the
    // way.
    if (facts.purpose == Purpose::request) check_simulation(of);
    if (bound.policy->shows_limits_to_agents) {
        show_limits(findings.refusals);
        show_limits(findings.review_reasons);
    }
    trace.is_approved = trace.quorum && is_satisfied(*trace.quorum, facts.approvals);
    if (!findings.refusals.empty()) {
        trace.verdict = Verdict::deny;
    } else if (trace.quorum && !trace.is_approved) {
        trace.verdict = Verdict::review;
    } else {
        trace.verdict = Verdict::allow;
    }
}

/// One charge a meter; what has no bound is as much as can be written down.
std::vector<Charge> charges_of(
    std::span<const BoundPolicy> policies, const Totals& totals, const Facts& facts) {
    std::vector<Charge> out;
    for (const auto& [key, total] : totals) {
        const auto charge = charge_of_slot(key, total, facts.ledger);
        out.push_back(
            {.key = key,
             .chain = facts.envelope.chain,
             .amount = charge.value_or(U256::max()),
             .counts = counts_of(policies, key)});
    }
    return out;
}

std::optional<Quorum> quorum_of(const Trace& trace, Violations& refusals) {
    std::optional<Quorum> out;
    for (const auto& policy : trace.policies)
        if (policy.quorum) merge_quorum(out, *policy.quorum, refusals);
    return out;
}

Decision without_policy() {
    Decision decision;
    const std::string text = "no policy says what this agent may sign, so that it may sign nothing";
    decision.violations.push_back({.code = "E_NO_POLICY", .detail = text, .limits = text});
    return decision;
}

void settle(Decision& decision, std::span<const Findings> findings, const Violations& refusals) {
    append(decision.violations, refusals);
    auto verdict = refusals.empty() ? Verdict::allow : Verdict::deny;
    for (const auto& policy : decision.trace.policies)
        verdict = std::min(verdict, policy.verdict);
    decision.verdict = verdict;
    switch (verdict) {
        case Verdict::deny:
            for (const auto& each : findings)
                append(decision.violations, each.refusals);
            return;
        case Verdict::review:
            for (std::size_t i = 0; i < findings.size(); ++i) {
                if (decision.trace.policies[i].verdict != Verdict::review) continue;
                append(decision.violations, findings[i].review_reasons);
            }
            return;
        case Verdict::allow:
            return;
    }
    bug("a verdict that does not exist");
}

}  // namespace

Decision decide(std::span<const BoundPolicy> policies, const Facts& facts) {
    if (facts.tree == nullptr) bug("a decision was asked for without an effect tree");
    if (policies.empty()) return without_policy();
    const auto effects = effects_of(*facts.tree);
    Decision decision;
    auto& trace = decision.trace;
    trace.policies.resize(policies.size());
    Violations refusals;
    check_structure(facts, effects, trace.structure, refusals);
    check_binding(policies, facts, trace.structure, refusals);
    check_witness(facts, effects, trace.witness, refusals);

    std::vector<Findings> findings;
    std::vector<Parts> parts;
    for (std::size_t i = 0; i < policies.size(); ++i) {
        if (policies[i].policy == nullptr) bug("an agent is bound to a policy that is not there");
        findings.push_back(judge(policies[i], facts, effects, trace.policies[i]));
        parts.push_back(std::move(findings.back().parts));
    }
    const auto totals = totals_of(parts);
    check_meters(policies, totals, refusals);
    for (std::size_t i = 0; i < policies.size(); ++i)
        finish(policies[i], facts, effects, totals, findings[i], trace.policies[i]);

    const auto quorum = quorum_of(trace, refusals);
    settle(decision, findings, refusals);
    if (decision.verdict == Verdict::review) decision.quorum = quorum;
    if (decision.verdict == Verdict::allow && !facts.is_before_simulation) {
        decision.charges = charges_of(policies, totals, facts);
    }
    return decision;
}

}  // namespace chela::policy
