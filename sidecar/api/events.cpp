// GET /v1/agents/{agent_id}/transactions/{tx_id}/events: a list, or a stream that follows.
#include "sidecar/api/context.hpp"
#include "sidecar/api/event_stream.hpp"
#include "sidecar/api/own_transaction.hpp"
#include "sidecar/hooks/parcel.hpp"
#include "sidecar/http/ascii.hpp"
#include "sidecar/http/problem.hpp"

#include <charconv>

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

constexpr std::string_view kStreamType = "text/event-stream";

bool wants_stream(const Request& request) {
    const auto accept = request.header("accept");
    return request.method == "GET" && accept &&
           http::lower_case(*accept).find(kStreamType) != std::string::npos;
}

Result<std::int64_t> parse_sequence(std::string_view text, const std::string& name) {
    constexpr std::string_view kPrefix = "evt_";  // as the id in a list or a webhook
    if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc{} && end == text.data() + text.size() && value >= 0;
    if (is_number) return value;
    return fail(ErrorCode::invalid_input, name + ": expected the number of an event", "E_SEQUENCE");
}

/// What the caller has already: Last-Event-ID, which a client that comes again sends, before the
/// query's `after`.
Result<std::int64_t> read_after(const Request& request) {
    if (const auto last = request.header("last-event-id"); last && !last->empty())
        return parse_sequence(*last, "Last-Event-ID");
    const auto after = request.query.find("after");
    if (after == request.query.end()) return 0;
    return parse_sequence(after->second, "after");
}

/// Blocking. @return as own_transaction()
Result<EventPage> read_theirs(
    store::Store& store,
    const std::string& agent_id,
    const std::string& intent_id,
    std::int64_t after) {
    const auto intent = own_transaction(store, agent_id, intent_id);
    if (!intent) return std::unexpected{intent.error()};
    return read_events(store, intent_id, after);
}

Response list_of(const EventPage& page) {
    Json out = Json::array();
    for (const auto& event : page.events) {
        auto json = parse_json(hooks::parcel_of(event).body);
        if (!json) return http::problem({ErrorCode::internal, json.error().detail});
        out.push_back(std::move(*json));
    }
    return http::json_response(200, Json{{"events", std::move(out)}, {"is_final", page.is_end}});
}

std::string caller_of(const auth::Principal& caller) {
    return (caller.kind == auth::PrincipalKind::admin ? "admin:" : "agent:") + caller.id;
}

asio::awaitable<Response> events(Context& context, std::shared_ptr<Seats> seats, Request request) {
    const auto caller = co_await require_reader(context, request);
    if (!caller) co_return http::problem(caller.error());
    const auto after = read_after(request);
    if (!after) co_return http::problem(after.error());
    const auto page = co_await context.services.on_store<EventPage>(
        request.deadline,
        [&store = context.services.store, agent_id = request.parameters.at("agent_id"),
         intent_id = request.parameters.at("tx_id"),
         after = *after] { return read_theirs(store, agent_id, intent_id, after); });
    if (!page) co_return http::problem(page.error());
    if (!wants_stream(request)) co_return list_of(*page);
    // What tells a client of event streams not to come again. Source: WHATWG HTML, 9.2.3.
    if (page->is_end && page->events.empty()) co_return http::no_content();
    auto seat = seats->take(caller_of(*caller));
    if (!seat) co_return http::problem(seat.error());
    Response response;
    response.content_type = kStreamType;
    response.stream =
        std::make_shared<EventStream>(context, std::move(request), *after, std::move(*seat));
    co_return response;
}

}  // namespace

void add_event_routes(http::Router& router, Context& context) {
    const auto seats = stream_seats([metrics = context.hooks->parts.metrics](std::size_t count) {
        metrics->set_event_streams(count);
    });
    router.add(
        "GET", "/v1/agents/{agent_id}/transactions/{tx_id}/events",
        [&context, seats](Request r) { return events(context, seats, std::move(r)); });
}

}  // namespace chela::sidecar::api
