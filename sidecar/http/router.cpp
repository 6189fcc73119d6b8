#include "sidecar/http/router.hpp"

#include "sidecar/http/problem.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace chela::sidecar::http {

namespace {

bool is_name(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// "/a/b" → {"a", "b"}; "/a/" → {"a", ""}; "/" → {""}.
std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        segments.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
    if (pattern.size() != path.size()) return false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_name(pattern[i]) ? path[i].empty() : pattern[i] != path[i]) return false;
    }
    return true;
}

/// Two patterns of one shape serve the same paths, whatever their parameters are called.
bool same_shape(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (is_name(a[i]) != is_name(b[i])) return false;
        if (!is_name(a[i]) && a[i] != b[i]) return false;
    }
    return true;
}

/// Of two patterns that match one path: is `a` literal where they first differ?
bool is_more_exact(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (is_name(a[i]) != is_name(b[i])) return is_name(b[i]);
    }
    return false;
}

/// The method of a handshake, which no client can name.
constexpr auto kWebSocket = "(websocket)";

template <class Routes>
auto best_match(const Routes& routes, const std::vector<std::string>& path) {
    auto best = routes.end();
    for (auto it = routes.begin(); it != routes.end(); ++it) {
        if (!matches(it->segments, path)) continue;
        if (best == routes.end() || is_more_exact(it->segments, best->segments)) best = it;
    }
    return best;
}

Response method_not_allowed(const std::set<std::string>& allowed) {
    Response response = problem(405, "E_METHOD", "This resource has no such method.");
    response.headers.emplace_back("Allow", fmt::format("{}", fmt::join(allowed, ", ")));
    return response;
}

}  // namespace

void Router::add(std::string method, std::string_view pattern, Handler handler) {
    if (!pattern.starts_with('/')) bug("a route's pattern starts with '/'");
    Route route{std::move(method), std::string{pattern}, split_path(pattern), std::move(handler)};
    for (const Route& other : routes_) {
        if (other.method == route.method && same_shape(other.segments, route.segments)) {
            bug(fmt::format("two routes for {} {}", route.method, route.pattern));
        }
    }
    routes_.push_back(std::move(route));
}

void Router::add_web_socket(std::string_view pattern, Handler handler) {
    add(kWebSocket, pattern, std::move(handler));
}

bool Router::offers_web_socket(std::string_view path) const {
    const auto best = best_match(routes_, split_path(path));
    return std::ranges::any_of(routes_, [&](const Route& route) {
        return route.method == kWebSocket && best != routes_.end() &&
               same_shape(route.segments, best->segments);
    });
}

boost::asio::awaitable<Response> Router::dispatch(Request request) const {
    const std::vector<std::string> path = split_path(request.path);
    const auto best = best_match(routes_, path);
    if (best == routes_.end()) {
        co_return problem(404, "E_NO_ROUTE", "There is no such resource.");
    }
    std::set<std::string> allowed;
    for (const Route& route : routes_) {
        if (!same_shape(route.segments, best->segments)) continue;
        if (route.method != kWebSocket) allowed.insert(route.method);
        if (route.method != (request.wants_web_socket ? kWebSocket : request.method)) continue;
        for (std::size_t i = 0; i < path.size(); ++i) {
            const std::string& segment = route.segments[i];
            if (is_name(segment)) {
                request.parameters[segment.substr(1, segment.size() - 2)] = path[i];
            }
        }
        co_return co_await route.handler(std::move(request));
    }
    co_return method_not_allowed(allowed);
}

std::string Router::route_of(std::string_view path) const {
    const auto best = best_match(routes_, split_path(path));
    return best == routes_.end() ? "unmatched" : best->pattern;
}

}  // namespace chela::sidecar::http
