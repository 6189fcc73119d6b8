#include "policy/gate/gate.hpp"

#include "policy/decode/transaction.hpp"
#include "policy/gate/audit_detail.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace chela::policy {
namespace {

struct Judgement {
    Decision decision;
    std::vector<Effect> effects;
    chains::Preimage preimage;
};

Result<Guardrails> guardrails_of_signing_agent(
    LedgerTransaction& ledger, const std::string& agent_id) {
    auto rules = ledger.rules(agent_id);
    if (!rules) return std::unexpected{rules.error()};
    if (!rules->is_active) {
        return fail(ErrorCode::denied, "the agent is not active", "E_AGENT_INACTIVE");
    }
    if (!rules->may_sign) {
        return fail(
            ErrorCode::denied, "the agent may not sign transactions; an operator can turn it on",
            "E_INTENTS_DISABLED");
    }
    return std::move(rules->guardrails);
}

Result<Nonce> next_nonce(LedgerTransaction& ledger, const GateRequest& request) {
    // EIP-2681: 2^64-1 is never a valid nonce.
    constexpr auto kEnd = std::numeric_limits<std::uint64_t>::max();
    const auto highest =
        ledger.highest_nonce(Lane{chains::chain_id(request.transaction), request.signer});
    if (!highest) return std::unexpected{highest.error()};
    auto next = request.chain_nonce;
    if (const auto& given = *highest) {
        if (given->value == kEnd)
            return fail(ErrorCode::out_of_range, "the lane has no nonce left");
        const Nonce ours{given->value + 1};
        if (next > ours) {
            return fail(
                ErrorCode::unavailable,
                fmt::format(
                    "the node says that nonces up to {} are used, but chela gave out only those "
                    "below {}: either the node "
                    "is wrong, or the key is used elsewhere or the database is an old copy. "
                    "Nothing is signed until they "
                    "agree; an operator can give the agent a new key",
                    next.value - 1, ours.value),
                "E_NONCE_FOREIGN");
        }
        next = ours;
    }
    if (next.value == kEnd) return fail(ErrorCode::out_of_range, "the lane has no nonce left");
    if (request.requested_nonce && *request.requested_nonce != next) {
        return fail(
            ErrorCode::conflict,
            fmt::format(
                "nonce {} cannot be used; the next one is {}", request.requested_nonce->value,
                next.value),
            "E_NONCE_NOT_NEXT");
    }
    return next;
}

Result<Judgement> judge(LedgerTransaction& ledger, const GateRequest& request) {
    const auto guardrails = guardrails_of_signing_agent(ledger, request.agent_id);
    if (!guardrails) return std::unexpected{guardrails.error()};
    const auto nonce = next_nonce(ledger, request);
    if (!nonce) return std::unexpected{nonce.error()};
    const auto spends = ledger.spends(request.agent_id, request.now - std::chrono::hours{24});
    if (!spends) return std::unexpected{spends.error()};

    chains::Preimage preimage{chains::with_nonce(request.transaction, *nonce)};
    // What is signed is the bytes: they must say what is judged.
    const auto read_back = chains::decode_unsigned(preimage.bytes());
    if (!read_back) return std::unexpected{read_back.error()};
    if (*read_back != preimage.transaction()) bug("a transaction reads back as another one");
    auto effects = decode_effects(preimage.transaction(), request.signer);
    auto decision = decide(
        {.guardrails = *guardrails,
         .transaction = preimage.transaction(),
         .signer = request.signer,
         .effects = effects,
         .spends = *spends,
         .chain_max_fee = request.chain_max_fee,
         .now = request.now});
    return Judgement{std::move(decision), std::move(effects), std::move(preimage)};
}

Status reserve(
    LedgerTransaction& ledger, const GateRequest& request, const chains::Preimage& preimage) {
    const auto& transaction = preimage.transaction();
    const auto fee = chains::max_fee(transaction);
    if (!fee) bug("a transaction was allowed whose fee does not fit 256 bits");
    const auto bytes = preimage.bytes();
    return ledger.reserve(
        {.intent_id = request.intent_id,
         .agent_id = request.agent_id,
         .lane = Lane{chains::chain_id(transaction), request.signer},
         .nonce = chains::nonce(transaction),
         .value = chains::value(transaction),
         .max_fee = *fee,
         .preimage = Bytes(bytes.begin(), bytes.end()),
         .at = request.now});
}

AuditEntry audit_entry(const GateRequest& request, const Judgement& judgement, std::string action) {
    return {
        .at = request.now,
        .actor = "agent:" + request.agent_id,
        .action = std::move(action),
        .subject = request.intent_id,
        .detail = audit_detail(request, judgement.preimage, judgement.effects, judgement.decision)};
}

}  // namespace

Result<Decision> Gate::check(const GateRequest& request) {
    Decision decision;
    const auto status = ledger_.transact([&](LedgerTransaction& ledger) -> Status {
        auto judgement = judge(ledger, request);
        if (!judgement) return std::unexpected{judgement.error()};
        decision = std::move(judgement->decision);
        return {};
    });
    if (!status) return std::unexpected{status.error()};
    return decision;
}

Result<GateOutcome> Gate::approve(const GateRequest& request) {
    std::optional<Judgement> judgement;
    const auto status = ledger_.transact([&](LedgerTransaction& ledger) -> Status {
        auto judged = judge(ledger, request);
        if (!judged) return std::unexpected{judged.error()};
        judgement = std::move(*judged);
        if (judgement->decision.verdict != Verdict::allow) {
            return ledger.record(audit_entry(request, *judgement, "intent.denied"));
        }
        auto reserved = reserve(ledger, request, judgement->preimage);
        if (!reserved) return reserved;
        return ledger.record(audit_entry(request, *judgement, "intent.approved"));
    });
    if (!status) return std::unexpected{status.error()};
    if (!judgement) bug("a ledger committed without running the gate's decision");

    GateOutcome outcome{std::move(judgement->decision), std::nullopt};
    if (outcome.decision.verdict == Verdict::allow) {
        outcome.approved = chains::ApprovedPreimage{std::move(judgement->preimage), request.signer};
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
    if (chains::chain_id(*transaction) != reservation->lane.chain ||
        chains::nonce(*transaction) != reservation->nonce ||
        chains::value(*transaction) != reservation->value || !fee || *fee != reservation->max_fee) {
        return fail(ErrorCode::internal, "the stored preimage is not the one that was reserved");
    }
    return chains::ApprovedPreimage{
        chains::Preimage{*std::move(transaction)}, reservation->lane.address};
}

}  // namespace chela::policy
