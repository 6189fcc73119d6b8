#include "sidecar/app/chain_set.hpp"

#include "sidecar/app/opened.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>
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
    const config::ChainConfig& chain, const boost::asio::any_io_executor& executor) {
    std::vector<node::PooledClient> clients;
    clients.reserve(chain.endpoints.size());
    for (const auto& endpoint : chain.endpoints) {
        node::ClientOptions options;
        options.url = endpoint.url;
        options.access = access_of(endpoint);
        options.timeout = chain.rpc_timeout;
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

}  // namespace

Result<std::shared_ptr<const flow::ChainSet>> make_chain_set(
    const config::Config& config,
    const boost::asio::any_io_executor& executor,
    const std::shared_ptr<telemetry::Metrics>& metrics) {
    auto registry = make_registry(config);
    if (!registry) return std::unexpected{registry.error()};
    std::map<std::uint64_t, std::shared_ptr<node::ChainClient>> clients;
    for (const auto& chain : config.chains) {
        auto endpoints = make_clients(chain, executor);
        if (!endpoints) return std::unexpected{endpoints.error()};
        const auto described = registry->find(chain.name);
        if (!described) return std::unexpected{described.error()};
        clients.emplace(
            chain.chain_id.value,
            std::make_shared<node::ChainClient>(
                *described, std::move(*endpoints), pool_options(chain.chain_id, metrics)));
    }
    return std::make_shared<const flow::ChainSet>(
        flow::ChainSet{std::move(*registry), std::move(clients)});
}

std::shared_ptr<node::HeadFollower> make_head_follower(
    const config::ChainConfig& chain,
    const boost::asio::any_io_executor& executor,
    std::shared_ptr<node::ChainClient> client) {
    node::HeadFollowerOptions options;
    options.poll_interval = chain.poll_interval;
    options.jitter = random_jitter;
    options.on_subscription = [id = chain.chain_id](const Status& status) {
        log::event(
            status ? log::Level::info : log::Level::warn, "node_subscription",
            {{"chain_id", id.value},
             {"stands", status.has_value()},
             {"detail", status ? std::string{} : status.error().detail}});
    };
    const auto pushing = std::ranges::find_if(
        chain.endpoints, [](const auto& endpoint) { return endpoint.ws_url.has_value(); });
    if (pushing != chain.endpoints.end()) {
        options.socket.emplace();
        options.socket->url = *pushing->ws_url;
        options.socket->access = access_of(*pushing);
        options.socket->timeout = chain.rpc_timeout;
    }
    return std::make_shared<node::HeadFollower>(executor, std::move(client), std::move(options));
}

std::map<std::uint64_t, std::string> rpc_origins(const config::Config& config) {
    std::map<std::uint64_t, std::string> out;
    for (const auto& chain : config.chains)
        out.emplace(chain.chain_id.value, node::display_origin(chain.endpoints.front().url));
    return out;
}

}  // namespace chela::sidecar::app
