#include "sidecar/app/diagnose_nodes.hpp"

#include "sidecar/app/chain_set.hpp"
#include "sidecar/edge/run_to_end.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

namespace chela::sidecar::app {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kNodeLimit{5};

Deadline soon() {
    return std::chrono::steady_clock::now() + kNodeLimit;
}

Finding check_endpoint(
    std::string check, const chains::Chain& chain, const node::EndpointHealth& endpoint) {
    if (endpoint.state == node::EndpointState::healthy && endpoint.head) {
        const auto latency = endpoint.latency.value_or(std::chrono::microseconds{});
        return {
            std::move(check), true,
            fmt::format(
                "chain id {}, block {}, answers in {} ms", chain.chain_id.value,
                endpoint.head->value,
                std::chrono::ceil<std::chrono::milliseconds>(latency).count())};
    }
    if (endpoint.last_error) return {std::move(check), false, endpoint.last_error->detail};
    return {
        std::move(check), false,
        endpoint.state == node::EndpointState::behind
            ? fmt::format(
                  "at block {}, too far behind the other nodes",
                  endpoint.head.value_or(BlockNumber{}).value)
            : std::string{"no answer"}};
}

/// @return does one of them answer?
bool check_endpoints(
    std::vector<Finding>& out,
    asio::io_context& context,
    const chains::Chain& chain,
    node::ChainClient& client) {
    run_to_end(context, client.probe(soon()));
    bool is_any_ok = false;
    const auto all = client.health();
    for (const auto& endpoint : all) {
        const auto name = "node " + chain.name;
        out.push_back(check_endpoint(
            all.size() == 1 ? name : fmt::format("{} {}", name, endpoint.origin), chain, endpoint));
        is_any_ok = is_any_ok || out.back().is_ok;
    }
    return is_any_ok;
}

/// What simulates on the chain.
Finding check_simulator(
    asio::io_context& context, const std::string& chain, node::Simulator& simulator) {
    const auto can = run_to_end(context, simulator.probe(soon()));
    auto detail = can ? node::to_text(*can) : can.error().detail;
    if (simulator.tenderly())
        detail = fmt::format("Tenderly {}, then {}", simulator.tenderly()->name(), detail);
    const bool is_ok = can && can->call != node::Support::absent;
    return {"simulation " + chain, is_ok, std::move(detail)};
}

}  // namespace

void add_node_findings(
    std::vector<Finding>& out, const config::Config& config, store::Store* store) {
    asio::io_context context{1};
    const auto stored = store == nullptr ? Result<StoredChains>{} : store->chains();
    if (!stored) {
        out.push_back({"nodes", false, stored.error().detail});
        return;
    }
    const auto chains = make_chain_set(config, *stored, TimePoint{}, context.get_executor());
    if (!chains) {
        out.push_back({"nodes", false, chains.error().detail});
        return;
    }
    for (const auto& chain : (*chains)->registry.chains()) {
        const auto client = (*chains)->clients.find(chain.chain_id.value);
        if (client == (*chains)->clients.end()) {
            out.push_back({"node " + chain.name, true, "none; the chain is disabled"});
            continue;
        }
        if (!check_endpoints(out, context, chain, *client->second)) continue;
        out.push_back(
            check_simulator(context, chain.name, *(*chains)->simulators.at(chain.chain_id.value)));
    }
    if ((*chains)->registry.chains().empty()) {
        out.push_back(
            {"nodes", false,
             "no chain is configured; add one under chains: in chela.yaml, or with chela chain "
             "add"});
    }
}

}  // namespace chela::sidecar::app
