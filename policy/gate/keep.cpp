// What becomes durable of a judgement.
#include "policy/decide/envelope_facts.hpp"
#include "policy/gate/audit_detail.hpp"
#include "policy/gate/judge.hpp"
#include "policy/rules/compile.hpp"

#include <algorithm>
#include <utility>

namespace chela::policy {
namespace {

/// What the meters of an agent's guardrails count, whether guardrails hold or not: a limit that is
/// set later counts what was spent before.
std::vector<Charge> guardrail_charges(const Reservation& reservation) {
    using enum Budget::Counts;
    const auto charge = [&](std::string_view meter, Budget::Counts counts, const U256& of) {
        return Charge{
            {Budget::Scope::agent, reservation.agent_id, std::string{meter}},
            reservation.lane ? std::optional{reservation.lane->chain} : std::nullopt,
            of,
            counts};
    };
    return {
        charge(kGuardrailValueBudget, amount, reservation.value.value),
        charge(kGuardrailFeeBudget, max_fee, reservation.max_fee.value),
        charge(kGuardrailCountBudget, signatures, U256{1})};
}

std::string_view action_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::deny:
            return "intent.denied";
        case Verdict::review:
            return "intent.held";
        case Verdict::allow:
            return "intent.approved";
    }
    bug("a verdict that does not exist");
}

/// The words for what is signed besides, for a nonce that is taken already.
std::string_view action_of(Verdict verdict, Stage stage) {
    const bool is_allowed = verdict == Verdict::allow;
    switch (stage) {
        case Stage::check:
        case Stage::approval:
            return action_of(verdict);
        case Stage::replacement:
            return is_allowed ? "intent.replaced" : "intent.replacement_refused";
        case Stage::cancellation:
            return is_allowed ? "intent.cancelled" : "intent.cancellation_refused";
        case Stage::recheck:
            return is_allowed ? "intent.still_approved" : "intent.no_longer_approved";
    }
    bug("a Stage that does not exist");
}

}  // namespace

Reservation reservation_of(const GateRequest& request, const Judgement& judgement) {
    const auto& preimage = judgement.preimage;
    const auto bytes = preimage.bytes();
    Reservation reservation{
        .intent_id = request.intent_id,
        .agent_id = request.agent_id,
        .signer = request.signer,
        .operation = envelope_facts(preimage.content()).operation,
        .slot = judgement.slot,
        .lane = std::nullopt,
        .nonce = std::nullopt,
        .value = {},
        .max_fee = {},
        .preimage = Bytes(bytes.begin(), bytes.end()),
        .charges = judgement.decision.charges,
        .valid_until = judgement.tree.valid_until,
        .at = request.now};
    if (const auto* transaction = std::get_if<chains::Transaction>(&preimage.content())) {
        const auto fee = chains::max_fee(*transaction);
        if (!fee) bug("a transaction was allowed whose fee does not fit 256 bits");
        reservation.lane = Lane{chains::chain_id(*transaction), request.signer};
        reservation.nonce = chains::nonce(*transaction);
        reservation.value = chains::value(*transaction);
        reservation.max_fee = *fee;
    }
    for (auto& charge : guardrail_charges(reservation)) {
        const bool is_charged = std::ranges::find(reservation.charges, charge.key, &Charge::key) !=
                                reservation.charges.end();
        if (!is_charged) reservation.charges.push_back(std::move(charge));
    }
    return reservation;
}

Status record(
    LedgerTransaction& ledger,
    const GateRequest& request,
    const Judgement& judgement,
    Stage stage) {
    const auto kept = ledger.record(DecisionEntry{
        .id = request.decision_id,
        .intent_id = request.intent_id,
        .agent_id = request.agent_id,
        .at = request.now,
        .verdict = std::string{to_string(judgement.decision.verdict)},
        .record = judgement.record});
    if (!kept) return kept;
    return ledger.record(AuditEntry{
        .at = request.now,
        .actor = "agent:" + request.agent_id,
        .action = std::string{action_of(judgement.decision.verdict, stage)},
        .subject = request.intent_id,
        .detail = audit_detail(
            request, judgement.preimage, judgement.tree, judgement.decision, judgement.record)});
}

GateOutcome outcome_of(Judgement& judgement) {
    return GateOutcome{
        .decision = std::move(judgement.decision),
        .record = std::move(judgement.record),
        .policy_digests = std::move(judgement.policy_digests),
        .wants_simulation = judgement.wants_simulation,
        .max_simulation_age = judgement.max_simulation_age,
        .approved = std::nullopt};
}

Status record(LedgerTransaction& ledger, const GateRequest& request, const Error& error) {
    return ledger.record(AuditEntry{
        .at = request.now,
        .actor = "agent:" + request.agent_id,
        .action = error.code == ErrorCode::denied ? "intent.denied" : "intent.failed",
        .subject = request.intent_id,
        .detail = audit_detail(request, error)});
}

}  // namespace chela::policy
