#include "chains/fees/replacement.hpp"
#include "policy/gate/gate.hpp"
#include "policy/gate/judge.hpp"

#include <optional>
#include <utility>

namespace chela::policy {
namespace {

using chains::lane::AttemptKind;

std::unexpected<Error> not_a_replacement() {
    return fail(ErrorCode::internal, "this is no replacement of what the intent has reserved");
}

/// Identical in everything but the fees.
bool is_bump_of(const chains::Transaction& held, const chains::Transaction& wanted) {
    const auto with_old_fees = chains::fees::replaced(wanted, chains::fees::fees_of(held));
    return with_old_fees && *with_old_fees == held;
}

bool does_nothing(const chains::Transaction& transaction, const Address& signer) {
    const auto type = chains::type_of(transaction);
    const bool is_plain =
        type != chains::TransactionType::eip4844 && type != chains::TransactionType::eip7702;
    return is_plain && chains::to(transaction) == signer && chains::value(transaction) == Wei{} &&
           chains::data(transaction).empty() && chains::access_list(transaction).empty();
}

Stage stage_of(AttemptKind kind) {
    return chains::lane::carries_the_intent(kind) ? Stage::replacement : Stage::cancellation;
}

}  // namespace

Status check_replacement(LedgerTransaction& ledger, const GateRequest& request, AttemptKind kind) {
    const auto held = ledger.reservation(request.intent_id);
    if (!held) return std::unexpected{held.error()};
    const auto* wanted = std::get_if<chains::Transaction>(&request.content);
    const auto before = chains::decode_unsigned(held->preimage);
    const auto& lane = held->lane;
    if (wanted == nullptr || !before || !lane || held->signer != request.signer)
        return not_a_replacement();
    if (chains::chain_id(*wanted) != lane->chain || chains::nonce(*wanted) != held->nonce)
        return not_a_replacement();
    switch (kind) {
        case AttemptKind::bump:
            if (!is_bump_of(*before, *wanted)) return not_a_replacement();
            return {};
        case AttemptKind::cancel:
        case AttemptKind::noop:
            if (!does_nothing(*wanted, request.signer)) return not_a_replacement();
            return {};
        case AttemptKind::normal:
            return not_a_replacement();
    }
    bug("an AttemptKind that does not exist");
}

namespace {

/// Judges, in one durable transaction, what stands for the nonce that an intent holds.
/// @param kind  what it must be to what is reserved
/// @param keep  what becomes durable besides the decision's record
template <class Keep>
Result<Judgement> judge_held(
    Ledger& ledger, const GateRequest& request, AttemptKind kind, Stage stage, const Keep& keep) {
    std::optional<Result<Judgement>> judged;
    const auto status = ledger.transact([&](LedgerTransaction& transaction) -> Status {
        if (auto ok = check_replacement(transaction, request, kind); !ok) return ok;
        judged = judge(transaction, request, stage);
        if (!*judged) return record(transaction, request, judged->error());
        if (auto kept = keep(transaction, **judged); !kept) return kept;
        return record(transaction, request, **judged, stage);
    });
    if (!status) return std::unexpected{status.error()};
    if (!judged) bug("a ledger committed without running the gate's decision");
    return *std::move(judged);
}

}  // namespace

Result<GateOutcome> Gate::replace(const GateRequest& request, AttemptKind kind) {
    auto judged = judge_held(
        ledger_, request, kind, stage_of(kind),
        [&](LedgerTransaction& ledger, const Judgement& judgement) -> Status {
            if (judgement.decision.verdict != Verdict::allow) return {};
            auto reservation = reservation_of(request, judgement);
            reservation.attempt_kind = kind;
            return ledger.reserve(reservation);
        });
    if (!judged) return std::unexpected{judged.error()};
    auto preimage = judged->preimage;
    auto outcome = outcome_of(*judged);
    if (outcome.decision.verdict == Verdict::allow)
        outcome.approved = chains::ApprovedPreimage{std::move(preimage), request.signer};
    return outcome;
}

Result<Decision> Gate::recheck(const GateRequest& request) {
    auto judged = judge_held(
        ledger_, request, AttemptKind::bump, Stage::recheck,
        [](LedgerTransaction&, const Judgement&) { return Status{}; });
    if (!judged) return std::unexpected{judged.error()};
    return std::move(judged->decision);
}

}  // namespace chela::policy
