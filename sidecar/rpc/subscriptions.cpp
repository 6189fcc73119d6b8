#include "sidecar/rpc/subscriptions.hpp"

#include "chains/base/hex.hpp"
#include "chains/node/printable.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/http/web_socket.hpp"
#include "sidecar/rpc/error.hpp"
#include "sidecar/rpc/log_filter.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {
namespace {

constexpr std::size_t kIdBytes = 16;

void notify(const std::weak_ptr<http::WebSocket>& socket, const std::string& id, const Json& what) {
    const auto open = socket.lock();
    if (!open) return;
    const Json message{
        {"jsonrpc", "2.0"},
        {"method", "eth_subscription"},
        {"params", {{"subscription", id}, {"result", what}}}};
    open->send(to_text(message));
}

std::shared_ptr<api::Seats> seats(
    std::size_t of_all, std::size_t of_one, const char* what, const char* reason) {
    return std::make_shared<api::Seats>(api::Seats::Options{
        .most = of_all,
        .most_of_one = of_one,
        .full = {ErrorCode::rate_limited, fmt::format("too many {} are open", what), reason},
        .full_of_one = {
            ErrorCode::rate_limited, fmt::format("{} {} of this agent are open", of_one, what),
            reason}});
}

}  // namespace

std::shared_ptr<Live> make_live(FeedOptions options) {
    constexpr std::size_t kSocketsOfAll = 128;
    constexpr std::size_t kSocketsOfOne = 16;
    constexpr std::size_t kSubscriptionsOfAll = 512;
    constexpr std::size_t kSubscriptionsOfOne = 64;
    return std::make_shared<Live>(Live{
        .feeds = std::make_shared<ChainFeeds>(options),
        .sockets = seats(kSocketsOfAll, kSocketsOfOne, "WebSockets", "E_SOCKETS_FULL"),
        .subscriptions = seats(
            kSubscriptionsOfAll, kSubscriptionsOfOne, "subscriptions", "E_SUBSCRIPTIONS_FULL")});
}

RpcResult<Json> Subscriptions::add(
    const boost::asio::any_io_executor& executor,
    const flow::Services& services,
    const Live& live,
    const std::string& agent_id,
    ChainId chain,
    const Json& params) {
    const auto kind = params.is_array() && !params.empty() ? params[0] : Json{};
    if (!kind.is_string())
        return std::unexpected{invalid_params("parameter 1: expected newHeads or logs")};
    const bool is_logs = kind == Json("logs");
    if (!is_logs && kind != Json("newHeads")) {
        const auto& name = kind.get_ref<const std::string&>();
        return std::unexpected{RpcError{
            kUnsupportedMethod,
            chains::node::printable(name, kMaxName) + ": newHeads and logs alone are served",
            {{"code", "E_SUBSCRIPTION"}}}};
    }
    if (params.size() > (is_logs ? 2U : 1U))
        return std::unexpected{invalid_params("eth_subscribe: too many parameters")};
    const auto filter = read_log_filter(is_logs && params.size() > 1 ? params[1] : Json{});
    if (!filter) return std::unexpected{filter.error()};
    if (open_.size() >= kMost) {
        return std::unexpected{to_rpc_error(
            {ErrorCode::rate_limited, fmt::format("{} subscriptions at most on a WebSocket", kMost),
             "E_SUBSCRIPTIONS_FULL"})};
    }
    auto seat = live.subscriptions->take(agent_id);
    if (!seat) return std::unexpected{to_rpc_error(seat.error())};
    const auto id = to_hex(random_bytes(kIdBytes));
    BlockListener hear = [socket = socket_, id](const BlockNews& news) {
        if (!news.header.is_null()) notify(socket, id, news.header);
    };
    if (is_logs) {
        hear = [socket = socket_, id, filter = *filter](const BlockNews& news) {
            for (const auto& log : news.logs)
                if (matches(filter, log)) notify(socket, id, log);
        };
    }
    auto listening = live.feeds->listen(
        executor, services, chain, is_logs ? ChainFeeds::Wants::logs : ChainFeeds::Wants::heads,
        std::move(hear));
    open_.emplace(id, Open{*std::move(seat), std::move(listening)});
    return Json(id);
}

}  // namespace chela::sidecar::rpc
