#pragma once

#include "chains/base/result.hpp"
#include "policy/ledger/ledger.hpp"
#include "sidecar/store/records.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::store {

// Every call blocks (it waits for the disk), is durable when it returns, and is safe from any
// thread.

class AgentStore {
public:
    virtual ~AgentStore() = default;
    [[nodiscard]] virtual Status insert_agent(
        const AgentRecord& agent, const policy::AuditEntry& audit) = 0;
    /// Reads the agent, lets `change` edit it, writes it back with the audit entry, all in one
    /// transaction.
    /// @return not_found, or what `change` returned (nothing is written then)
    [[nodiscard]] virtual Result<AgentRecord> update_agent(
        const std::string& id,
        const policy::AuditEntry& audit,
        const std::function<Status(AgentRecord&)>& change) = 0;
    [[nodiscard]] virtual Result<AgentRecord> agent(const std::string& id) = 0;
    [[nodiscard]] virtual Result<std::vector<AgentRecord>> agents() = 0;
    /// All agents whose API key starts so (nearly always none or one).
    [[nodiscard]] virtual Result<std::vector<AgentRecord>> agents_by_key_prefix(
        const std::string& prefix) = 0;
    virtual Status touch_agent(const std::string& id, TimePoint at) = 0;
    [[nodiscard]] virtual Result<std::vector<policy::SpendEntry>> spends(
        const std::string& agent_id, TimePoint since) = 0;

    [[nodiscard]] virtual Status insert_admin_key(const AdminKeyRecord& key) = 0;
    [[nodiscard]] virtual Result<std::vector<AdminKeyRecord>> admin_keys() = 0;
};

class KeyStore {
public:
    virtual ~KeyStore() = default;
    /// @return conflict: label or address exists
    [[nodiscard]] virtual Status insert_key(
        const SigningKeyRecord& key, const policy::AuditEntry& audit) = 0;
    [[nodiscard]] virtual Result<std::vector<SigningKeyRecord>> keys() = 0;
    /// @param id_or_label  either
    [[nodiscard]] virtual Result<SigningKeyRecord> key(const std::string& id_or_label) = 0;
    /// For good: there is no way back. The audit entry's subject is the key's id.
    /// @return not_found; conflict E_KEY_RETIRED: it is already; E_KEY_IN_USE: an active agent has
    /// it, or an intent that holds a nonce is not final
    [[nodiscard]] virtual Status retire_key(
        const std::string& id, const policy::AuditEntry& audit) = 0;
};

struct InsertedIntent {
    IntentRecord intent;
    bool is_new{};
};

class IntentStore {
public:
    virtual ~IntentStore() = default;
    /// Idempotent by (agent, idempotency hash).
    /// @return the stored intent and whether this call made it; conflict E_IDEMPOTENCY_MISMATCH:
    /// same key, other fingerprint
    [[nodiscard]] virtual Result<InsertedIntent> insert_intent(const IntentRecord& intent) = 0;
    [[nodiscard]] virtual Result<IntentRecord> intent(const std::string& id) = 0;
    /// Newest first. @param agent_id  empty: all agents
    [[nodiscard]] virtual Result<std::vector<IntentRecord>> intents(
        const std::string& agent_id, std::size_t limit) = 0;

    /// Moves an intent that holds no nonce to a final state. @return conflict: it holds one, or is
    /// final already
    [[nodiscard]] virtual Status finish_unreserved(const IntentRecord& intent) = 0;
    /// Facts found before the reservation (fees, simulation id …) of an intent in state `received`.
    [[nodiscard]] virtual Status update_received(const IntentRecord& intent) = 0;

    /// reserved → signed_ (or sign_only). Bytes and hash are durable when this returns; a second,
    /// different hash is a conflict.
    [[nodiscard]] virtual Status store_signature(
        const std::string& id, const Bytes& signed_bytes, const TxHash& hash, TimePoint at) = 0;
    /// signed_ → broadcast. Idempotent.
    [[nodiscard]] virtual Status mark_broadcast(const std::string& id, TimePoint at) = 0;
    /// Why the last attempt to sign or to send did not succeed; the state stays.
    [[nodiscard]] virtual Status note_problem(
        const std::string& id,
        const std::string& code,
        const std::string& message,
        TimePoint at) = 0;
    /// A receipt was seen; moves to mined, and settles budgets when final.
    struct Inclusion {
        BlockNumber block_number;
        BlockHash block_hash;
        Gas gas_used;
        bool succeeded{};
        bool is_final{};  ///< enough confirmations: → confirmed or reverted, reservation settled
    };
    [[nodiscard]] virtual Status mark_included(
        const std::string& id, const Inclusion& inclusion, TimePoint at) = 0;
    /// mined → broadcast: the block is gone.
    [[nodiscard]] virtual Status mark_reorged(const std::string& id, TimePoint at) = 0;
    /// reserved → failed, budget and nonce released; only when nothing was signed and no higher
    /// nonce is taken on the lane.
    /// @return conflict: signed, or not the lane's last nonce (nothing changed)
    [[nodiscard]] virtual Status release_unsigned(
        const std::string& id,
        const std::string& code,
        const std::string& message,
        TimePoint at) = 0;

    /// Intents that hold a nonce and are not final, ordered by chain, address, nonce.
    [[nodiscard]] virtual Result<std::vector<IntentRecord>> open_intents() = 0;
    /// Those of one lane, by nonce.
    [[nodiscard]] virtual Result<std::vector<IntentRecord>> open_intents_of(
        const policy::Lane& lane) = 0;
    /// Intents in state `received` (interrupted, when called at start).
    [[nodiscard]] virtual Result<std::vector<IntentRecord>> received_intents() = 0;

    [[nodiscard]] virtual Status insert_simulation(const SimulationRecord& simulation) = 0;
};

class AuditStore {
public:
    virtual ~AuditStore() = default;
    virtual Status record(const policy::AuditEntry& entry) = 0;
    [[nodiscard]] virtual Result<std::vector<AuditRecord>> audit_records(
        std::int64_t after, std::size_t limit) = 0;
    /// Recomputes the chain. @return internal naming the first broken sequence number
    [[nodiscard]] virtual Status verify_audit_chain() = 0;
};

/// One database that is all of these.
class Store : public AgentStore,
              public KeyStore,
              public IntentStore,
              public AuditStore,
              public policy::Ledger {
public:
    [[nodiscard]] virtual std::string org_id() const = 0;  ///< uuid made when the database was
};

enum class OpenMode : std::uint8_t { create, existing };

/// SQLite through SOCI: WAL, synchronous=FULL, foreign keys on, 0600. Several processes may open it
/// (the CLI beside serve).
/// @return not_found / conflict by mode; unavailable: locked or unreadable; unsupported: a newer
/// schema. An older schema is brought up to date.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(
    const std::filesystem::path& path, OpenMode mode);

}  // namespace chela::sidecar::store
