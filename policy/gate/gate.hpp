#pragma once

#include "chains/preimage/preimage.hpp"
#include "policy/decide/decide.hpp"
#include "policy/ledger/ledger.hpp"

#include <optional>
#include <string>

namespace chela::policy {

struct GateRequest {
    std::string intent_id;
    std::string agent_id;
    Address signer;
    chains::Transaction transaction;       ///< complete but for the nonce, which the gate gives
    std::optional<Nonce> requested_nonce;  ///< the caller insists on this one
    Nonce chain_nonce;  ///< the node's `latest` count for the signer; where an unused lane starts;
                        ///< never lowers the nonce
    Wei chain_max_fee;
    TimePoint now;
    std::string simulation_id;  ///< recorded with the decision; empty: none was made
};

struct GateOutcome {
    Decision decision;
    std::optional<chains::ApprovedPreimage> approved;  ///< set exactly when allowed and durable
};

/// The one function that turns a preimage into an ApprovedPreimage: decode, rules, budgets, durable
/// reservation and audit entry in one transaction. Blocking (it waits for the disk).
class Gate {
public:
    explicit Gate(Ledger& ledger) : ledger_{ledger} {}

    /// The decision as `approve` would make it now, with nothing reserved and nothing recorded.
    [[nodiscard]] Result<Decision> check(const GateRequest& request);

    /// @return a denial is a value (its audit entry is durable); errors: conflict E_NONCE_NOT_NEXT,
    /// denied E_AGENT_INACTIVE,
    ///         unavailable and whatever the ledger says
    [[nodiscard]] Result<GateOutcome> approve(const GateRequest& request);

    /// The approval that is already durable for an intent whose signing was interrupted.
    [[nodiscard]] Result<chains::ApprovedPreimage> resume(const std::string& intent_id);

private:
    Ledger& ledger_;
};

}  // namespace chela::policy
