#pragma once

#include "policy/gate/gate.hpp"
#include "sidecar/edge/blocking.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/flow/chains.hpp"
#include "sidecar/flow/keyring.hpp"
#include "sidecar/node/chain_client.hpp"
#include "sidecar/node/simulator.hpp"
#include "sidecar/store/store.hpp"
#include "sidecar/telemetry/metrics.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::flow {

/// The chains that there are, with their nodes. Immutable; a reload makes a new one.
struct ChainSet {
    chains::Registry registry;
    /// By chain id; a disabled chain may have none.
    std::map<std::uint64_t, std::shared_ptr<node::ChainClient>> clients;
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::map<std::uint64_t, ChainListing> listings{};  ///< by chain id
    /// By chain id; every chain that has a client has one.
    // NOLINTNEXTLINE(readability-redundant-member-init): as above
    std::map<std::uint64_t, std::shared_ptr<node::Simulator>> simulators{};
};

/// Those of chela.yaml.
[[nodiscard]] std::vector<chains::Chain> configured_chains(const ChainSet& chains);

/// @return unavailable E_UNKNOWN_CHAIN: the chain has no node, or went away with a reload after the
/// request was read
[[nodiscard]] Result<std::shared_ptr<node::ChainClient>> client_for(
    const ChainSet& chains, ChainId chain);

/// @return as client_for()
[[nodiscard]] Result<std::shared_ptr<node::Simulator>> simulator_for(
    const ChainSet& chains, ChainId chain);

/// What every use case works with. One object, owned by the app, outlives every coroutine.
struct Services {
    store::Store& store;
    policy::Gate& gate;
    Keyring& keyring;
    const Clock& clock;
    boost::asio::any_io_executor store_pool;    ///< calls may block on it
    boost::asio::any_io_executor signing_pool;  ///< the same
    std::shared_ptr<const ChainSet> chains;
    std::shared_ptr<std::atomic<std::size_t>> signer_jobs =
        std::make_shared<std::atomic<std::size_t>>(0);
    std::shared_ptr<telemetry::Metrics> metrics = std::make_shared<telemetry::Metrics>();
    /// Takes up what the store says about chains; whoever changed them there calls it. May be
    /// empty.
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::function<boost::asio::awaitable<Status>()> take_up_chains{};
    /// Where long answers of nodes are read that agents asked for; empty: on the I/O thread.
    // NOLINTNEXTLINE(readability-redundant-member-init): as above
    boost::asio::any_io_executor reading_pool{};

    /// Runs a store call off the I/O thread. `job` owns what it touches, but for what outlives the
    /// pool.
    template <class T, class Job>
    boost::asio::awaitable<Result<T>> on_store(Deadline deadline, Job job) {
        return run_blocking<T>(store_pool, deadline, std::move(job));
    }

    /// Runs a call to a key off the I/O thread, for a request that holds no nonce yet.
    /// @return also unavailable E_TOKEN_BUSY, at once: too many wait already
    template <class T, class Job>
    boost::asio::awaitable<Result<T>> on_signer(Deadline deadline, Job job) {
        constexpr std::size_t kMostWaiting = 128;
        if (signer_jobs->fetch_add(1) >= kMostWaiting) {
            signer_jobs->fetch_sub(1);
            co_return fail(
                ErrorCode::unavailable, "too many requests wait for the keys; try again",
                "E_TOKEN_BUSY");
        }
        co_return co_await run_blocking<T>(
            signing_pool, deadline, [jobs = signer_jobs, job = std::move(job)]() mutable {
                auto answer = job();
                jobs->fetch_sub(1);
                return answer;
            });
    }
};

}  // namespace chela::sidecar::flow
