// What a node is asked for an agent.
#include "chains/node/printable.hpp"
#include "sidecar/rpc/door.hpp"
#include "sidecar/rpc/error.hpp"
#include "sidecar/rpc/parameters.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {
namespace {

constexpr std::size_t kMaxParameters = 4;  // of any read

RpcError as_of_node(const node::RpcError& error) {
    RpcError out{.code = error.code, .message = chains::node::printable(error.message), .data = {}};
    // A contract's revert data, say.
    if (!error.data.empty())
        if (auto data = parse_json(error.data, kJsonLimits)) out.data = *std::move(data);
    return out;
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
    if (auto ok = check_count(call, kMaxParameters); !ok) co_return std::unexpected{ok.error()};
    const auto client = flow::client_for(*caller.parts.services.chains, caller.chain.chain_id);
    if (!client) co_return std::unexpected{to_rpc_error(client.error())};
    const auto seat = caller.parts.readers->take(caller.agent_id);
    if (!seat) co_return std::unexpected{to_rpc_error(seat.error())};
    const auto answer = co_await (*client)->pool()->pass_on(
        std::move(call.method), std::move(call.params), caller.deadline);
    if (!answer) co_return std::unexpected{to_rpc_error(answer.error())};
    if (const auto& refused = answer->error) co_return std::unexpected{as_of_node(*refused)};
    co_return *answer->result;
}

}  // namespace chela::sidecar::rpc
