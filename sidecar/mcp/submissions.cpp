#include "sidecar/mcp/submissions.hpp"

#include "sidecar/api/idempotency.hpp"
#include "sidecar/api/own_transaction.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/rpc/error.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace chela::sidecar::mcp {

namespace asio = boost::asio;
using store::IntentRecord;
using store::IntentState;

namespace {

constexpr const char* kQuestion = "approval";
/// After so many looks the client hears where the intent is, and asks by itself.
constexpr unsigned kMostRounds = 20;
/// What operators decide is taken up within a second.
constexpr std::chrono::seconds kLook{3};
constexpr std::chrono::milliseconds kPause{100};

struct Order {
    std::string key;
    Json rest;
};

Result<Order> read_order(Json arguments) {
    const auto key = arguments.find("idempotency_key");
    if (key == arguments.end() || !key->is_string()) {
        return fail(
            ErrorCode::invalid_input,
            "idempotency_key is required, as a string: a new one for each thing that is wanted",
            "E_IDEMPOTENCY_KEY");
    }
    Order order{key->get<std::string>(), {}};
    if (auto ok = api::check_idempotency_key(order.key, "idempotency_key"); !ok)
        return std::unexpected{ok.error()};
    arguments.erase(key);
    order.rest = std::move(arguments);
    return order;
}

bool is_refused(IntentState state) {
    return state == IntentState::denied || state == IntentState::simulation_failed ||
           state == IntentState::failed || state == IntentState::cancelled;
}

ToolResult refusal_of(const IntentRecord& intent) {
    const auto error = rpc::refusal_of(intent);
    Json out = error.data;
    out["message"] = error.message;
    return structured_result(std::move(out), true);
}

std::string how_to_approve(const IntentRecord& intent) {
    return "People have to approve this first: an operator runs `chela approvals show " +
           intent.approval_id + "` and `chela approvals approve " + intent.approval_id + "`.";
}

ToolResult shown(const IntentRecord& intent) {
    if (is_refused(intent.state)) return refusal_of(intent);
    Json view = intent_view(intent);
    if (intent.state == IntentState::awaiting_approval) {
        view["message"] =
            how_to_approve(intent) + " Ask for it with intent_status, or with the same key.";
    }
    return structured_result(std::move(view));
}

bool can_ask(const Call& call) {
    return call.client_capabilities.contains("elicitation");
}

InputRequired ask_to_look_again(const IntentRecord& intent, unsigned round) {
    const std::string message = how_to_approve(intent) +
                                " Accepting here approves nothing: chela looks again. Declining "
                                "leaves it waiting.";
    const Json question{
        {"method", "elicitation/create"},
        {"params",
         {{"mode", "form"},
          {"message", message},
          {"requestedSchema", {{"type", "object"}, {"properties", Json::object()}}}}}};
    return {{{kQuestion, question}}, {{"intent_id", intent.id}, {"round", round}}};
}

/// Asks only who can be asked, and only a client that has not said that it will not wait.
ToolOutcome outcome_of(const Call& call, const IntentRecord& intent, unsigned round) {
    const bool waits = intent.state == IntentState::awaiting_approval;
    if (waits && can_ask(call) && round < kMostRounds) return ask_to_look_again(intent, round);
    return shown(intent);
}

asio::awaitable<Result<IntentRecord>> read_own(
    Parts parts, std::string agent_id, std::string id, Deadline deadline) {
    co_return co_await parts.api.services.on_store<IntentRecord>(
        deadline, [&store = parts.api.services.store, agent_id, id] {
            return api::own_transaction(store, agent_id, id);
        });
}

/// Will it soon be something else, once people have decided?
bool is_about_to_be_sent(IntentState state) {
    return state == IntentState::awaiting_approval || state == IntentState::received ||
           state == IntentState::reserved || state == IntentState::signed_;
}

/// The intent once people have decided, or as it is after a moment.
asio::awaitable<Result<IntentRecord>> wait_for_decision(Parts parts, Call call, std::string id) {
    const auto until = call.deadline.at_most(std::chrono::steady_clock::now() + kLook);
    asio::steady_timer timer{co_await asio::this_coro::executor};
    for (;;) {
        auto intent = co_await read_own(parts, call.caller.id, id, call.deadline);
        const bool is_settled = !intent || !is_about_to_be_sent(intent->state);
        if (is_settled || std::chrono::steady_clock::now() >= until) co_return intent;
        timer.expires_after(kPause);
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

/// @return false: the user will not wait
bool wants_to_wait(const Call& call) {
    return text_member(object_member(call.input_responses, kQuestion), "action") == "accept";
}

ToolAnswer look_again(Parts parts, Call call) {
    const auto id = call.state.at("intent_id").get<std::string>();
    const auto round = call.state.at("round").get<unsigned>() + 1;
    if (!wants_to_wait(call)) {
        const auto intent = co_await read_own(parts, call.caller.id, id, call.deadline);
        co_return intent ? shown(*intent) : refused(intent.error());
    }
    const auto intent = co_await wait_for_decision(parts, call, id);
    if (!intent) co_return refused(intent.error());
    co_return outcome_of(call, *intent, round);
}

Error disabled() {
    return {
        ErrorCode::denied,
        "the Intents API is not enabled for this agent; an operator enables it and the agent "
        "exchanges its key again",
        "E_INTENTS_DISABLED"};
}

}  // namespace

Json intent_view(const IntentRecord& intent) {
    Json view = api::transaction_view(intent, api::SignedTx::omit);
    view["intent_id"] = view.at("id");
    view.erase("id");
    if (!intent.result.empty()) view.update(Json::parse(intent.result));
    return view;
}

ToolAnswer submit(Parts parts, Call call, Json arguments, ReadRequest read) {
    if (!call.caller.intents_api_enabled) co_return refused(disabled());
    if (!call.state.is_null()) co_return co_await look_again(parts, std::move(call));
    auto order = read_order(std::move(arguments));
    if (!order) co_return refused(order.error());
    auto request = read(order->rest, parts.api.services.chains->registry);
    if (!request) co_return refused(request.error());
    const auto done = co_await parts.api.intents.submit(
        call.caller.id, order->key, *std::move(request), call.deadline);
    if (!done) co_return refused(done.error());
    co_return outcome_of(call, done->intent, 0);
}

}  // namespace chela::sidecar::mcp
