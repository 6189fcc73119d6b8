#include "policy/gate/gate.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/simulation/digest.hpp"
#include "policy/decide/envelope_facts.hpp"
#include "policy/decide/record.hpp"
#include "policy/decode/preimage.hpp"
#include "policy/gate/audit_detail.hpp"
#include "policy/gate/next_nonce.hpp"
#include "policy/gate/snapshot.hpp"
#include "policy/rules/compile.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace chela::policy {
namespace {

struct Judgement {
    Decision decision;
    std::string record;
    EffectTree tree;
    chains::Preimage preimage;
    std::string slot;
    std::vector<Hash256> policy_digests;
    bool wants_simulation{};
    std::uint64_t max_simulation_age{};
};

/// Is this the look ahead or the decision that a signature follows?
enum class Stage : std::uint8_t { check, approval };

Result<std::vector<BoundPolicy>> policies_of_signing_agent(
    LedgerTransaction& ledger, const std::string& agent_id) {
    const auto rules = ledger.rules(agent_id);
    if (!rules) return std::unexpected{rules.error()};
    if (!rules->is_active) {
        return fail(ErrorCode::denied, "the agent is not active", "E_AGENT_INACTIVE");
    }
    if (!rules->may_sign) {
        return fail(
            ErrorCode::denied, "the agent may not sign; an operator can turn it on",
            "E_INTENTS_DISABLED");
    }
    if (rules->missing_policy) {
        return fail(
            ErrorCode::denied,
            fmt::format(
                "the agent is bound to the policy {}, which is not active; an operator activates "
                "it with `chela policy activate FILE`",
                *rules->missing_policy),
            "E_POLICY_MISSING");
    }
    // A document replaces what guardrails leave open by their published semantics; where guardrails
    // say nothing and a document does, only the document grants.
    std::vector<BoundPolicy> bound;
    const bool has_document = !rules->policies.empty();
    if (!has_document || rules->guardrails != Guardrails{}) {
        auto compiled = rules->compiled_guardrails;
        if (!compiled) {
            compiled = std::make_shared<const Policy>(compile_guardrails(rules->guardrails));
        }
        bound.push_back({std::move(compiled), agent_id});
    }
    for (const auto& policy : rules->policies)
        bound.push_back({policy, agent_id});
    return bound;
}

/// The preimage with its nonce. What is signed is the bytes: they must say what is judged.
Result<chains::Preimage> preimage_of(LedgerTransaction& ledger, const GateRequest& request) {
    if (const auto* transaction = std::get_if<chains::Transaction>(&request.content)) {
        const auto nonce = next_nonce(ledger, request, chains::chain_id(*transaction));
        if (!nonce) return std::unexpected{nonce.error()};
        chains::Preimage preimage{chains::with_nonce(*transaction, *nonce)};
        const auto read_back = chains::decode_unsigned(preimage.bytes());
        if (!read_back) return std::unexpected{read_back.error()};
        if (*read_back != preimage.transaction()) bug("a transaction reads back as another one");
        return preimage;
    }
    return chains::Preimage::of(request.content);
}

/// A nonce takes effect once, whichever of its transactions does. Nothing ties two other signatures
/// together for certain, so each counts.
std::string slot_of(const chains::Preimage& preimage, const GateRequest& request) {
    if (const auto* transaction = std::get_if<chains::Transaction>(&preimage.content())) {
        return fmt::format(
            "tx/{}/{}/{}", chains::chain_id(*transaction).value, to_hex(request.signer),
            chains::nonce(*transaction).value);
    }
    return fmt::format("sig/{}/{}", to_hex(preimage.signing_hash()), request.intent_id);
}

/// Approvals count for the very intent and the very policies that the approvers saw.
Result<ApprovalFacts> approvals_of(
    LedgerTransaction& ledger,
    const GateRequest& request,
    const std::vector<Hash256>& policy_digests) {
    auto approval = ledger.approval(request.intent_id, request.now);
    if (!approval) return std::unexpected{approval.error()};
    if (!*approval || (*approval)->fingerprint != request.fingerprint ||
        (*approval)->policy_digests != policy_digests) {
        return ApprovalFacts{};
    }
    return ApprovalFacts{std::move((*approval)->approvers)};
}

/// What a simulation must have been of.
std::optional<Hash256> digest_of(const chains::Preimage& preimage, const Address& signer) {
    const auto* transaction = std::get_if<chains::Transaction>(&preimage.content());
    if (transaction == nullptr) return std::nullopt;
    return chains::simulation::transaction_digest(*transaction, signer);
}

Result<Judgement> judge(LedgerTransaction& ledger, const GateRequest& request, Stage stage) {
    const auto policies = policies_of_signing_agent(ledger, request.agent_id);
    if (!policies) return std::unexpected{policies.error()};
    auto preimage = preimage_of(ledger, request);
    if (!preimage) return std::unexpected{preimage.error()};

    const auto contracts = contracts_of(*policies);
    if (!contracts) return std::unexpected{contracts.error()};
    std::vector<Hash256> digests;
    bool needs_simulation = false;
    for (const auto& bound : *policies) {
        digests.push_back(bound.policy->digest);
        needs_simulation = needs_simulation || wants_simulation(bound.policy->simulation);
    }
    auto tree = decode_preimage(preimage->content(), request.signer, *contracts);
    auto approvals = approvals_of(ledger, request, digests);
    if (!approvals) return std::unexpected{approvals.error()};
    auto slot = slot_of(*preimage, request);
    auto ledger_snapshot = snapshot(ledger, *policies, slot, request.now);
    if (!ledger_snapshot) return std::unexpected{ledger_snapshot.error()};

    Facts facts{
        .self = request.signer,
        .preimage_hash = Hash256{preimage->signing_hash().bytes},
        .transaction_digest = digest_of(*preimage, request.signer),
        .envelope = envelope_facts(preimage->content()),
        .tree = &tree,
        .ledger = *std::move(ledger_snapshot),
        .simulation = request.simulation,
        .is_before_simulation = stage == Stage::check && !request.simulation,
        .approvals = *std::move(approvals),
        .now = request.now};
    facts.envelope.operator_max_fee = request.chain_max_fee;
    facts.envelope.node_chain = request.node_chain;
    auto decision = decide(*policies, facts);
    auto record = to_record(*preimage, *policies, facts, decision);
    return Judgement{
        .decision = std::move(decision),
        .record = std::move(record),
        .tree = std::move(tree),
        .preimage = *std::move(preimage),
        .slot = std::move(slot),
        .policy_digests = std::move(digests),
        .wants_simulation = needs_simulation,
        .max_simulation_age = max_simulation_age(*policies)};
}

/// What the meters of an agent's guardrails count, whether guardrails hold or not: a limit that is
/// set later counts what was spent before.
std::vector<Charge> guardrail_charges(const Reservation& reservation) {
    const auto charge = [&](std::string_view meter, const U256& amount) {
        return Charge{
            {Budget::Scope::agent, reservation.agent_id, std::string{meter}},
            reservation.lane ? std::optional{reservation.lane->chain} : std::nullopt,
            amount};
    };
    return {
        charge(kGuardrailValueBudget, reservation.value.value),
        charge(kGuardrailFeeBudget, reservation.max_fee.value),
        charge(kGuardrailCountBudget, U256{1})};
}

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

Status record(LedgerTransaction& ledger, const GateRequest& request, const Judgement& judgement) {
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
        .action = std::string{action_of(judgement.decision.verdict)},
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

/// What could not be judged is not signed, and that is recorded as well.
Status record(LedgerTransaction& ledger, const GateRequest& request, const Error& error) {
    return ledger.record(AuditEntry{
        .at = request.now,
        .actor = "agent:" + request.agent_id,
        .action = error.code == ErrorCode::denied ? "intent.denied" : "intent.failed",
        .subject = request.intent_id,
        .detail = audit_detail(request, error)});
}

/// Judges in one durable transaction. @param keep  what becomes durable of a decision
template <class Keep>
Result<Judgement> run(Ledger& ledger, const GateRequest& request, Stage stage, const Keep& keep) {
    std::optional<Result<Judgement>> judged;
    const auto status = ledger.transact([&](LedgerTransaction& transaction) -> Status {
        judged = judge(transaction, request, stage);
        if (!*judged) return record(transaction, request, judged->error());
        return keep(transaction, request, **judged);
    });
    if (!status) return std::unexpected{status.error()};
    if (!judged) bug("a ledger committed without running the gate's decision");
    return *std::move(judged);
}

}  // namespace

Result<GateOutcome> Gate::check(const GateRequest& request) {
    auto judgement =
        run(ledger_, request, Stage::check, [](auto& ledger, auto& request, auto& made) {
            if (made.decision.verdict != Verdict::deny) return Status{};
            return record(ledger, request, made);
        });
    if (!judgement) return std::unexpected{judgement.error()};
    return outcome_of(*judgement);
}

Result<GateOutcome> Gate::approve(const GateRequest& request) {
    auto judgement =
        run(ledger_, request, Stage::approval, [](auto& ledger, auto& request, auto& made) {
            Status reserved;
            if (made.decision.verdict == Verdict::allow) {
                reserved = ledger.reserve(reservation_of(request, made));
            }
            return reserved ? record(ledger, request, made) : reserved;
        });
    if (!judgement) return std::unexpected{judgement.error()};

    auto preimage = std::move(judgement->preimage);
    auto outcome = outcome_of(*judgement);
    if (outcome.decision.verdict == Verdict::allow) {
        outcome.approved = chains::ApprovedPreimage{std::move(preimage), request.signer};
    }
    return outcome;
}

Result<chains::ApprovedPreimage> Gate::resume(const std::string& intent_id) {
    const auto reservation = ledger_.reservation(intent_id);
    if (!reservation) return std::unexpected{reservation.error()};
    auto transaction = chains::decode_unsigned(reservation->preimage);
    if (!transaction) {
        return fail(
            ErrorCode::internal,
            "the stored preimage does not decode: " + transaction.error().detail);
    }
    const auto fee = chains::max_fee(*transaction);
    if (!reservation->lane || chains::chain_id(*transaction) != reservation->lane->chain ||
        reservation->nonce != chains::nonce(*transaction) ||
        chains::value(*transaction) != reservation->value || !fee || *fee != reservation->max_fee) {
        return fail(ErrorCode::internal, "the stored preimage is not the one that was reserved");
    }
    return chains::ApprovedPreimage{
        chains::Preimage{*std::move(transaction)}, reservation->lane->address};
}

Result<chains::ApprovedPreimage> Gate::resume(
    const std::string& intent_id, const chains::Preimage::Content& content) {
    const auto reservation = ledger_.reservation(intent_id);
    if (!reservation) return std::unexpected{reservation.error()};
    auto preimage = chains::Preimage::of(content);
    if (!preimage) return std::unexpected{preimage.error()};
    if (!std::ranges::equal(preimage->bytes(), reservation->preimage)) {
        return fail(ErrorCode::internal, "the stored preimage is not the one that was reserved");
    }
    return chains::ApprovedPreimage{*std::move(preimage), reservation->signer};
}

}  // namespace chela::policy
