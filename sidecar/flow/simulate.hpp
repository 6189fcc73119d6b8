#pragma once

#include "sidecar/flow/request.hpp"
#include "sidecar/flow/services.hpp"

#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::flow {

/// One call to simulate.
struct ToSimulate {
    chains::node::CallRequest call;
    std::optional<Hash256> transaction_digest;  ///< set when it is a transaction to the last detail
};
/// What the request leaves open stays open: the result is bound to no transaction.
[[nodiscard]] ToSimulate to_simulate(const IntentRequest& request, const Address& from);
/// The very transaction, but for its nonce.
[[nodiscard]] ToSimulate to_simulate(const chains::Transaction& transaction, const Address& from);

/// A simulation that was run.
struct Simulated {
    std::string id;
    chains::simulation::SimulationResult result;
    std::optional<Hash256> transaction_digest;
    std::string revert_reason;  ///< decoded; empty unless reverted
    /// Empty: what moves adds up to more than 256 bits or cannot be read, and is believed of no
    /// token.
    std::optional<std::vector<chains::simulation::BalanceChange>> changes;
    store::SimulationRecord record;  ///< to keep, with the API's SimulationResponse
};

struct SimulationOrder {
    std::string agent_id;
    std::string intent_id;  ///< empty when it is not for an intent
    chains::Chain chain;
    std::vector<ToSimulate> transactions;  ///< at least one
    node::Detail detail{node::Detail::moves};
};

/// Runs the transactions one after another on the chain's state. Whoever shows an id keeps its
/// record first.
/// @return unavailable, timed_out, bad_response, unsupported (bundle); a revert is a value
[[nodiscard]] boost::asio::awaitable<Result<std::vector<Simulated>>> simulate(
    Services& services, SimulationOrder order, Deadline deadline);

/// Durable, all or none, when it returns.
[[nodiscard]] boost::asio::awaitable<Status> keep(
    Services& services, std::vector<store::SimulationRecord> simulations, Deadline deadline);

}  // namespace chela::sidecar::flow
