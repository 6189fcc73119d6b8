// LaneWorker: what the chain says, and what is to end.
#include "chains/base/hex.hpp"
#include "sidecar/flow/gone.hpp"
#include "sidecar/flow/lane_worker.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::sidecar::flow {

namespace asio = boost::asio;
namespace lane = chains::lane;

namespace {

/// Does the block of the receipt count as one of so many, with those above it up to the head?
bool is_below(
    const chains::node::Receipt& receipt, std::uint64_t blocks, const chains::node::Head& head) {
    return head.number >= receipt.block_number &&
           head.number.value - receipt.block_number.value + 1 >= blocks;
}

/// What it was that succeeded: the intent's own transaction, or one in its place.
std::string kind_of(const store::SlotRecord& slot, unsigned number) {
    const auto attempt = std::ranges::find(slot.attempts, number, &store::AttemptRecord::number);
    if (attempt == slot.attempts.end()) return {};
    return std::string{to_string(attempt->kind)};
}

}  // namespace

/// Asks every endpoint whether it shows this very receipt, deep enough. One node's word is enough
/// where there is no other, or the others have been gone for long; else most of all must say so,
/// and two at least.
asio::awaitable<LaneWorker::Agreement> LaneWorker::agreement(chains::node::Receipt receipt) {
    Agreement out;
    const auto found = client();
    if (!found) co_return out;
    const auto& node = *found;
    const auto& chain = node->chain();
    const bool by_tag = chain.finality == chains::Finality::finalized_tag;
    const auto shown = co_await node->receipts(receipt.hash, step_deadline());
    const auto heads = co_await node->heads(
        by_tag ? chains::node::BlockTag::finalized : chains::node::BlockTag::latest,
        step_deadline());
    const auto health = node->health();
    std::size_t same = 0;
    std::size_t other = 0;
    std::size_t missing = 0;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (!shown[i]) {
            if (health[i].silent_for < kGoneAfter) ++missing;
            continue;
        }
        const auto& there = *shown[i];
        const bool is_same = there && *there == receipt;
        const auto depth = by_tag ? 1 : chain.confirmations;
        const auto head = heads[i].value_or(std::nullopt);
        const bool is_deep = head && is_below(receipt, depth, *head);
        ++(is_same && is_deep ? same : other);
    }
    const auto against = other + missing;
    out.is_final = same > 0 && (against == 0 || (same > 1 && same > against));
    const auto paid = chains::node::paid_fee(receipt);
    if (same > 1 && other == 0 && paid) out.paid = *paid;
    co_return out;
}

asio::awaitable<void> LaneWorker::include(store::SlotRecord slot, lane::Include step) {
    const auto& id = slot.intent.id;
    store::IntentStore::Inclusion inclusion{
        step.receipt.block_number, step.receipt.block_hash, step.receipt.gas_used,
        step.receipt.succeeded,    step.is_final,           step.attempt};
    if (step.is_final) {
        const auto agreed = co_await agreement(step.receipt);
        inclusion.is_final = agreed.is_final;
        inclusion.paid = agreed.paid;
        const bool is_known = slot.intent.state == store::IntentState::mined &&
                              slot.intent.block_hash == step.receipt.block_hash &&
                              slot.intent.mined_attempt == step.attempt;
        if (!agreed.is_final && is_known) {
            co_await note(
                slot.intent, "E_NODES_DISAGREE",
                "the nodes of the chain do not agree yet on what became of it");
            co_return;
        }
    }
    const bool is_done =
        co_await stored([id, inclusion, now = services_.clock.now()](store::Store& store) {
            return store.mark_included(id, inclusion, now);
        });
    if (!is_done) co_return;
    memory_.found(id);
    log::event(
        log::Level::info, inclusion.is_final ? "intent_final" : "intent_mined",
        {{"intent_id", id},
         {"kind", kind_of(slot, step.attempt)},
         {"succeeded", step.receipt.succeeded},
         {"attempt", static_cast<std::int64_t>(step.attempt)}});
    listener_(id);
}

asio::awaitable<void> LaneWorker::reorganise(store::SlotRecord slot) {
    const auto& id = slot.intent.id;
    const bool is_done = co_await stored([id, now = services_.clock.now()](store::Store& store) {
        return store.mark_reorged(id, now);
    });
    if (!is_done) co_return;
    memory_.forget_sending(id);  // its bytes go out at once
    has_changed_ = true;
    log::event(log::Level::warn, "intent_reorged", {{"intent_id", id}});
    listener_(id);
}

/// One node may be behind: what no other endpoint shows either is missing.
asio::awaitable<void> LaneWorker::miss(store::SlotRecord slot) {
    const auto found = client();
    if (!found) co_return;
    const auto& node = *found;
    bool is_missing = true;
    for (const auto& attempt : slot.attempts) {
        for (const auto& receipt : co_await node->receipts(attempt.hash, step_deadline()))
            is_missing = is_missing && receipt && !*receipt;
    }
    for (const auto& count : co_await node->transaction_counts(lane_.address, step_deadline()))
        is_missing = is_missing && count && slot.intent.nonce < *count;
    memory_.missing(slot.intent.id, memory_.head, is_missing);
    co_await note(
        slot.intent, "E_NONCE_USED_ELSEWHERE",
        "the chain has used this nonce, but not for this transaction as far as its nodes tell: is "
        "the key used elsewhere?");
}

asio::awaitable<void> LaneWorker::freeze(store::SlotRecord slot) {
    const auto nonce = slot.intent.nonce.value_or(Nonce{});
    const auto reason = fmt::format(
        "nonce {} was used by a transaction that chela did not sign: somebody else has this key",
        nonce.value);
    const bool is_done = co_await stored(
        [of = lane_, nonce, reason, now = services_.clock.now()](store::Store& store) {
            return store.freeze_lane(of, nonce, reason, now);
        });
    if (!is_done) co_return;
    log::event(
        log::Level::error, "lane_frozen",
        {{"chain_id", static_cast<std::int64_t>(lane_.chain.value)},
         {"address", to_hex(lane_.address)},
         {"reason", reason}});
    co_await note(slot.intent, "E_LANE_FROZEN", reason);
}

/// Final ones that a deep reorganisation took from the chain: without them nothing above is mined.
asio::awaitable<void> LaneWorker::restore(lane::Restore step) {
    const auto found = client();
    if (!found) co_return;
    const auto lost = co_await services_.on_store<std::vector<store::AttemptRecord>>(
        step_deadline(), [&store = services_.store, of = lane_, step] {
            return store.final_attempts(of, step.from, step.before);
        });
    if (!lost) co_return;
    for (const auto& attempt : *lost) {
        if (is_stopping_) co_return;
        const auto transaction = chains::decode_signed(attempt.signed_bytes);
        if (!transaction) continue;
        const auto nonce = chains::nonce(transaction->transaction);
        const auto [last, is_first] = memory_.restored_at.try_emplace(nonce, memory_.head);
        const bool is_due = is_first || last->second > memory_.head ||
                            memory_.head.value - last->second.value >= options_.rules.resend_after;
        if (!is_due) continue;
        last->second = memory_.head;
        const bool may_go = co_await stored([of = lane_, hash = attempt.hash](store::Store& store) {
            return store.check_sendable(of, hash);
        });
        if (!may_go) co_return;
        log::event(
            log::Level::error, "final_transaction_lost",
            {{"tx_hash", to_hex(attempt.hash)}, {"nonce", static_cast<std::int64_t>(nonce.value)}});
        co_await (*found)->send_raw_to_all(attempt.signed_bytes, attempt.hash, step_deadline());
    }
}

asio::awaitable<void> LaneWorker::give_up(store::SlotRecord slot, lane::Goal goal, Error why) {
    const auto& id = slot.intent.id;
    const bool is_done = co_await stored(
        [id, goal, why, now = services_.clock.now()](store::Store& store) -> Status {
            const auto given_up = store.give_up(
                id, goal, reason_of(why), why.detail,
                {.at = now,
                 .actor = "chela",
                 .action = "intent.given_up",
                 .subject = id,
                 .detail = "{}"});
            if (!given_up) return std::unexpected{given_up.error()};
            return {};
        });
    if (!is_done) co_return;
    has_changed_ = true;
    log::event(log::Level::warn, "intent_given_up", {{"intent_id", id}, {"code", reason_of(why)}});
    listener_(id);
}

/// Where a later nonce is taken, this one must be used up.
asio::awaitable<void> LaneWorker::withdraw(store::SlotRecord slot) {
    const auto& intent = slot.intent;
    const auto released = co_await services_.on_store<bool>(
        step_deadline(),
        [&store = services_.store, id = intent.id, code = intent.end_code,
         now = services_.clock.now()]() -> Result<bool> {
            auto ok =
                store.release_unsigned(id, code, "it ended before anything was signed for it", now);
            if (!ok) return std::unexpected{ok.error()};
            return true;
        });
    if (released) {
        has_changed_ = true;
        listener_(intent.id);
        co_return;
    }
    if (released.error().code != ErrorCode::conflict) co_return;
    const auto kind =
        intent.goal == lane::Goal::fill ? lane::AttemptKind::noop : lane::AttemptKind::cancel;
    co_await replace(std::move(slot), kind);
}

}  // namespace chela::sidecar::flow
