#include "sidecar/flow/services.hpp"

namespace chela::sidecar::flow {

Result<std::shared_ptr<node::ChainClient>> client_for(const ChainSet& chains, ChainId chain) {
    const auto found = chains.clients.find(chain.value);
    if (found == chains.clients.end()) {
        return fail(
            ErrorCode::unavailable,
            "chain " + std::to_string(chain.value) + " is no longer configured in chela.yaml",
            "E_UNKNOWN_CHAIN");
    }
    return found->second;
}

}  // namespace chela::sidecar::flow
