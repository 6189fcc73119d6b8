#include "sidecar/flow/services.hpp"

namespace chela::sidecar::flow {
namespace {

template <class Parts>
Result<typename Parts::mapped_type> find_in(const Parts& parts, ChainId chain) {
    const auto found = parts.find(chain.value);
    if (found == parts.end()) {
        return fail(
            ErrorCode::unavailable,
            "chain " + std::to_string(chain.value) + " is no longer configured in chela.yaml",
            "E_UNKNOWN_CHAIN");
    }
    return found->second;
}

}  // namespace

Result<std::shared_ptr<node::ChainClient>> client_for(const ChainSet& chains, ChainId chain) {
    return find_in(chains.clients, chain);
}

Result<std::shared_ptr<node::Simulator>> simulator_for(const ChainSet& chains, ChainId chain) {
    return find_in(chains.simulators, chain);
}

}  // namespace chela::sidecar::flow
