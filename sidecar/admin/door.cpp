#include "sidecar/admin/door.hpp"

#include "sidecar/admin/approver.hpp"
#include "sidecar/admin/config_view.hpp"
#include "sidecar/http/problem.hpp"
#include "sidecar/telemetry/log.hpp"

#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::admin {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

Response done(std::string_view status, unsigned code = 200) {
    return http::json_response(code, Json{{"status", status}});
}

/// Who may call, whatever the socket's mode has become.
Status check_peer(const Request& request, std::uint32_t owner_uid) {
    const auto& peer = request.peer;
    if (peer && (peer->uid == owner_uid || peer->uid == 0)) return {};
    return fail(
        ErrorCode::denied, "this door is for chela's own user and root, over its unix socket",
        "E_ADMIN_PEER");
}

asio::awaitable<Response> guarded(
    std::uint32_t owner_uid, std::shared_ptr<const http::Handler> handler, Request request) {
    if (auto ok = check_peer(request, owner_uid); !ok) co_return http::problem(ok.error());
    request.footprint->caller = "operator";
    co_return co_await (*handler)(std::move(request));
}

/// Everything goes on as it was, but whoever asks whether chela is ready hears that it is not.
asio::awaitable<Response> drain(const Parts& parts, Request /*request*/) {
    const auto& checkup = parts.api.checkup;
    if (!checkup->is_draining()) {
        checkup->set_draining();
        log::event(log::Level::info, "draining", {});
    }
    co_return done("draining");
}

asio::awaitable<Response> reload(const Parts& parts, Request /*request*/) {
    const auto reloaded = co_await parts.reload();
    if (!reloaded) co_return http::problem(reloaded.error());
    co_return http::json_response(200, {{"status", "reloaded"}, {"needs_restart", *reloaded}});
}

/// Answered before it happens: the connection ends with the process.
asio::awaitable<Response> quit(const Parts& parts, Request /*request*/) {
    parts.quit();
    co_return done("stopping", 202);
}

asio::awaitable<Response> show_config(const Parts& parts, Request /*request*/) {
    co_return http::json_response(200, config_view(parts.in_force()));
}

/// Sees what an admin sees.
auth::Principal operator_of(const Request& request) {
    if (!request.peer) bug("an operator's request from no unix socket");
    return {.kind = auth::PrincipalKind::admin, .id = fmt::format("local:{}", request.peer->uid)};
}

/// Of chela's own user the groups are this process's; of root they do not matter.
OsUser user_of(const http::UnixPeer& peer) {
    auto self = this_user();
    if (peer.uid == self.uid) return self;
    return {.uid = peer.uid, .groups = {peer.gid}};
}

asio::awaitable<Response> list(const Parts& parts, Request request) {
    auto caller = operator_of(request);
    co_return co_await api::list_approvals(parts.api, std::move(request), std::move(caller));
}

asio::awaitable<Response> show(const Parts& parts, Request request) {
    auto caller = operator_of(request);
    co_return co_await api::show_approval(parts.api, std::move(request), std::move(caller));
}

asio::awaitable<Response> decide(const Parts& parts, Request request) {
    if (!request.peer) bug("an operator's request from no unix socket");
    auto approver =
        approver_of(parts.in_force(), parts.api.services.store, {}, user_of(*request.peer));
    if (!approver) co_return http::problem(approver.error());
    co_return co_await api::decide_approval(parts.api, std::move(request), *std::move(approver));
}

}  // namespace

void add_routes(http::Router& router, const Parts& parts) {
    using Act = asio::awaitable<Response> (*)(const Parts&, Request);
    const auto add = [&router, &parts](std::string method, std::string_view pattern, Act act) {
        const auto handler = std::make_shared<const http::Handler>(
            [&parts, act](Request request) { return act(parts, std::move(request)); });
        router.add(std::move(method), pattern, [uid = parts.owner_uid, handler](Request request) {
            return guarded(uid, handler, std::move(request));
        });
    };
    add("POST", "/drain", drain);
    add("POST", "/reload", reload);
    add("POST", "/quit", quit);
    add("GET", "/config", show_config);
    add("GET", "/approvals", list);
    add("GET", "/approvals/{approval_id}", show);
    add("POST", "/approvals/{approval_id}/decide", decide);
    // As on the other listeners: nothing in them is for the operator alone.
    api::add_health_routes(router, parts.api);
    api::add_metrics_routes(router, parts.api);
}

}  // namespace chela::sidecar::admin
