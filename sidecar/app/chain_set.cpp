#include "sidecar/app/chain_set.hpp"

#include "sidecar/app/opened.hpp"
#include "sidecar/app/simulators.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

namespace chela::sidecar::app {

namespace {

double random_jitter() {
    const Bytes bytes = random_bytes(2);
    return (bytes[0] * 256.0 + bytes[1]) / 65'535.0;
}

node::Access access_of(const config::EndpointConfig& endpoint) {
    node::Access access{endpoint.ca_file, endpoint.authorization_file, {}};
    access.headers.reserve(endpoint.headers.size());
    for (const auto& header : endpoint.headers)
        access.headers.push_back({header.name, header.value_file});
    return access;
}

Result<std::vector<node::PooledClient>> make_clients(
    const Nodes& nodes, const boost::asio::any_io_executor& executor) {
    std::vector<node::PooledClient> clients;
    clients.reserve(nodes.endpoints.size());
    for (const auto& endpoint : nodes.endpoints) {
        node::ClientOptions options;
        options.url = endpoint.url;
        options.access = access_of(endpoint);
        if (nodes.timeout) options.timeout = *nodes.timeout;
        auto client = node::make_client(executor, options);
        if (!client) return std::unexpected{client.error()};
        clients.push_back({node::display_origin(endpoint.url), std::move(*client)});
    }
    return clients;
}

void log_change(ChainId chain, std::size_t endpoint, const node::EndpointHealth& health) {
    const bool is_usable = node::is_usable(health.state);
    std::vector<log::Field> fields{
        {"chain_id", chain.value},
        {"endpoint", endpoint},
        {"origin", health.origin},
        {"state", std::string{to_string(health.state)}}};
    if (health.last_error) {
        fields.push_back({"code", reason_of(*health.last_error)});
        fields.push_back({"detail", health.last_error->detail});
    }
    log::event(is_usable ? log::Level::info : log::Level::warn, "node_endpoint", fields);
}

node::PoolOptions pool_options(ChainId chain, const std::shared_ptr<telemetry::Metrics>& metrics) {
    node::PoolOptions options;
    options.jitter = random_jitter;
    if (!metrics) return options;
    options.on_call = [chain, metrics](const node::CallReport& report) {
        metrics->node_called(
            chain, report.endpoint,
            report.is_answered ? telemetry::NodeCall::answered : telemetry::NodeCall::failed,
            report.took);
    };
    options.on_change = [chain, metrics](std::size_t endpoint, const node::EndpointHealth& health) {
        metrics->set_node_usable(
            chain, endpoint,
            node::is_usable(health.state) ? telemetry::NodeUse::usable
                                          : telemetry::NodeUse::unusable);
        log_change(chain, endpoint, health);
    };
    return options;
}

std::string ws_origin(const config::ChainConfig& chain) {
    const auto* const pushing = pushing_endpoint(chain.endpoints);
    if (pushing == nullptr) return {};
    const auto& url = pushing->ws_url;
    if (!url) bug("a pushing endpoint without its URL");
    // "ws://host" and "http://host" differ in their first letters alone.
    constexpr std::size_t kScheme = 2;
    const auto origin = node::display_origin("http" + url->substr(kScheme));
    return "ws" + origin.substr(std::string_view{"http"}.size());
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
        .rpc_origin = node::display_origin(chain.endpoints.front().url),
        .ws_origin = ws_origin(chain),
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

std::vector<Nodes> nodes_of(const config::Config& config, const StoredChains& stored) {
    std::vector<Nodes> out;
    out.reserve(config.chains.size() + stored.size());
    for (const auto& chain : config.chains)
        out.push_back({chain.chain_id, chain.endpoints, chain.rpc_timeout, chain.poll_interval});
    for (const auto& record : beside(config, stored)) {
        if (record.rpc_url.empty()) continue;
        config::EndpointConfig endpoint;
        endpoint.url = record.rpc_url;
        if (!record.ws_url.empty()) endpoint.ws_url = record.ws_url;
        out.push_back({record.chain.chain_id, {std::move(endpoint)}, {}, {}});
    }
    return out;
}

Result<std::shared_ptr<const flow::ChainSet>> make_chain_set(
    const config::Config& config,
    const StoredChains& stored,
    TimePoint since,
    const boost::asio::any_io_executor& executor,
    const std::shared_ptr<telemetry::Metrics>& metrics) {
    auto registry = make_registry(config, stored);
    if (!registry) return std::unexpected{registry.error()};
    auto set = std::make_shared<flow::ChainSet>(flow::ChainSet{std::move(*registry), {}, {}, {}});
    for (const auto& chain : config.chains)
        set->listings.emplace(chain.chain_id.value, listing_of(chain, since));
    for (const auto& record : beside(config, stored))
        set->listings.emplace(record.chain.chain_id.value, flow::listing_of(record));
    for (const auto& nodes : nodes_of(config, stored)) {
        auto endpoints = make_clients(nodes, executor);
        if (!endpoints) return std::unexpected{endpoints.error()};
        const auto described = set->registry.find(std::to_string(nodes.chain.value));
        if (!described) return std::unexpected{described.error()};
        set->clients.emplace(
            nodes.chain.value,
            std::make_shared<node::ChainClient>(
                *described, std::move(*endpoints), pool_options(nodes.chain, metrics)));
    }
    if (auto ok = add_simulators(*set, config, executor); !ok) return std::unexpected{ok.error()};
    return set;
}

const config::EndpointConfig* pushing_endpoint(
    const std::vector<config::EndpointConfig>& endpoints) {
    const auto found = std::ranges::find_if(
        endpoints, [](const auto& endpoint) { return endpoint.ws_url.has_value(); });
    return found == endpoints.end() ? nullptr : &*found;
}

std::shared_ptr<node::HeadFollower> make_head_follower(
    const Nodes& nodes,
    const boost::asio::any_io_executor& executor,
    std::shared_ptr<node::ChainClient> client) {
    node::HeadFollowerOptions options;
    // Who pushes heads is silent between two blocks.
    options.poll_interval = std::max<std::chrono::milliseconds>(
        nodes.interval.value_or(options.poll_interval), client->chain().block_time);
    options.jitter = random_jitter;
    options.on_subscription = [id = nodes.chain](const Status& status) {
        log::event(
            status ? log::Level::info : log::Level::warn, "node_subscription",
            {{"chain_id", id.value},
             {"stands", status.has_value()},
             {"detail", status ? std::string{} : status.error().detail}});
    };
    if (const auto* const pushing = pushing_endpoint(nodes.endpoints)) {
        options.socket.emplace();
        options.socket->url = pushing->ws_url.value_or("");
        options.socket->access = access_of(*pushing);
        if (nodes.timeout) options.socket->timeout = *nodes.timeout;
    }
    return std::make_shared<node::HeadFollower>(executor, std::move(client), std::move(options));
}

}  // namespace chela::sidecar::app
