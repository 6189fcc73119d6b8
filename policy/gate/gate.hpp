#pragma once

#include "chains/preimage/preimage.hpp"
#include "policy/decide/decide.hpp"
#include "policy/ledger/ledger.hpp"

#include <optional>
#include <string>

namespace chela::policy {

struct GateRequest {
    std::string intent_id;
    std::string decision_id;  ///< under which the decision is kept; a new one for each request
    std::string agent_id;
    std::string fingerprint;  ///< of the intent: approvals are bound to it
    Address signer;
    chains::Preimage::Content content;     ///< a transaction is complete but for the nonce, which
                                           ///< the gate gives
    std::optional<Nonce> requested_nonce;  ///< the caller insists on this one
    Nonce chain_nonce;  ///< the node's `latest` count for the signer; where an unused lane starts;
                        ///< never lowers the nonce
    Wei chain_max_fee;
    std::optional<ChainId> node_chain;
    TimePoint now;
    std::optional<SimulationFacts> simulation;  ///< of this very transaction, or it is refused
};

struct GateOutcome {
    Decision decision;
    std::string record;                                ///< to_record(); empty: nothing was kept
    std::vector<Hash256> policy_digests;               ///< what an approval would be bound to
    bool wants_simulation{};                           ///< a policy asks for one
    std::uint64_t max_simulation_age{};                ///< blocks; an older one is refused
    std::optional<chains::ApprovedPreimage> approved;  ///< set exactly when allowed and durable
};

/// The one function that turns a preimage into an ApprovedPreimage: decode, rules, budgets, durable
/// reservation and audit entry in one transaction. Blocking (it waits for the disk).
class Gate {
public:
    explicit Gate(Ledger& ledger) : ledger_{ledger} {}

    /// The decision as `approve` would make it now, with nothing reserved; a denial is recorded as
    /// there. Without a simulation it is a look ahead: what only a simulation can tell is left out.
    [[nodiscard]] Result<GateOutcome> check(const GateRequest& request);

    /// @return a denial or a review is a value. Errors: conflict E_NONCE_NOT_NEXT, denied
    /// E_AGENT_INACTIVE, E_INTENTS_DISABLED, E_POLICY_MISSING, E_POLICY_CONFLICT, unavailable and
    /// whatever the ledger says. Either way its audit entry is durable, unless the ledger failed.
    [[nodiscard]] Result<GateOutcome> approve(const GateRequest& request);

    /// Another transaction for the nonce that an intent holds, in place of what is signed for it.
    /// The fees are judged anew, and of a bump everything but what a simulation shows; the slot
    /// counts once, at each meter's larger amount.
    /// @param request  `content` is a transaction, complete with its nonce; the simulation is not
    /// read
    /// @param kind  bump: the same as before but for its fees; cancel or noop: one that does
    /// nothing
    /// @return as approve; also not_found: the intent holds no nonce; internal: it is not what
    /// `kind` says
    [[nodiscard]] Result<GateOutcome> replace(
        const GateRequest& request, chains::lane::AttemptKind kind);

    /// What an intent has reserved, signed maybe long ago, as the policies are now: judged as a
    /// bump to the same fees. Nothing is reserved; the decision is recorded.
    /// @param request  `content` is the very transaction; the simulation is not read
    /// @return as replace()
    [[nodiscard]] Result<Decision> recheck(const GateRequest& request);

    /// The approval that is already durable for an intent whose signing was interrupted: of a
    /// transaction, and of anything else from what it was asked to sign.
    /// @param named_chain  see ApprovedPreimage::named_chain()
    /// @return not_found; internal: what is stored is not what was reserved
    [[nodiscard]] Result<chains::ApprovedPreimage> resume(const std::string& intent_id);
    [[nodiscard]] Result<chains::ApprovedPreimage> resume(
        const std::string& intent_id,
        const chains::Preimage::Content& content,
        ChainId named_chain);

private:
    Ledger& ledger_;
};

}  // namespace chela::policy
