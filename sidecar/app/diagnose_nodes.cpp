#include "sidecar/app/diagnose_nodes.hpp"

#include "sidecar/app/chain_set.hpp"

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

namespace chela::sidecar::app {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kNodeLimit{5};

/// Runs `work` alone in the context. @return timed_out: it did not end
template <class T>
Result<T> outcome_of(asio::io_context& context, asio::awaitable<Result<T>> work) {
    Result<T> outcome = fail(ErrorCode::timed_out, "no answer");
    asio::co_spawn(
        context, std::move(work), [&outcome](const std::exception_ptr& error, Result<T> result) {
            if (error) std::rethrow_exception(error);
            outcome = std::move(result);
        });
    context.restart();
    context.run();
    return outcome;
}

/// What simulates on the chain.
Finding check_simulator(
    asio::io_context& context, const std::string& chain, node::Simulator& simulator) {
    const auto can =
        outcome_of(context, simulator.probe(std::chrono::steady_clock::now() + kNodeLimit));
    auto detail = can ? node::to_text(*can) : can.error().detail;
    if (simulator.tenderly())
        detail = fmt::format("Tenderly {}, then {}", simulator.tenderly()->name(), detail);
    const bool is_ok = can && can->call != node::Support::absent;
    return {"simulation " + chain, is_ok, std::move(detail)};
}

}  // namespace

void add_node_findings(std::vector<Finding>& out, const config::Config& config) {
    asio::io_context context{1};
    const auto chains = make_chain_set(config, context.get_executor());
    if (!chains) {
        out.push_back({"nodes", false, chains.error().detail});
        return;
    }
    for (const auto& chain : (*chains)->registry.chains()) {
        const auto client = (*chains)->clients.at(chain.chain_id.value);
        const auto reached = outcome_of(
            context, client->verify_chain_id(std::chrono::steady_clock::now() + kNodeLimit));
        out.push_back(
            {"node " + chain.name, reached.has_value(),
             reached ? fmt::format("chain id {}", chain.chain_id.value) : reached.error().detail});
        if (!reached) continue;
        out.push_back(
            check_simulator(context, chain.name, *(*chains)->simulators.at(chain.chain_id.value)));
    }
    if ((*chains)->registry.chains().empty()) {
        out.push_back(
            {"nodes", false, "no chain is configured; add one under chains: in chela.yaml"});
    }
}

}  // namespace chela::sidecar::app
