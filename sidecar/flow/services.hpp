#pragma once

#include "policy/gate/gate.hpp"
#include "sidecar/edge/blocking.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/flow/keyring.hpp"
#include "sidecar/node/chain_client.hpp"
#include "sidecar/store/store.hpp"

#include <map>
#include <memory>
#include <utility>

#include <boost/asio/thread_pool.hpp>

namespace chela::sidecar::flow {

/// The chains as they were configured, with their nodes. Immutable; a reload makes a new one.
struct ChainSet {
    chains::Registry registry;
    std::map<std::uint64_t, std::shared_ptr<node::ChainClient>> clients;  ///< by chain id
};

/// @return unavailable E_UNKNOWN_CHAIN: the chain went away with a reload after the request was
/// read
[[nodiscard]] Result<std::shared_ptr<node::ChainClient>> client_for(
    const ChainSet& chains, ChainId chain);

/// What every use case works with. One object, owned by the app, outlives every coroutine.
struct Services {
    store::Store& store;
    policy::Gate& gate;
    Keyring& keyring;
    const Clock& clock;
    boost::asio::thread_pool& store_pool;
    boost::asio::thread_pool& signing_pool;
    std::shared_ptr<const ChainSet> chains;

    /// Runs a store call off the I/O thread. `job` must own what it touches besides the store.
    template <class T, class Job>
    boost::asio::awaitable<Result<T>> on_store(Deadline deadline, Job job) {
        return run_blocking<T>(store_pool, deadline, std::move(job));
    }
};

}  // namespace chela::sidecar::flow
