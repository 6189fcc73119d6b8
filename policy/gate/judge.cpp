#include "policy/gate/judge.hpp"

#include "chains/base/hex.hpp"
#include "chains/simulation/digest.hpp"
#include "policy/decide/envelope_facts.hpp"
#include "policy/decide/record.hpp"
#include "policy/decode/preimage.hpp"
#include "policy/gate/bound_policies.hpp"
#include "policy/gate/next_nonce.hpp"
#include "policy/gate/snapshot.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

namespace chela::policy {
namespace {

Result<std::vector<BoundPolicy>> policies_of_signing_agent(
    LedgerTransaction& ledger, const std::string& agent_id, Stage stage) {
    const auto rules = ledger.rules(agent_id);
    if (!rules) return std::unexpected{rules.error()};
    // Whatever became of the agent: what it has begun can be ended.
    const bool may_only_end = stage == Stage::cancellation;
    if (may_only_end) return bound_policies(*rules, agent_id);
    if (!rules->is_active) {
        return fail(ErrorCode::denied, "the agent is not active", "E_AGENT_INACTIVE");
    }
    if (!rules->may_sign) {
        return fail(
            ErrorCode::denied, "the agent may not sign; an operator can turn it on",
            "E_INTENTS_DISABLED");
    }
    if (const auto& missing = rules->missing_policy) {
        return fail(
            ErrorCode::denied,
            fmt::format(
                "the agent is bound to the policy {}, which is not active; an operator activates "
                "it with `chela policy activate FILE`",
                *missing),
            "E_POLICY_MISSING");
    }
    return bound_policies(*rules, agent_id);
}

Result<Nonce> nonce_of(
    LedgerTransaction& ledger,
    const GateRequest& request,
    const chains::Transaction& transaction,
    Stage stage) {
    switch (stage) {
        case Stage::check:
        case Stage::approval:
            return next_nonce(ledger, request, chains::chain_id(transaction));
        case Stage::replacement:
        case Stage::cancellation:
        case Stage::recheck:
            return chains::nonce(transaction);
    }
    bug("a Stage that does not exist");
}

/// The preimage with its nonce. What is signed is the bytes: they must say what is judged.
Result<chains::Preimage> preimage_of(
    LedgerTransaction& ledger, const GateRequest& request, Stage stage) {
    if (const auto* transaction = std::get_if<chains::Transaction>(&request.content)) {
        const auto nonce = nonce_of(ledger, request, *transaction, stage);
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

Result<TimePoint> approvals_hold_at(
    LedgerTransaction& ledger, const GateRequest& request, Stage stage) {
    if (stage != Stage::replacement && stage != Stage::recheck) return request.now;
    const auto held = ledger.reservation(request.intent_id);
    if (!held) return std::unexpected{held.error()};
    return held->at;
}

/// Approvals count for the very intent and the very policies that the approvers saw.
/// Whoever agreed to it agreed to its being sent again, with fees that the policies allow.
Result<ApprovalFacts> approvals_of(
    LedgerTransaction& ledger,
    const GateRequest& request,
    const std::vector<Hash256>& policy_digests,
    Stage stage) {
    const auto at = approvals_hold_at(ledger, request, stage);
    if (!at) return std::unexpected{at.error()};
    const auto found = ledger.approval(request.intent_id, *at);
    if (!found) return std::unexpected{found.error()};
    const auto& approval = *found;
    if (!approval || approval->fingerprint != request.fingerprint ||
        approval->policy_digests != policy_digests) {
        return ApprovalFacts{};
    }
    return ApprovalFacts{approval->approvers};
}

/// What a simulation must have been of.
std::optional<Hash256> digest_of(const chains::Preimage& preimage, const Address& signer) {
    const auto* transaction = std::get_if<chains::Transaction>(&preimage.content());
    if (transaction == nullptr) return std::nullopt;
    return chains::simulation::transaction_digest(*transaction, signer);
}

Purpose purpose_of(Stage stage) {
    switch (stage) {
        case Stage::check:
        case Stage::approval:
            return Purpose::request;
        case Stage::replacement:
        case Stage::recheck:
            return Purpose::replacement;
        case Stage::cancellation:
            return Purpose::cancellation;
    }
    bug("a Stage that does not exist");
}

}  // namespace

Result<Judgement> judge(LedgerTransaction& ledger, const GateRequest& request, Stage stage) {
    const auto policies = policies_of_signing_agent(ledger, request.agent_id, stage);
    if (!policies) return std::unexpected{policies.error()};
    auto preimage = preimage_of(ledger, request, stage);
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
    auto approvals = approvals_of(ledger, request, digests, stage);
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
        .purpose = purpose_of(stage),
        .approvals = *std::move(approvals),
        .now = request.now};
    facts.envelope.operator_max_fee = request.chain_max_fee;
    facts.envelope.node_chain = request.node_chain;
    auto decision = decide(*policies, facts);
    // A look ahead that denies nothing is not kept, and most of them do not.
    const bool is_kept = stage != Stage::check || decision.verdict == Verdict::deny;
    auto record = is_kept ? to_record(*preimage, *policies, facts, decision) : std::string{};
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

}  // namespace chela::policy
