#include "sidecar/mcp/engine.hpp"

#include "chains/node/printable.hpp"
#include "sidecar/edge/rethrow.hpp"
#include "sidecar/mcp/headers.hpp"
#include "sidecar/mcp/lifecycle.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

namespace chela::sidecar::mcp {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

constexpr std::chrono::minutes kStateHolds{30};
constexpr int kCacheMs = 60'000;

Response accepted() {
    Response response;
    response.status = 202;
    return response;
}

Response answer(unsigned status, const Json& id, const RpcResult<Json>& outcome) {
    Response response;
    response.status = status;
    response.body = to_text(response_to(id, outcome));
    return response;
}

/// A modern client reads an error out of any 400; a legacy one reads none but out of 200.
unsigned status_of(Era era, const RpcResult<Json>& outcome) {
    if (outcome || era == Era::legacy) return 200;
    switch (outcome.error().code) {
        case kMethodNotFound:
            return 404;
        case kInvalidRequest:
        case kInvalidParams:
        case kHeaderMismatch:
        case kMissingCapability:
        case kUnsupportedVersion:
            return 400;
        default:  // an open set: methods have errors of their own
            return 200;
    }
}

bool takes_events(const Request& request) {
    const auto accept = request.header("accept");
    return accept && accept->find("text/event-stream") != std::string_view::npos;
}

RpcResult<void> check_meta(const Message& message) {
    const auto meta = message.params.find("_meta");
    if (meta == message.params.end() || !meta->is_object())
        return refuse(kInvalidParams, "_meta: required, as an object", "E_META");
    if (text_member(*meta, kMetaVersion).empty())
        return refuse(kInvalidParams, std::string{"_meta lacks "} + kMetaVersion, "E_META");
    const auto capabilities = meta->find(kMetaCapabilities);
    if (capabilities == meta->end() || !capabilities->is_object())
        return refuse(kInvalidParams, std::string{"_meta lacks "} + kMetaCapabilities, "E_META");
    return {};
}

/// What a client must have said that it can do, to be asked this. @return null: nobody is asked so
Json needed_for(const std::string& method, const Json& params) {
    if (method == "sampling/createMessage") return {{"sampling", Json::object()}};
    if (method == "roots/list") return {{"roots", Json::object()}};
    if (method != "elicitation/create") return {};
    if (text_member(params, "mode") == "url") return {{"elicitation", {{"url", Json::object()}}}};
    return {{"elicitation", Json::object()}};
}

bool has(const Json& capabilities, const Json& needed) {
    return std::ranges::all_of(needed.items(), [&capabilities](const auto& item) {
        const auto found = capabilities.find(item.key());
        return found != capabilities.end() && found->is_object() && has(*found, item.value());
    });
}

RpcResult<void> check_capabilities(const Call& call, const InputRequired& input) {
    for (const auto& [name, request] : input.requests.items()) {
        const Json needed =
            needed_for(text_member(request, "method"), object_member(request, "params"));
        if (needed.is_null()) bug("a client is asked for something that it does not know");
        if (has(call.client_capabilities, needed)) continue;
        return std::unexpected{RpcError{
            kMissingCapability,
            "this needs a client that can ask its user",
            {{"code", "E_CLIENT_CAPABILITY"}, {"requiredCapabilities", needed}}}};
    }
    return {};
}

bool is_served(const Method& method, Era era) {
    switch (method.eras) {
        case Method::Eras::both:
            return true;
        case Method::Eras::legacy:
            return era == Era::legacy;
        case Method::Eras::modern:
            return era == Era::modern;
    }
    bug("a method of no era");
}

RpcResult<Json> read_responses(const Json& params) {
    const auto found = params.find("inputResponses");
    if (found == params.end()) return Json::object();
    const bool is_well =
        found->is_object() &&
        std::ranges::all_of(*found, [](const Json& response) { return response.is_object(); });
    if (is_well) return *found;
    return refuse(
        kInvalidParams, "inputResponses: expected an object of objects", "E_INPUT_RESPONSES");
}

}  // namespace

Response refusal(unsigned status, const RpcError& error) {
    auto response = answer(status, {}, std::unexpected{error});
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

Engine::Engine(About about, std::vector<Method> methods, const Clock& clock)
    : about_{std::move(about)},
      methods_{std::move(methods)},
      clock_{clock} {
    std::ranges::move(lifecycle(about_), std::back_inserter(methods_));
}

const Method* Engine::find(std::string_view name, Era era) const {
    const auto found = std::ranges::find_if(methods_, [&](const Method& method) {
        return method.name == name && is_served(method, era);
    });
    return found == methods_.end() ? nullptr : &*found;
}

asio::awaitable<Response> Engine::post(Request request, auth::Principal caller) {
    auto message = read_message(request.body);
    if (!message) {
        const auto& unread = message.error();
        co_return answer(400, unread.id, std::unexpected{unread.error});
    }
    const auto era = era_of(request, *message);
    if (!era) co_return answer(400, message->id, std::unexpected{era.error()});
    if (message->kind != Message::Kind::request) co_return hear(*message, caller);
    co_return co_await serve(std::move(request), *std::move(message), std::move(caller), *era);
}

/// What nobody waits for is taken note of and changes nothing.
Response Engine::hear(const Message& message, const auth::Principal& caller) const {
    if (message.kind == Message::Kind::notification) return accepted();
    const bool is_heard =
        message.id.is_string() &&
        questions_->answer(caller.id, message.id.get<std::string>(), message.outcome);
    if (is_heard) return accepted();
    return answer(
        400, message.id,
        refuse(kInvalidRequest, "nobody has asked what this answers", "E_UNASKED"));
}

asio::awaitable<Response> Engine::serve(
    Request request, Message message, auth::Principal caller, Era era) {
    const Json id = message.id;
    const auto refused = [era, &id](RpcError error) {
        const RpcResult<Json> outcome = std::unexpected{std::move(error)};
        return answer(status_of(era, outcome), id, outcome);
    };
    if (era == Era::modern)
        if (const auto ok = check_meta(message); !ok) co_return refused(ok.error());
    const auto* method = find(message.method, era);
    if (era == Era::modern) {
        const auto ok = check_headers(request, message, method ? method->named_by : "");
        if (!ok) co_return refused(ok.error());
    }
    if (method == nullptr) {
        const auto name = chains::node::printable(message.method, rpc::kMaxName);
        co_return refused(
            refuse(kMethodNotFound, name + " is not served here", "E_METHOD").error());
    }
    Call unread{};
    unread.caller = std::move(caller);
    unread.era = era;
    auto call = read_call(request, std::move(message), std::move(unread));
    if (!call) co_return refused(call.error());
    if (method->streams && method->streams(call->params) && takes_events(request))
        co_return co_await stream(*method, *std::move(call), id);
    const auto outcome = co_await run(*method, *std::move(call));
    co_return answer(status_of(era, outcome), id, outcome);
}

RpcResult<Call> Engine::read_call(const Request& request, Message message, Call call) const {
    call.method = std::move(message.method);
    call.params = std::move(message.params);
    call.client_capabilities =
        object_member(object_member(call.params, "_meta"), kMetaCapabilities);
    call.input_responses = Json::object();
    call.deadline = request.deadline;
    if (call.era == Era::legacy) return call;
    auto responses = read_responses(call.params);
    if (!responses) return std::unexpected{responses.error()};
    call.input_responses = *std::move(responses);
    const auto state = call.params.find("requestState");
    if (state == call.params.end()) return call;
    auto opened =
        seal_.open(text_member(call.params, "requestState"), binding_of(call), clock_.now());
    if (!opened) return std::unexpected{opened.error()};
    call.state = *std::move(opened);
    return call;
}

/// Who asks for what, without what changes from one round to the next.
std::string Engine::binding_of(const Call& call) const {
    Json params = call.params;
    for (const char* member : {"_meta", "inputResponses", "requestState"})
        params.erase(member);
    return to_text(Json::array({call.caller.id, call.method, std::move(params)}));
}

asio::awaitable<RpcResult<Json>> Engine::run(const Method& method, Call call) {
    auto outcome = co_await method.handler(call);
    if (!outcome) co_return std::unexpected{outcome.error()};
    co_return finish(method, call, *std::move(outcome));
}

RpcResult<Json> Engine::finish(const Method& method, const Call& call, Outcome outcome) const {
    auto* const input = std::get_if<InputRequired>(&outcome);
    Json result = input != nullptr ? Json::object() : std::get<Json>(std::move(outcome));
    if (call.era == Era::legacy) {
        if (input != nullptr) bug("a legacy client cannot be asked in an answer");
        return result;
    }
    if (input != nullptr) {
        if (auto ok = check_capabilities(call, *input); !ok) return std::unexpected{ok.error()};
        if (!input->state.is_null())
            result["requestState"] =
                seal_.seal(input->state, binding_of(call), clock_.now() + kStateHolds);
        result["inputRequests"] = std::move(input->requests);
    }
    result["resultType"] = input != nullptr ? "input_required" : "complete";
    result["_meta"][kMetaServer] = server_info(about_);
    if (method.result == Method::Result::cacheable) {
        result["ttlMs"] = kCacheMs;
        // What one agent may see is nobody else's to keep.
        result["cacheScope"] = "private";
    }
    return result;
}

asio::awaitable<Response> Engine::stream(const Method& method, Call call, Json id) {
    const auto executor = co_await asio::this_coro::executor;
    const auto channel = std::make_shared<Channel>(executor, call.caller.id, questions_);
    call.channel = channel;
    asio::co_spawn(
        executor, run_on_channel(this, &method, std::move(call), std::move(id)), rethrow);
    Response response;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("X-Accel-Buffering", "no");
    response.stream = channel;
    co_return response;
}

asio::awaitable<void> Engine::run_on_channel(
    Engine* self, const Method* method, Call call, Json id) {
    const auto channel = call.channel;
    const auto outcome = co_await self->run(*method, std::move(call));
    channel->finish(response_to(id, outcome));
}

}  // namespace chela::sidecar::mcp
