// What a node is asked for an agent.
#include "chains/node/printable.hpp"
#include "sidecar/rpc/door.hpp"
#include "sidecar/rpc/error.hpp"
#include "sidecar/rpc/parameters.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxParameters = 4;  // of any read

RpcError as_of_node(const node::RpcError& error) {
    // Reading it takes the I/O thread.
    constexpr std::size_t kMostData = std::size_t{64} * 1024;
    RpcError out{.code = error.code, .message = chains::node::printable(error.message), .data = {}};
    if (error.data.size() > kMostData) {
        out.message +=
            fmt::format(" (with {} bytes of data, too many to pass on)", error.data.size());
    } else if (!error.data.empty()) {
        // A contract's revert data, say.
        if (auto data = parse_json(error.data, kJsonLimits)) out.data = *std::move(data);
    }
    return out;
}

/// Where a call goes, and the place that it takes up there.
struct Reading {
    std::shared_ptr<node::EndpointPool> endpoints;
    std::unique_ptr<api::Seats::Seat> seat;
};

RpcResult<Reading> begin(const Caller& caller, const Call& call) {
    if (auto ok = check_count(call, kMaxParameters); !ok) return std::unexpected{ok.error()};
    const auto client = flow::client_for(*caller.parts.services.chains, caller.chain.chain_id);
    if (!client) return std::unexpected{to_rpc_error(client.error())};
    auto seat = caller.parts.readers->take(caller.agent_id);
    if (!seat) return std::unexpected{to_rpc_error(seat.error())};
    return Reading{(*client)->pool(), *std::move(seat)};
}

}  // namespace

std::shared_ptr<api::Seats> make_readers() {
    constexpr std::size_t kOfOne = 8;
    constexpr std::size_t kOfAll = 64;
    return std::make_shared<api::Seats>(api::Seats::Options{
        .most = kOfAll,
        .most_of_one = kOfOne,
        .full = {ErrorCode::rate_limited, "too many reads are under way", "E_READS_BUSY"},
        .full_of_one = {
            ErrorCode::rate_limited,
            fmt::format("{} reads of this agent are under way; wait for one of them", kOfOne),
            "E_READS_BUSY"}});
}

Answer ask_node(Caller caller, Call call) {
    const auto reading = begin(caller, call);
    if (!reading) co_return std::unexpected{reading.error()};
    const auto answer = co_await reading->endpoints->pass_on(
        std::move(call.method), std::move(call.params), caller.deadline);
    if (!answer) co_return std::unexpected{to_rpc_error(answer.error())};
    if (const auto& refused = answer->error) co_return std::unexpected{as_of_node(*refused)};
    co_return *answer->result;
}

asio::awaitable<RpcResult<std::string>> ask_node_for_text(Caller caller, Call call) {
    const auto reading = begin(caller, call);
    if (!reading) co_return std::unexpected{reading.error()};
    auto answer = co_await reading->endpoints->pass_on_text(
        std::move(call.method), std::move(call.params), caller.deadline,
        caller.parts.services.reading_pool);
    if (!answer) co_return std::unexpected{to_rpc_error(answer.error())};
    if (const auto& refused = answer->error) co_return std::unexpected{as_of_node(*refused)};
    co_return std::move(answer->result);
}

}  // namespace chela::sidecar::rpc
