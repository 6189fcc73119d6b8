#include "policy/gate/gate.hpp"

#include "policy/gate/judge.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace chela::policy {
namespace {

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
            return record(ledger, request, made, Stage::check);
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
            return reserved ? record(ledger, request, made, Stage::approval) : reserved;
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
    const auto& lane = reservation->lane;
    if (!lane || chains::chain_id(*transaction) != lane->chain ||
        reservation->nonce != chains::nonce(*transaction) ||
        chains::value(*transaction) != reservation->value || !fee || *fee != reservation->max_fee) {
        return fail(ErrorCode::internal, "the stored preimage is not the one that was reserved");
    }
    return chains::ApprovedPreimage{chains::Preimage{*std::move(transaction)}, lane->address};
}

Result<chains::ApprovedPreimage> Gate::resume(
    const std::string& intent_id, const chains::Preimage::Content& content, ChainId named_chain) {
    const auto reservation = ledger_.reservation(intent_id);
    if (!reservation) return std::unexpected{reservation.error()};
    auto preimage = chains::Preimage::of(content);
    if (!preimage) return std::unexpected{preimage.error()};
    if (!std::ranges::equal(preimage->bytes(), reservation->preimage)) {
        return fail(ErrorCode::internal, "the stored preimage is not the one that was reserved");
    }
    return chains::ApprovedPreimage{*std::move(preimage), reservation->signer, named_chain};
}

}  // namespace chela::policy
