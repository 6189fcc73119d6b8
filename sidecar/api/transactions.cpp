// /v1/agents/{agent_id}/transactions: submit, sign, list, get, cancel, speed up.
#include "sidecar/api/context.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/api/idempotency.hpp"
#include "sidecar/api/own_transaction.hpp"
#include "sidecar/api/transaction_request.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/http/problem.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

constexpr std::size_t kMaxListed = 200;

Result<SignedTx> wants_signed_tx(const Request& request) {
    const auto found = request.query.find("include_signed_tx");
    if (found == request.query.end()) return SignedTx::omit;
    if (found->second == "true" || found->second == "1") return SignedTx::include;
    if (found->second == "false" || found->second == "0") return SignedTx::omit;
    return fail(ErrorCode::invalid_input, "include_signed_tx: expected true or false", "E_QUERY");
}

asio::awaitable<Response> submit(Context& context, Request request, TransactionRequestKind kind) {
    const auto agent = co_await require_signing_agent(context, request);
    if (!agent) co_return http::problem(agent.error());
    const auto key = idempotency_key(request);
    if (!key) co_return http::problem(key.error());
    const auto body = body_object(request);
    if (!body) co_return http::problem(body.error());
    auto intent = read_transaction_request(*body, kind, context.services.chains->registry);
    if (!intent) co_return http::problem(intent.error());
    const auto done =
        co_await context.intents.submit(agent->id, *key, std::move(*intent), request.deadline);
    if (done) leave_footprint(*request.footprint, done->intent);
    co_return with_idempotency(
        done ? submission_response(done->intent, done->is_replay) : http::problem(done.error()),
        *key, done && done->is_replay);
}

asio::awaitable<Response> list(Context& context, Request request) {
    const auto caller = co_await require_reader(context, request);
    if (!caller) co_return http::problem(caller.error());
    const auto signed_tx = wants_signed_tx(request);
    if (!signed_tx) co_return http::problem(signed_tx.error());
    const auto intents = co_await context.services.on_store<std::vector<store::IntentRecord>>(
        request.deadline,
        [&store = context.services.store, id = request.parameters.at("agent_id")] {
            return store.intents(id, kMaxListed);
        });
    if (!intents) co_return http::problem(intents.error());
    Json out = Json::array();
    for (const auto& intent : *intents)
        out.push_back(transaction_view(intent, *signed_tx));
    co_return http::json_response(200, Json{{"transactions", std::move(out)}});
}

struct Found {
    store::IntentRecord intent;
    std::vector<store::AttemptRecord> attempts;
};

/// The transaction in the path. @return as own_transaction()
asio::awaitable<Result<Found>> find(Context& context, Request request) {
    co_return co_await context.services.on_store<Found>(
        request.deadline,
        [&store = context.services.store, agent = request.parameters.at("agent_id"),
         id = request.parameters.at("tx_id")]() -> Result<Found> {
            auto intent = own_transaction(store, agent, id);
            if (!intent) return std::unexpected{intent.error()};
            auto attempts = store.attempts(id);
            if (!attempts) return std::unexpected{attempts.error()};
            return Found{*std::move(intent), *std::move(attempts)};
        });
}

asio::awaitable<Response> get(Context& context, Request request) {
    const auto caller = co_await require_reader(context, request);
    if (!caller) co_return http::problem(caller.error());
    const auto signed_tx = wants_signed_tx(request);
    if (!signed_tx) co_return http::problem(signed_tx.error());
    const auto found = co_await find(context, request);
    if (!found) co_return http::problem(found.error());
    Json view = transaction_view(found->intent, *signed_tx);
    if (!found->attempts.empty()) view["attempts"] = attempts_view(found->attempts);
    co_return http::json_response(200, view);
}

/// 202: it is durable that it is to end, and what is mined decides; 200: it has ended.
asio::awaitable<Response> cancel(Context& context, Request request) {
    const auto caller = co_await require_agent_or_admin(context, request);
    if (!caller) co_return http::problem(caller.error());
    if (const auto found = co_await find(context, request); !found)
        co_return http::problem(found.error());
    const auto intent = co_await context.intents.cancel(
        request.parameters.at("tx_id"), actor_of(*caller), request.deadline);
    if (!intent) co_return http::problem(intent.error());
    co_return http::json_response(
        store::is_final(intent->state) ? 200U : 202U, transaction_view(*intent, SignedTx::omit));
}

asio::awaitable<Response> speed_up(Context& context, Request request) {
    const auto caller = co_await require_agent_or_admin(context, request);
    if (!caller) co_return http::problem(caller.error());
    const auto fees = read_speed_up_request(request);
    if (!fees) co_return http::problem(fees.error());
    if (const auto found = co_await find(context, request); !found)
        co_return http::problem(found.error());
    const auto intent = co_await context.intents.speed_up(
        request.parameters.at("tx_id"), *fees, actor_of(*caller), request.deadline);
    if (!intent) co_return http::problem(intent.error());
    co_return http::json_response(202, transaction_view(*intent, SignedTx::omit));
}

}  // namespace

void add_transaction_routes(http::Router& router, Context& context) {
    const std::string base = "/v1/agents/{agent_id}/transactions";
    router.add("POST", base, [&context](Request r) {
        return submit(context, std::move(r), TransactionRequestKind::submit);
    });
    router.add("POST", base + "/sign", [&context](Request r) {
        return submit(context, std::move(r), TransactionRequestKind::sign);
    });
    router.add("GET", base, [&context](Request r) { return list(context, std::move(r)); });
    router.add("POST", base + "/{tx_id}/cancel", [&context](Request r) {
        return cancel(context, std::move(r));
    });
    router.add("POST", base + "/{tx_id}/speed-up", [&context](Request r) {
        return speed_up(context, std::move(r));
    });
    router.add(
        "GET", base + "/{tx_id}", [&context](Request r) { return get(context, std::move(r)); });
}

}  // namespace chela::sidecar::api
