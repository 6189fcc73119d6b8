#include "sidecar/app/chain_set.hpp"

#include "sidecar/app/opened.hpp"
#include "signer/secret.hpp"

#include <algorithm>

namespace chela::sidecar::app {
namespace {

/// @return nullptr: the chain's node simulates
Result<std::shared_ptr<node::Tenderly>> make_tenderly(
    const config::ChainConfig& chain, const boost::asio::any_io_executor& executor) {
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
    node::TenderlyOptions options;
    options.url = chain.tenderly->url;
    options.account = chain.tenderly->account;
    options.project = chain.tenderly->project;
    options.access_key = *std::move(key);
    return node::make_tenderly(executor, std::move(options));
}

}  // namespace

Result<std::shared_ptr<const flow::ChainSet>> make_chain_set(
    const config::Config& config, const boost::asio::any_io_executor& executor) {
    auto registry = make_registry(config);
    if (!registry) return std::unexpected{registry.error()};
    flow::ChainSet set;
    for (const auto& chain : config.chains) {
        node::ClientOptions options;
        options.url = chain.rpc_url;
        options.timeout = chain.rpc_timeout;
        auto client = node::make_client(executor, options);
        if (!client) return std::unexpected{client.error()};
        const auto described = registry->find(chain.name);
        if (!described) return std::unexpected{described.error()};
        auto tenderly = make_tenderly(chain, executor);
        if (!tenderly) return std::unexpected{tenderly.error()};
        set.clients.emplace(
            chain.chain_id.value, std::make_shared<node::ChainClient>(*described, *client));
        set.simulators.emplace(
            chain.chain_id.value,
            std::make_shared<node::Simulator>(*described, *client, *std::move(tenderly)));
    }
    set.registry = *std::move(registry);
    return std::make_shared<const flow::ChainSet>(std::move(set));
}

std::map<std::uint64_t, std::string> rpc_origins(const config::Config& config) {
    std::map<std::uint64_t, std::string> out;
    for (const auto& chain : config.chains)
        out.emplace(chain.chain_id.value, node::display_origin(chain.rpc_url));
    return out;
}

}  // namespace chela::sidecar::app
