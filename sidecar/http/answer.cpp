#include "sidecar/http/answer.hpp"

#include "sidecar/edge/rethrow.hpp"
#include "sidecar/http/problem.hpp"
#include "sidecar/telemetry/log.hpp"

#include <exception>

namespace chela::sidecar::http {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kOfferedMethods = "DELETE, GET, PATCH, POST, PUT";

}  // namespace

Response refused(const Refusal& refusal) {
    Response response = problem(refusal.status, refusal.code, refusal.detail);
    if (refusal.status == 405) response.headers.emplace_back("Allow", kOfferedMethods);
    return response;
}

std::string method_for_logs(std::string_view method) {
    for (const std::string_view known :
         {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE"}) {
        if (method == known) return std::string{known};
    }
    return "other";
}

asio::awaitable<Response> run_handler(
    std::shared_ptr<const Router> router, Request request, std::string route) {
    const std::string request_id = request.request_id;
    std::string what;
    try {
        co_return co_await router->dispatch(std::move(request));
    } catch (...) {
        what = what_of(std::current_exception());
    }
    log::event(
        log::Level::error, "handler_exception",
        {{"request_id", request_id}, {"route", route}, {"what", what}});
    co_return problem(500, "E_INTERNAL", "An internal error occurred.");
}

std::string serialize(
    Response& response, const std::string& request_id, Persistence persistence, BodyUse use) {
    auto bytes = to_wire(response, request_id, persistence, use);
    if (bytes) return std::move(*bytes);
    log::event(
        log::Level::error, "response_refused",
        {{"request_id", request_id}, {"detail", bytes.error().detail}});
    response = problem(500, "E_INTERNAL", "An internal error occurred.");
    auto instead = to_wire(response, request_id, persistence, use);
    if (!instead) bug("our own problem cannot be sent");
    return std::move(*instead);
}

}  // namespace chela::sidecar::http
