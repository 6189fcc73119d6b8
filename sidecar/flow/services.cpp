#include "sidecar/flow/services.hpp"

namespace chela::sidecar::flow {
namespace {

template <class Parts>
Result<typename Parts::mapped_type> find_in(const Parts& parts, ChainId chain) {
    const auto found = parts.find(chain.value);
    if (found == parts.end()) {
        return fail(
            ErrorCode::unavailable,
            "chain " + std::to_string(chain.value) + " has no node, or is there no more",
            "E_UNKNOWN_CHAIN");
    }
    return found->second;
}

}  // namespace

std::vector<chains::Chain> configured_chains(const ChainSet& chains) {
    std::vector<chains::Chain> out;
    for (const auto& chain : chains.registry.chains()) {
        const auto listing = chains.listings.find(chain.chain_id.value);
        if (listing == chains.listings.end() || listing->second.is_configured) out.push_back(chain);
    }
    return out;
}

Result<std::shared_ptr<node::ChainClient>> client_for(const ChainSet& chains, ChainId chain) {
    return find_in(chains.clients, chain);
}

Result<std::shared_ptr<node::Simulator>> simulator_for(const ChainSet& chains, ChainId chain) {
    return find_in(chains.simulators, chain);
}

}  // namespace chela::sidecar::flow
