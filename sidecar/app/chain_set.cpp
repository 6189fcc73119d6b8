#include "sidecar/app/chain_set.hpp"

#include "sidecar/app/opened.hpp"

namespace chela::sidecar::app {

Result<std::shared_ptr<const flow::ChainSet>> make_chain_set(
    const config::Config& config, const boost::asio::any_io_executor& executor) {
    auto registry = make_registry(config);
    if (!registry) return std::unexpected{registry.error()};
    std::map<std::uint64_t, std::shared_ptr<node::ChainClient>> clients;
    for (const auto& chain : config.chains) {
        node::ClientOptions options;
        options.url = chain.rpc_url;
        options.timeout = chain.rpc_timeout;
        auto client = node::make_client(executor, options);
        if (!client) return std::unexpected{client.error()};
        const auto described = registry->find(chain.name);
        if (!described) return std::unexpected{described.error()};
        clients.emplace(
            chain.chain_id.value,
            std::make_shared<node::ChainClient>(*described, std::move(*client)));
    }
    return std::make_shared<const flow::ChainSet>(
        flow::ChainSet{std::move(*registry), std::move(clients)});
}

std::map<std::uint64_t, std::string> rpc_origins(const config::Config& config) {
    std::map<std::uint64_t, std::string> out;
    for (const auto& chain : config.chains)
        out.emplace(chain.chain_id.value, node::display_origin(chain.rpc_url));
    return out;
}

}  // namespace chela::sidecar::app
