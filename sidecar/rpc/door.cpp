#include "sidecar/rpc/door.hpp"

#include "sidecar/rpc/answer.hpp"
#include "sidecar/rpc/error.hpp"
#include "sidecar/rpc/socket.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

Response response_of(unsigned status, std::string text) {
    Response response;
    response.status = status;
    response.body = std::move(text);
    return response;
}

/// Of a request none of whose calls was looked at.
Response refuse(Refused refused) {
    std::string reason = code_in(refused.error);
    auto response =
        response_of(refused.status, response_text({}, std::unexpected{std::move(refused.error)}));
    response.reason = std::move(reason);
    if (refused.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

asio::awaitable<Response> serve(const Parts& parts, Request request) {
    std::string body = std::move(request.body);
    auto caller = co_await identify(parts, std::move(request));
    if (!caller) co_return refuse(std::move(caller.error()));
    auto answered = co_await answer_to(*std::move(caller), std::move(body));
    co_return response_of(answered.status, std::move(answered.text));
}

asio::awaitable<Response> open_socket(const Parts& parts, Request request) {
    auto caller = co_await identify(parts, request);
    if (!caller) co_return refuse(std::move(caller.error()));
    auto seat = parts.live->sockets->take(caller->agent_id);
    if (!seat) co_return refuse({429, to_rpc_error(seat.error())});
    Response response;
    response.web_socket =
        make_socket(parts, std::move(request), caller->agent_id, *std::move(seat));
    co_return response;
}

}  // namespace

void add_routes(http::Router& router, const Parts& parts) {
    for (const auto* pattern : {"/rpc", "/rpc/{chain}"}) {
        router.add("POST", pattern, [&parts](Request request) {
            return serve(parts, std::move(request));
        });
        router.add_web_socket(
            pattern, [&parts](Request request) { return open_socket(parts, std::move(request)); });
    }
}

}  // namespace chela::sidecar::rpc
