#pragma once

#include "sidecar/http/gate.hpp"
#include "sidecar/http/router.hpp"
#include "sidecar/http/wire.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace chela::sidecar::http {

/// The refusal as a problem; 405 names the methods there are anywhere.
[[nodiscard]] Response refused(const Refusal& refusal);

/// A method as logs may show it, "other" for unknown ones: the client chooses the text.
[[nodiscard]] std::string method_for_logs(std::string_view method);

/// Dispatches; an exception that escapes a handler is logged (event "handler_exception") and
/// becomes 500 E_INTERNAL without its text.
[[nodiscard]] boost::asio::awaitable<Response> run_handler(
    std::shared_ptr<const Router> router, Request request, std::string route);

/// The answer as bytes. One that cannot be sent is a fault of its handler: it is logged (event
/// "response_refused") and replaced by 500 E_INTERNAL, in `response` as well.
[[nodiscard]] std::string serialize(
    Response& response, const std::string& request_id, Persistence persistence, BodyUse use);

}  // namespace chela::sidecar::http
