#pragma once

#include "sidecar/http/message.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::http {

using Handler = std::function<boost::asio::awaitable<Response>(Request)>;

/// Exact segments and {name} segments; a literal beats a name. No match is 404, a known path with
/// another method 405 + Allow.
class Router {
public:
    /// @param pattern  "/v1/agents/{agent_id}/transactions"
    void add(std::string method, std::string_view pattern, Handler handler);

    /// The handler of WebSocket handshakes; its response has a `web_socket`, or refuses.
    void add_web_socket(std::string_view pattern, Handler handler);
    [[nodiscard]] bool offers_web_socket(std::string_view path) const;

    /// Runs the matching handler. HEAD is not offered.
    [[nodiscard]] boost::asio::awaitable<Response> dispatch(Request request) const;

    /// The pattern that would serve this path: what logs may name instead of the raw path;
    /// "unmatched" otherwise.
    [[nodiscard]] std::string route_of(std::string_view path) const;

private:
    struct Route {
        std::string method;
        std::string pattern;
        std::vector<std::string> segments;
        Handler handler;
    };
    std::vector<Route> routes_;
};

}  // namespace chela::sidecar::http
