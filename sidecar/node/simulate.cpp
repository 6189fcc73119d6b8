#include "sidecar/node/simulate.hpp"

#include "chains/node/printable.hpp"
#include "chains/node/responses.hpp"
#include "chains/simulation/methods.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

namespace simulation = chains::simulation;
using simulation::PinnedBlock;
using simulation::SimulationResult;

PinnedBlock pinned(PinnedBlock block, Support support) {
    switch (support) {
        case Support::by_hash:
            block.pinning = simulation::Pinning::by_hash;
            return block;
        case Support::by_number:
            block.pinning = simulation::Pinning::by_number;
            return block;
        case Support::absent:
            break;
    }
    bug("a method is asked that the node does not have");
}

/// @return nothing: the error is about the call
std::optional<Refusal> refusal_of(const RpcError& error) {
    if (simulation::is_method_missing(error.code, error.message)) return Refusal::method_missing;
    if (simulation::is_block_refused(error.code, error.message)) return Refusal::block_refused;
    return std::nullopt;
}

SimulationResult failed(
    simulation::Provider provider, const RpcError& error, const PinnedBlock& block) {
    SimulationResult out;
    out.provider = provider;
    out.error = chains::node::printable(error.message);
    simulation::pin(out, block);
    return out;
}

Attempt attempt(SimulationResult result, const PinnedBlock& block) {
    simulation::pin(result, block);
    return std::vector{std::move(result)};
}

/// eth_call says nothing of gas. A node whose estimate says revert where its call does not is
/// believed in what is worse.
void add_estimate(SimulationResult& result, const Result<RpcAnswer>& estimate) {
    if (result.outcome != simulation::Outcome::success || !estimate) return;
    if (estimate->error) {
        const auto& error = *estimate->error;
        auto worse = simulation::read_call_error(error.code, error.message, error.data);
        if (worse.outcome == simulation::Outcome::reverted) result = std::move(worse);
        return;
    }
    if (const auto gas = chains::node::read_uint64(*estimate->result)) result.gas_used = Gas{*gas};
}

}  // namespace

boost::asio::awaitable<Result<Attempt>> simulate_v1(
    std::shared_ptr<Client> client,
    std::vector<chains::node::CallRequest> calls,
    PinnedBlock block,
    Support support,
    Deadline deadline) {
    block = pinned(block, support);
    const auto answer = co_await client->call(
        "eth_simulateV1", simulation::simulate_v1_parameters(calls, block), deadline);
    if (!answer) co_return std::unexpected{answer.error()};
    if (answer->error) {
        if (const auto refusal = refusal_of(*answer->error)) co_return Attempt{*refusal};
        // A top-level error is about the request as a whole (funds, intrinsic gas …): nothing ran.
        co_return Attempt{std::vector<SimulationResult>(
            calls.size(), failed(simulation::Provider::eth_simulate_v1, *answer->error, block))};
    }
    auto results = simulation::read_simulate_v1(*answer->result, calls.size(), block);
    if (!results) co_return std::unexpected{results.error()};
    for (auto& result : *results)
        simulation::pin(result, block);
    co_return Attempt{*std::move(results)};
}

boost::asio::awaitable<Result<Attempt>> trace_call(
    std::shared_ptr<Client> client,
    chains::node::CallRequest call,
    PinnedBlock block,
    Support support,
    Deadline deadline) {
    block = pinned(block, support);
    const auto answer = co_await client->call(
        "debug_traceCall", simulation::trace_call_parameters(call, block), deadline);
    if (!answer) co_return std::unexpected{answer.error()};
    if (answer->error) {
        if (const auto refusal = refusal_of(*answer->error)) co_return Attempt{*refusal};
        co_return Attempt{
            std::vector{failed(simulation::Provider::debug_trace_call, *answer->error, block)}};
    }
    auto result = simulation::read_trace_call(*answer->result);
    if (!result) co_return std::unexpected{result.error()};
    co_return attempt(*std::move(result), block);
}

boost::asio::awaitable<Result<Attempt>> plain_call(
    std::shared_ptr<Client> client,
    chains::node::CallRequest call,
    PinnedBlock block,
    Support support,
    Deadline deadline) {
    block = pinned(block, support);
    const auto parameters = simulation::call_parameters(call, block);
    const auto answer = co_await client->call("eth_call", parameters, deadline);
    if (!answer) co_return std::unexpected{answer.error()};
    if (answer->error) {
        const auto& error = *answer->error;
        if (const auto refusal = refusal_of(error)) co_return Attempt{*refusal};
        co_return attempt(
            simulation::read_call_error(error.code, error.message, error.data), block);
    }
    auto result = simulation::read_call_result(*answer->result);
    add_estimate(result, co_await client->call("eth_estimateGas", parameters, deadline));
    co_return attempt(std::move(result), block);
}

boost::asio::awaitable<std::optional<simulation::StateDiff>> state_diff(
    std::shared_ptr<Client> client,
    chains::node::CallRequest call,
    PinnedBlock block,
    Support support,
    Deadline deadline) {
    block = pinned(block, support);
    const auto answer = co_await client->call(
        "debug_traceCall", simulation::state_diff_parameters(call, block), deadline);
    if (!answer || answer->error) co_return std::nullopt;
    auto diff = simulation::read_state_diff(*answer->result);
    if (!diff) co_return std::nullopt;
    co_return *std::move(diff);
}

}  // namespace chela::sidecar::node
