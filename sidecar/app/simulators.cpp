#include "sidecar/app/simulators.hpp"

#include "sidecar/telemetry/log.hpp"
#include "signer/secret.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace chela::sidecar::app {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kProbeLimit{10};

/// @return nullptr: the chain's node simulates
Result<std::shared_ptr<node::Tenderly>> make_tenderly(
    const config::ChainConfig& chain, const asio::any_io_executor& executor) {
    if (!chain.tenderly) return nullptr;
    auto key = signer::read_secret_file(chain.tenderly->access_key_file);
    if (!key) return std::unexpected{key.error()};
    // It goes into a header, where a line break would begin another.
    const bool is_header =
        std::ranges::all_of(key->reveal(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (!is_header) {
        return fail(
            ErrorCode::invalid_input,
            "the access key in " + chain.tenderly->access_key_file.string() +
                " must be visible ASCII characters on one line",
            "E_TENDERLY_KEY");
    }
    log::redact(key->reveal());
    node::TenderlyOptions options;
    options.url = chain.tenderly->url;
    options.account = chain.tenderly->account;
    options.project = chain.tenderly->project;
    options.access_key = *std::move(key);
    return node::make_tenderly(executor, std::move(options));
}

asio::awaitable<void> probe(std::string chain, std::shared_ptr<node::Simulator> simulator) {
    const auto can = co_await simulator->probe(std::chrono::steady_clock::now() + kProbeLimit);
    const bool shows_moves = can && (can->simulate_v1 != node::Support::absent ||
                                     can->call_tracer != node::Support::absent);
    log::event(
        shows_moves || simulator->tenderly() ? log::Level::info : log::Level::warn,
        "simulation_capabilities",
        {{"chain", std::move(chain)},
         {"tenderly", simulator->tenderly() != nullptr},
         {"node", can ? node::to_text(*can) : can.error().detail}});
}

}  // namespace

Status add_simulators(
    flow::ChainSet& set, const config::Config& config, const asio::any_io_executor& executor) {
    for (const auto& [chain_id, client] : set.clients) {
        std::shared_ptr<node::Tenderly> tenderly;
        const auto configured =
            std::ranges::find(config.chains, ChainId{chain_id}, &config::ChainConfig::chain_id);
        if (configured != config.chains.end()) {
            auto made = make_tenderly(*configured, executor);
            if (!made) return std::unexpected{made.error()};
            tenderly = *std::move(made);
        }
        set.simulators.emplace(
            chain_id, std::make_shared<node::Simulator>(*client, std::move(tenderly)));
    }
    return {};
}

void probe_simulators(const flow::ChainSet& set, const asio::any_io_executor& executor) {
    for (const auto& [chain_id, simulator] : set.simulators) {
        const auto chain = set.registry.find(std::to_string(chain_id));
        if (chain && chain->is_enabled)
            asio::co_spawn(executor, probe(chain->name, simulator), asio::detached);
    }
}

}  // namespace chela::sidecar::app
