// LaneWorker: another transaction for a nonce, with higher fees or in place of what is not wanted.
#include "chains/fees/caps.hpp"
#include "chains/fees/estimate.hpp"
#include "chains/fees/replacement.hpp"
#include "sidecar/flow/ending.hpp"
#include "sidecar/flow/gate_request.hpp"
#include "sidecar/flow/lane_room.hpp"
#include "sidecar/flow/lane_worker.hpp"
#include "sidecar/flow/speed_up.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>

namespace chela::sidecar::flow {

namespace asio = boost::asio;
namespace fees = chains::fees;
using chains::lane::AttemptKind;

namespace {

constexpr Gas kPlainTransfer{21'000};

/// What the last attempt says: signed, or else reserved.
Result<chains::Transaction> last_transaction(const store::SlotRecord& slot) {
    if (slot.attempts.empty()) return chains::decode_unsigned(slot.intent.preimage);
    auto decoded = chains::decode_signed(slot.attempts.back().signed_bytes);
    if (!decoded) return std::unexpected{decoded.error()};
    return std::move(decoded->transaction);
}

asio::awaitable<Result<fees::Market>> market_of(
    std::shared_ptr<node::ChainClient> client, Deadline deadline) {
    if (!client->chain().has_eip1559) {
        const auto price = co_await client->gas_price(deadline);
        if (!price) co_return std::unexpected{price.error()};
        co_return fees::market(*price, {});
    }
    const auto history = co_await client->fee_history(deadline);
    if (!history) co_return std::unexpected{history.error()};
    co_return fees::market(*history, {});
}

}  // namespace

asio::awaitable<void> LaneWorker::replace(store::SlotRecord slot, AttemptKind kind) {
    const auto node = client();
    if (!node) co_return;
    auto transaction = co_await draft_replacement(*node, slot, kind);
    if (!transaction) {
        co_await replacement_failed(std::move(slot), kind, transaction.error());
        co_return;
    }
    const auto approved =
        co_await approve_replacement(*node, slot.intent, *std::move(transaction), kind);
    if (!approved) {
        co_await replacement_failed(std::move(slot), kind, approved.error());
        co_return;
    }
    has_changed_ = true;  // it is signed in the next round
    log::event(
        log::Level::info, "intent_replaced",
        {{"intent_id", slot.intent.id},
         {"kind", to_string(kind)},
         {"attempt", static_cast<std::int64_t>(slot.attempts.size() + 1)}});
}

asio::awaitable<Result<chains::Transaction>> LaneWorker::draft_replacement(
    std::shared_ptr<node::ChainClient> client, store::SlotRecord slot, AttemptKind kind) {
    auto transaction = last_transaction(slot);
    if (!transaction) co_return transaction;
    const auto old = fees::fees_of(*transaction);
    auto market = co_await market_of(client, step_deadline());
    if (!market) co_return std::unexpected{market.error()};
    if (!slot.intent.speed_up.empty()) {
        auto wanted = raised(*market, slot.intent.speed_up);
        if (!wanted) co_return std::unexpected{wanted.error()};
        market = wanted;
    }
    if (!carries_the_intent(kind)) {
        chains::node::CallRequest call;
        call.from = lane_.address;
        call.to = lane_.address;
        // Chains that charge for their data ask for more than 21000.
        const auto estimate = co_await client->estimate_gas(std::move(call), step_deadline());
        const Gas gas =
            estimate ? std::max(fees::with_headroom(*estimate), kPlainTransfer) : kPlainTransfer;
        transaction = fees::cancellation(*transaction, lane_.address, gas);
        if (!transaction) co_return transaction;
    }
    const auto raised_fees = fees::replacement(old, *market);
    if (!raised_fees) co_return std::unexpected{raised_fees.error()};
    co_return fees::replaced(*std::move(transaction), *raised_fees);
}

asio::awaitable<Status> LaneWorker::approve_replacement(
    std::shared_ptr<node::ChainClient> client,
    store::IntentRecord intent,
    chains::Transaction transaction,
    AttemptKind kind) {
    const auto& chain = client->chain();
    if (auto ok = fees::within({chain.max_fee_per_transaction, {}}, transaction); !ok) co_return ok;
    const auto balance = co_await client->balance(lane_.address, step_deadline());
    if (!balance) co_return std::unexpected{balance.error()};
    const auto request = gate_request(intent, transaction, chain, services_.clock.now());
    const auto decided = co_await services_.on_store<bool>(
        step_deadline(),
        [this_services = &services_, of = lane_, request, transaction, kind,
         balance = *balance]() -> Result<bool> {
            auto funds =
                check_funds(this_services->store, of, request.intent_id, transaction, balance);
            if (!funds) return std::unexpected{funds.error()};
            const auto outcome = this_services->gate.replace(request, kind);
            if (!outcome) return std::unexpected{outcome.error()};
            if (outcome->decision.verdict != policy::Verdict::allow)
                return std::unexpected{refusal_of(outcome->decision)};
            return true;
        });
    if (!decided) co_return std::unexpected{decided.error()};
    co_return Status{};
}

/// The last attempt stays what may be mined. A node that is away is tried again with the next
/// round; what may not be paid is said, and tried again when the chain may ask for less.
asio::awaitable<void> LaneWorker::replacement_failed(
    store::SlotRecord slot, AttemptKind kind, Error error) {
    const auto& id = slot.intent.id;
    if (error.reason == "E_LANE_TAKEN") has_lost_lane_ = true;
    const bool is_passing = error.code == ErrorCode::unavailable ||
                            error.code == ErrorCode::timed_out ||
                            error.code == ErrorCode::bad_response;
    if (is_passing) {
        co_await note(slot.intent, reason_of(error), error.detail);
        co_return;
    }
    memory_.replacement_refused(id, kind, memory_.head);
    if (slot.attempts.empty()) {
        co_await note(slot.intent, reason_of(error), error.detail);
        co_return;
    }
    const auto message = "it stays as it was signed: " + error.detail;
    log::event(log::Level::warn, "intent_stalled", {{"intent_id", id}, {"code", reason_of(error)}});
    co_await stored(
        [id, code = reason_of(error), message, now = services_.clock.now()](store::Store& store) {
            return store.mark_stalled(id, code, message, now);
        });
    listener_(id);
}

}  // namespace chela::sidecar::flow
