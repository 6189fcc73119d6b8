#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "policy/rules/guardrails.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace chela::policy {

/// The ordered line of nonces that one owner writes.
struct Lane {
    ChainId chain;
    Address address;
    bool operator==(const Lane&) const = default;
};

/// One charge against an agent's budgets: worst case while reserved, what the chain did once
/// settled.
struct SpendEntry {
    ChainId chain;
    Wei value;
    Wei fee;
    TimePoint at;
};

/// What the gate makes durable before a signature can exist.
struct Reservation {
    std::string intent_id;
    std::string agent_id;
    Lane lane;
    Nonce nonce;
    Wei value;
    Wei max_fee;
    Bytes preimage;  ///< unsigned encoding, nonce included
    TimePoint at;
};

struct AuditEntry {
    TimePoint at;
    std::string actor;    ///< "agent:<id>", "operator", "chela"
    std::string action;   ///< e.g. "intent.approved", "intent.denied", "agent.created"
    std::string subject;  ///< the id it is about
    std::string detail;   ///< JSON object as text; never a secret
};

struct AgentRules {
    bool is_active{false};
    bool may_sign{false};  ///< intents_api_enabled
    Guardrails guardrails;
};

/// The view inside one durable transaction.
class LedgerTransaction {
public:
    virtual ~LedgerTransaction() = default;
    /// @return not_found: no such agent
    virtual Result<AgentRules> rules(const std::string& agent_id) = 0;
    /// Entries at or after `since`, those in the future (clock moved back) included; released ones
    /// are not.
    virtual Result<std::vector<SpendEntry>> spends(
        const std::string& agent_id, TimePoint since) = 0;
    /// The highest nonce ever reserved on the lane and not released.
    virtual Result<std::optional<Nonce>> highest_nonce(const Lane& lane) = 0;
    /// Writes slot, budget charge and preimage, and moves the intent to `reserved`.
    /// @return conflict: the slot is taken or the intent already has one
    virtual Status reserve(const Reservation& reservation) = 0;
    virtual Status record(const AuditEntry& entry) = 0;
};

/// Implemented by the store. Blocking; call it off the I/O threads.
class Ledger {
public:
    virtual ~Ledger() = default;
    /// Runs `body` in one serializable transaction; it is durable (fsynced) when this returns a
    /// value, and nothing of it happened when this returns an error or `body` did.
    virtual Status transact(const std::function<Status(LedgerTransaction&)>& body) = 0;
    /// @return not_found: nothing reserved (or released) for this intent
    virtual Result<Reservation> reservation(const std::string& intent_id) = 0;
};

}  // namespace chela::policy
