#include "sidecar/node/simulator.hpp"

#include "chains/node/printable.hpp"
#include "sidecar/node/simulate.hpp"
#include "sidecar/telemetry/log.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

namespace simulation = chains::simulation;

constexpr std::chrono::minutes kTrust{10};
// Answers that say neither yes nor no come from nodes in trouble, which may be over soon.
constexpr std::chrono::seconds kUncertainTrust{30};

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

Simulator::Simulator(
    chains::Chain chain, std::shared_ptr<Client> client, std::shared_ptr<Tenderly> tenderly)
    : chain_{std::move(chain)},
      client_{std::move(client)},
      tenderly_{std::move(tenderly)} {}

boost::asio::awaitable<Result<Simulator::Block>> Simulator::head(Deadline deadline) {
    const auto answer =
        co_await client_->call("eth_getBlockByNumber", Json::array({"latest", false}), deadline);
    if (!answer) co_return std::unexpected{answer.error()};
    if (answer->error) {
        co_return fail(
            ErrorCode::bad_response,
            fmt::format(
                "the node answered error {}: {}", answer->error->code,
                chains::node::printable(answer->error->message)),
            "E_NODE_ERROR");
    }
    co_return simulation::read_block(*answer->result);
}

boost::asio::awaitable<Result<Capabilities>> Simulator::probe(Deadline deadline) {
    const auto block = co_await head(deadline);
    if (!block) co_return std::unexpected{block.error()};
    good_until_ = std::chrono::steady_clock::time_point::min();
    co_return co_await known_capabilities(*block, deadline);
}

boost::asio::awaitable<Result<Capabilities>> Simulator::known_capabilities(
    Block block, Deadline deadline) {
    if (capabilities_ && std::chrono::steady_clock::now() < good_until_) co_return *capabilities_;
    const auto probed = co_await probe_capabilities(client_, block, deadline);
    if (!probed) co_return std::unexpected{probed.error()};
    capabilities_ = *probed;
    good_until_ = std::chrono::steady_clock::now() +
                  (probed->is_certain ? std::chrono::seconds{kTrust} : kUncertainTrust);
    co_return *probed;
}

boost::asio::awaitable<Result<Simulator::Results>> Simulator::simulate(
    Calls calls, Detail detail, Deadline deadline) {
    if (calls.empty()) bug("nothing is to be simulated");
    const auto block = co_await head(deadline);
    if (!block) co_return std::unexpected{block.error()};
    if (tenderly_) {
        auto results =
            co_await tenderly_->simulate(chain_.chain_id, calls, block->number, deadline);
        if (results) co_return results;
        log::event(
            log::Level::warn, "simulation_provider_failed",
            {{"chain", chain_.name},
             {"provider", "tenderly"},
             {"code", reason_of(results.error())},
             {"detail", results.error().detail}});
    }
    co_return co_await on_node(std::move(calls), detail, *block, deadline);
}

boost::asio::awaitable<Result<Simulator::Results>> Simulator::on_node(
    Calls calls, Detail detail, Block block, Deadline deadline) {
    constexpr int kTries = 2;
    for (int i = 0; i < kTries; ++i) {
        const auto can = co_await known_capabilities(block, deadline);
        if (!can) co_return std::unexpected{can.error()};
        auto attempt = co_await ask(client_, chain_, *can, calls, block, deadline);
        if (!attempt) co_return std::unexpected{attempt.error()};
        if (auto* results = std::get_if<Results>(&*attempt)) {
            const bool wants_state = detail == Detail::moves_and_state && calls.size() == 1 &&
                                     results->front().outcome == simulation::Outcome::success &&
                                     can->prestate_tracer != Support::absent;
            if (wants_state) {
                results->front().state_diff = co_await state_diff(
                    client_, calls.front(), block, can->prestate_tracer, deadline);
            }
            co_return std::move(*results);
        }
        // What was known of the node is no longer so, or the block is gone.
        good_until_ = std::chrono::steady_clock::time_point::min();
        const auto next = co_await head(deadline);
        if (!next) co_return std::unexpected{next.error()};
        block = *next;
    }
    co_return fail(
        ErrorCode::unavailable,
        fmt::format(
            "the node of chain {} refuses what it could do a moment before; try again",
            chain_.name),
        "E_SIMULATION_NODE");
}

}  // namespace chela::sidecar::node
