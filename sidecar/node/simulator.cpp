#include "sidecar/node/simulator.hpp"

#include "sidecar/node/chain_read.hpp"
#include "sidecar/node/simulate.hpp"
#include "sidecar/telemetry/log.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

namespace simulation = chains::simulation;
using simulation::PinnedBlock;

constexpr std::chrono::minutes kTrust{10};
// Answers that say neither yes nor no come from nodes in trouble, which may be over soon.
constexpr std::chrono::seconds kUncertainTrust{30};

/// One of the pool's endpoints, which has the block that is asked about.
class OneEndpoint final : public Client {
public:
    OneEndpoint(std::shared_ptr<EndpointPool> pool, std::size_t endpoint)
        : pool_{std::move(pool)},
          endpoint_{endpoint} {}

    boost::asio::awaitable<Result<RpcAnswer>> call(
        std::string method, Json parameters, Deadline deadline) override {
        return pool_->ask(
            endpoint_, std::move(method), std::move(parameters), EndpointPool::Judge{}, deadline);
    }

private:
    std::shared_ptr<EndpointPool> pool_;
    std::size_t endpoint_;
};

std::unexpected<Error> unsupported(const chains::Chain& chain, std::size_t calls) {
    if (calls > 1) {
        return fail(
            ErrorCode::unsupported,
            fmt::format(
                "the node of chain {} lacks eth_simulateV1, which a bundle of transactions needs",
                chain.name),
            "E_SIMULATE_BUNDLE_UNSUPPORTED");
    }
    return fail(
        ErrorCode::unsupported,
        fmt::format(
            "the node of chain {} has none of eth_simulateV1, debug_traceCall and eth_call",
            chain.name),
        "E_SIMULATE_UNSUPPORTED");
}

/// The best method that there is.
boost::asio::awaitable<Result<Attempt>> ask(
    std::shared_ptr<Client> client,
    const chains::Chain& chain,
    Capabilities can,
    std::vector<chains::node::CallRequest> calls,
    simulation::PinnedBlock block,
    Deadline deadline) {
    if (can.simulate_v1 != Support::absent) {
        co_return co_await simulate_v1(
            std::move(client), std::move(calls), block, can.simulate_v1, deadline);
    }
    if (calls.size() == 1 && can.call_tracer != Support::absent) {
        co_return co_await trace_call(
            std::move(client), std::move(calls.front()), block, can.call_tracer, deadline);
    }
    if (calls.size() == 1 && can.call != Support::absent) {
        co_return co_await plain_call(
            std::move(client), std::move(calls.front()), block, can.call, deadline);
    }
    co_return unsupported(chain, calls.size());
}

}  // namespace

Simulator::Simulator(const ChainClient& client, std::shared_ptr<Tenderly> tenderly)
    : chain_{client.chain()},
      pool_{client.pool()},
      tenderly_{std::move(tenderly)} {}

std::optional<Capabilities> Simulator::capabilities(std::size_t endpoint) const {
    const auto found = known_.find(endpoint);
    return found == known_.end() ? std::nullopt : std::optional{found->second.can};
}

boost::asio::awaitable<Result<Simulator::Place>> Simulator::head(Deadline deadline) {
    const auto seen = co_await read_value<PinnedBlock>(
        pool_, "eth_getBlockByNumber", Json::array({"latest", false}),
        result_reader<PinnedBlock>(simulation::read_block), deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    co_return Place{seen->value, seen->endpoint};
}

boost::asio::awaitable<Result<Capabilities>> Simulator::probe(Deadline deadline) {
    const auto at = co_await head(deadline);
    if (!at) co_return std::unexpected{at.error()};
    distrust(at->endpoint);
    co_return co_await known_capabilities(*at, deadline);
}

void Simulator::distrust(std::size_t endpoint) {
    if (const auto found = known_.find(endpoint); found != known_.end())
        found->second.good_until = std::chrono::steady_clock::time_point::min();
}

boost::asio::awaitable<Result<Capabilities>> Simulator::known_capabilities(
    Place at, Deadline deadline) {
    const auto found = known_.find(at.endpoint);
    if (found != known_.end() && std::chrono::steady_clock::now() < found->second.good_until)
        co_return found->second.can;
    const auto probed = co_await probe_capabilities(
        std::make_shared<OneEndpoint>(pool_, at.endpoint), at.block, deadline);
    if (!probed) co_return std::unexpected{probed.error()};
    const auto trust = probed->is_certain ? std::chrono::seconds{kTrust} : kUncertainTrust;
    known_.insert_or_assign(at.endpoint, Known{*probed, std::chrono::steady_clock::now() + trust});
    co_return *probed;
}

boost::asio::awaitable<Result<Simulator::Results>> Simulator::simulate(
    Calls calls, Detail detail, Deadline deadline) {
    if (calls.empty()) bug("nothing is to be simulated");
    const auto at = co_await head(deadline);
    if (!at) co_return std::unexpected{at.error()};
    if (tenderly_) {
        auto results =
            co_await tenderly_->simulate(chain_.chain_id, calls, at->block.number, deadline);
        if (results) co_return results;
        log::event(
            log::Level::warn, "simulation_provider_failed",
            {{"chain", chain_.name},
             {"provider", "tenderly"},
             {"code", reason_of(results.error())},
             {"detail", results.error().detail}});
    }
    co_return co_await on_node(std::move(calls), detail, *at, deadline);
}

boost::asio::awaitable<Result<Simulator::Results>> Simulator::on_node(
    Calls calls, Detail detail, Place at, Deadline deadline) {
    constexpr int kTries = 2;
    for (int i = 0; i < kTries; ++i) {
        const auto can = co_await known_capabilities(at, deadline);
        if (!can) co_return std::unexpected{can.error()};
        const auto endpoint = std::make_shared<OneEndpoint>(pool_, at.endpoint);
        auto attempt = co_await ask(endpoint, chain_, *can, calls, at.block, deadline);
        if (!attempt) co_return std::unexpected{attempt.error()};
        if (auto* results = std::get_if<Results>(&*attempt)) {
            const bool wants_state = detail == Detail::moves_and_state && calls.size() == 1 &&
                                     results->front().outcome == simulation::Outcome::success &&
                                     can->prestate_tracer != Support::absent;
            if (wants_state) {
                results->front().state_diff = co_await state_diff(
                    endpoint, calls.front(), at.block, can->prestate_tracer, deadline);
            }
            co_return std::move(*results);
        }
        // What was known of the node is no longer so, or the block is gone.
        distrust(at.endpoint);
        const auto next = co_await head(deadline);
        if (!next) co_return std::unexpected{next.error()};
        at = *next;
    }
    co_return fail(
        ErrorCode::unavailable,
        fmt::format(
            "the node of chain {} refuses what it could do a moment before; try again",
            chain_.name),
        "E_SIMULATION_NODE");
}

}  // namespace chela::sidecar::node
