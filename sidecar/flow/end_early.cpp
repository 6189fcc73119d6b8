// Intents::cancel and Intents::speed_up: what is wished is durable; the lane's worker does it.
#include "sidecar/flow/submit.hpp"
#include "sidecar/telemetry/log.hpp"

#include <utility>

namespace chela::sidecar::flow {

using store::IntentRecord;

namespace {

policy::AuditEntry audit_of(
    TimePoint at, std::string actor, std::string action, std::string subject) {
    return {
        .at = at,
        .actor = std::move(actor),
        .action = std::move(action),
        .subject = std::move(subject),
        .detail = "{}"};
}

}  // namespace

boost::asio::awaitable<Result<IntentRecord>> Intents::cancel(
    std::string intent_id, std::string actor, Deadline deadline) {
    const auto audit =
        audit_of(services_.clock.now(), std::move(actor), "intent.cancel_asked", intent_id);
    auto given_up = co_await services_.on_store<IntentRecord>(
        deadline, [&store = services_.store, intent_id, audit] {
            return store.give_up(
                intent_id, chains::lane::Goal::cancel, "E_CANCELLED", "it was cancelled", audit);
        });
    if (!given_up) co_return given_up;
    log::event(log::Level::info, "intent_cancel_asked", {{"intent_id", intent_id}});
    if (given_up->nonce) driver_.wake({given_up->chain_id, given_up->from});
    co_return given_up;
}

boost::asio::awaitable<Result<IntentRecord>> Intents::speed_up(
    std::string intent_id,
    std::optional<chains::fees::Eip1559Fees> fees,
    std::string actor,
    Deadline deadline) {
    const auto audit =
        audit_of(services_.clock.now(), std::move(actor), "intent.speed_up_asked", intent_id);
    auto wished = co_await services_.on_store<IntentRecord>(
        deadline, [&store = services_.store, intent_id, wanted = to_speed_up(fees), audit] {
            return store.want_speed_up(intent_id, wanted, audit);
        });
    if (!wished) co_return wished;
    log::event(log::Level::info, "intent_speed_up_asked", {{"intent_id", intent_id}});
    driver_.wake({wished->chain_id, wished->from});
    co_return wished;
}

}  // namespace chela::sidecar::flow
