#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "chains/lane/attempt.hpp"
#include "policy/ledger/charge.hpp"
#include "policy/rules/document.hpp"
#include "policy/rules/guardrails.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chela::policy {

/// The ordered line of nonces that one owner writes.
struct Lane {
    ChainId chain;
    Address address;
    bool operator==(const Lane&) const = default;
};

/// What the gate makes durable before a signature can exist.
struct Reservation {
    std::string intent_id;
    std::string agent_id;
    Address signer;
    Operation operation{Operation::transaction};
    /// What can take effect at most once: "tx/<chain>/<address>/<nonce>" of a transaction,
    /// "sig/<signing hash>/<intent>" of anything else.
    std::string slot;
    std::optional<Lane> lane;    ///< of a transaction: the nonce is taken on it
    std::optional<Nonce> nonce;  ///< exactly when there is a lane
    Wei value;                   ///< native value of a transaction, else 0
    Wei max_fee;                 ///< worst case of a transaction, else 0
    Bytes preimage;              ///< its exact bytes, nonce included
    std::vector<Charge> charges;
    /// After it the signature can do nothing any more (a permit's deadline), in unix seconds.
    Expiry valid_until;
    chains::lane::AttemptKind attempt_kind{chains::lane::AttemptKind::normal};
    TimePoint at;
};

struct AuditEntry {
    TimePoint at;
    std::string actor;    ///< "agent:<id>", "operator", "chela"
    std::string action;   ///< e.g. "intent.approved", "intent.denied", "agent.created"
    std::string subject;  ///< the id it is about
    std::string detail;   ///< JSON object as text; never a secret
};

/// What holds for an agent.
struct AgentRules {
    bool is_active{false};
    bool may_sign{false};  ///< intents_api_enabled
    Guardrails guardrails;
    /// compile_guardrails() of them, when the ledger keeps it; else empty.
    std::shared_ptr<const Policy> compiled_guardrails;
    /// Documents above the guardrails: the agent's own, then the organisation's. All must allow.
    std::vector<std::shared_ptr<const Policy>> policies;
    /// The agent is bound to a document that is not there: nothing may be signed.
    std::optional<std::string> missing_policy;
};

/// People who said yes to an intent, all of it checked for time and binding by the store.
struct Approval {
    std::set<std::string> approvers;
    std::vector<Hash256> policy_digests;  ///< of the policies that they saw, in order
    std::string fingerprint;              ///< of the intent that they saw
};

/// A decision in full, kept for whoever reviews it.
struct DecisionEntry {
    std::string id;
    std::string intent_id;
    std::string agent_id;
    TimePoint at;
    std::string verdict;
    std::string record;  ///< to_record()
};

/// The view inside one durable transaction.
class LedgerTransaction {
public:
    virtual ~LedgerTransaction() = default;
    /// @return not_found: no such agent
    virtual Result<AgentRules> rules(const std::string& agent_id) = 0;
    /// What a meter has taken, added up: one charge a chain of all that is still open, whatever its
    /// age (its time is kStillOpen), and one a chain and a span between two of `edges` of what was
    /// settled in it (its time is the latest of them); what was settled before the first edge is
    /// left out. A sum that does not fit is the largest number. What `slot` itself has taken stands
    /// apart, with its slot. Released charges are not counted.
    virtual Result<std::vector<SpentCharge>> sums(
        const MeterKey& meter, const std::set<TimePoint>& edges, const std::string& slot) = 0;
    /// The latest time of any charge of the ledger. @return the epoch when there is none
    virtual Result<TimePoint> high_water() = 0;
    /// The highest nonce that was given out on the lane and not released, or that an operator gave
    /// up for lost.
    virtual Result<std::optional<Nonce>> highest_nonce(const Lane& lane) = 0;
    /// Approvals of the intent that have not expired at `now`; empty: none.
    virtual Result<std::optional<Approval>> approval(
        const std::string& intent_id, TimePoint now) = 0;
    /// What the intent holds, with the preimage of its last attempt. @return not_found
    virtual Result<Reservation> reservation(const std::string& intent_id) = 0;
    /// Writes slot, charges and preimage, and moves the intent to `reserved`. An intent that holds
    /// a transaction's slot and is not mined may take another preimage for it, for its next
    /// attempt: the slot counts once, at each meter's larger amount.
    /// @return conflict: the slot is another intent's or the intent has another one
    virtual Status reserve(const Reservation& reservation) = 0;
    virtual Status record(const AuditEntry& entry) = 0;
    virtual Status record(const DecisionEntry& entry) = 0;
};

/// Implemented by the store. Blocking; call it off the I/O threads.
class Ledger {
public:
    virtual ~Ledger() = default;
    /// Runs `body` in one serializable transaction; it is durable (fsynced) when this returns a
    /// value, and nothing of it happened when this returns an error or `body` did. Several calls at
    /// a time may share one commit.
    virtual Status transact(const std::function<Status(LedgerTransaction&)>& body) = 0;
    /// @return not_found: nothing reserved (or released) for this intent
    virtual Result<Reservation> reservation(const std::string& intent_id) = 0;
};

}  // namespace chela::policy
