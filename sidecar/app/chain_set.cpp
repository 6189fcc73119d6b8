#include "sidecar/app/chain_set.hpp"

#include "sidecar/app/opened.hpp"

#include <algorithm>

namespace chela::sidecar::app {

namespace {

/// What a client of the chain's node takes; without a URL there is none.
struct NodeOptions {
    ChainId chain;
    node::ClientOptions client;
};

node::ClientOptions options_of(const std::string& url) {
    node::ClientOptions options;
    options.url = url;
    return options;
}

}  // namespace

chains::Chain described(const config::ChainConfig& chain) {
    return {
        .name = chain.name,
        .chain_id = chain.chain_id,
        .display_name = chain.display_name,
        .explorer_url = chain.explorer_url,
        .native_currency = chain.native_currency,
        .is_testnet = chain.is_testnet,
        .max_fee_per_transaction = chain.max_fee_per_transaction,
        .confirmations = chain.confirmations,
        .is_enabled = chain.is_enabled,
        .has_eip1559 = chain.has_eip1559,
        .block_time = chain.block_time,
        .finality = chain.finality};
}

flow::ChainListing listing_of(const config::ChainConfig& chain, TimePoint since) {
    return {
        .is_configured = true,
        .has_fee_limit = true,
        .rpc_origin = node::display_origin(chain.rpc_url),
        .ws_origin = {},
        .created_at = since,
        .updated_at = since};
}

StoredChains beside(const config::Config& config, const StoredChains& stored) {
    StoredChains out;
    std::ranges::copy_if(stored, std::back_inserter(out), [&config](const auto& record) {
        return std::ranges::none_of(config.chains, [&record](const auto& chain) {
            return chain.chain_id == record.chain.chain_id || chain.name == record.chain.name;
        });
    });
    return out;
}

Result<std::shared_ptr<const flow::ChainSet>> make_chain_set(
    const config::Config& config,
    const StoredChains& stored,
    TimePoint since,
    const boost::asio::any_io_executor& executor) {
    auto registry = make_registry(config, stored);
    if (!registry) return std::unexpected{registry.error()};
    auto set = std::make_shared<flow::ChainSet>(flow::ChainSet{std::move(*registry), {}});
    std::vector<NodeOptions> nodes;
    for (const auto& chain : config.chains) {
        nodes.push_back({chain.chain_id, options_of(chain.rpc_url)});
        nodes.back().client.timeout = chain.rpc_timeout;
        set->listings.emplace(chain.chain_id.value, listing_of(chain, since));
    }
    for (const auto& record : beside(config, stored)) {
        if (!record.rpc_url.empty())
            nodes.push_back({record.chain.chain_id, options_of(record.rpc_url)});
        set->listings.emplace(record.chain.chain_id.value, flow::listing_of(record));
    }
    for (auto& node : nodes) {
        auto client = node::make_client(executor, std::move(node.client));
        if (!client) return std::unexpected{client.error()};
        const auto described = set->registry.find(std::to_string(node.chain.value));
        if (!described) return std::unexpected{described.error()};
        set->clients.emplace(
            node.chain.value, std::make_shared<node::ChainClient>(*described, std::move(*client)));
    }
    return set;
}

}  // namespace chela::sidecar::app
