#include "sidecar/flow/services.hpp"

namespace chela::sidecar::flow {

std::vector<chains::Chain> configured_chains(const ChainSet& chains) {
    std::vector<chains::Chain> out;
    for (const auto& chain : chains.registry.chains()) {
        const auto listing = chains.listings.find(chain.chain_id.value);
        if (listing == chains.listings.end() || listing->second.is_configured) out.push_back(chain);
    }
    return out;
}

Result<std::shared_ptr<node::ChainClient>> client_for(const ChainSet& chains, ChainId chain) {
    const auto found = chains.clients.find(chain.value);
    if (found == chains.clients.end()) {
        return fail(
            ErrorCode::unavailable,
            "chain " + std::to_string(chain.value) + " has no node, or is there no more",
            "E_UNKNOWN_CHAIN");
    }
    return found->second;
}

}  // namespace chela::sidecar::flow
