#pragma once

#include "chains/base/result.hpp"
#include "policy/ledger/ledger.hpp"
#include "sidecar/store/bundles.hpp"
#include "sidecar/store/outbox.hpp"
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
    /// The charges of these meters that were settled at or after `since`, and all that are still
    /// open (their time is kStillOpen). In the order in which they were made.
    [[nodiscard]] virtual Result<std::vector<policy::SpentCharge>> charges(
        const std::vector<policy::MeterKey>& meters, TimePoint since) = 0;

    /// @return conflict E_OPERATOR_EXISTS: another key has this name
    [[nodiscard]] virtual Status insert_admin_key(
        const AdminKeyRecord& key, const policy::AuditEntry& audit) = 0;
    /// Those that hold, oldest first.
    [[nodiscard]] virtual Result<std::vector<AdminKeyRecord>> admin_keys() = 0;
    /// For good: nobody comes in with it any more, and what "admin:<id>" approved and is not signed
    /// yet lacks that approval. Its name is free again.
    /// @return not_found; conflict E_LAST_OPERATOR: there is no other
    [[nodiscard]] virtual Status remove_admin_key(
        const std::string& id, const policy::AuditEntry& audit) = 0;
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
    /// @return not_found: this agent has submitted nothing by that key
    [[nodiscard]] virtual Result<IntentRecord> intent_by_key(
        const std::string& agent_id, const std::string& idempotency_hash) = 0;
    /// @param hash  of any transaction that was ever signed for it
    /// @return not_found: none was signed for this agent
    [[nodiscard]] virtual Result<IntentRecord> intent_by_transaction(
        const std::string& agent_id, const TxHash& hash) = 0;
    /// Newest first. @param agent_id  empty: all agents
    [[nodiscard]] virtual Result<std::vector<IntentRecord>> intents(
        const std::string& agent_id, std::size_t limit) = 0;

    /// Moves an intent that holds no reservation (received, awaiting_approval) to a final state;
    /// its pending approval ends. @return conflict: it holds one, or is final already
    [[nodiscard]] virtual Status finish_unreserved(const IntentRecord& intent) = 0;
    /// Facts found before the reservation (fees, simulation id …) of an intent in state `received`.
    [[nodiscard]] virtual Status update_received(const IntentRecord& intent) = 0;

    /// awaiting_approval → received, for the fresh decision that follows an approval. Idempotent.
    /// @return conflict E_APPROVAL_NOT_GIVEN: its approval is not approved, or void at `at`
    [[nodiscard]] virtual Status return_to_received(const std::string& id, TimePoint at) = 0;

    /// The attempt that is reserved gets its bytes; of the first one, reserved → signed_ (or
    /// sign_only). Bytes and hash are durable when this returns; a second, different hash of one
    /// attempt is a conflict.
    [[nodiscard]] virtual Status store_signature(
        const std::string& id, const Bytes& signed_bytes, const TxHash& hash, TimePoint at) = 0;
    /// reserved → signed_message, of anything else. Durable when this returns; the charges stay
    /// open, since the signature can take effect at any time. Idempotent with the same result.
    /// @param result  JSON text with signature and hashes
    [[nodiscard]] virtual Status store_message_signature(
        const std::string& id, const std::string& result, TimePoint at) = 0;
    /// Settles signatures (not transactions) that can do nothing any more: `valid_until` is past by
    /// more than the margin that chains' clocks may be behind. @return how many
    [[nodiscard]] virtual Result<std::size_t> settle_lapsed_signatures(TimePoint now) = 0;
    /// sign_only → signed_: its caller leaves the sending to chela. Nothing changes for one that
    /// chela sends already, or that is mined.
    /// @param audit  recorded when something changes
    /// @return conflict E_INTENT_STATE: it was never signed, or was given up
    [[nodiscard]] virtual Result<IntentRecord> hand_over(
        const std::string& id, const policy::AuditEntry& audit) = 0;
    /// A node has the last attempt; signed_ → broadcast. Idempotent.
    /// @param head  the chain's, then; the first one stays
    [[nodiscard]] virtual Status mark_broadcast(
        const std::string& id, BlockNumber head, TimePoint at) = 0;
    /// Why the last attempt to sign or to send did not succeed; the state stays.
    [[nodiscard]] virtual Status note_problem(
        const std::string& id,
        const std::string& code,
        const std::string& message,
        TimePoint at) = 0;
    /// Its last attempt may not pay what the chain asks for: signed_, broadcast → stalled; what is
    /// being cancelled stays so. Ends a wish to speed up.
    [[nodiscard]] virtual Status mark_stalled(
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
        bool is_final{};       ///< enough confirmations: → confirmed, reverted, or, of an attempt
                               ///< that does nothing, cancelled or failed; reservation settled
        unsigned attempt = 1;  ///< the one that was mined
        /// What it paid, when it is final and two nodes at least show the same: its budgets are
        /// charged with what the chain did, else they stay at the worst case.
        // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
        std::optional<Wei> paid{};
    };
    [[nodiscard]] virtual Status mark_included(
        const std::string& id, const Inclusion& inclusion, TimePoint at) = 0;
    /// mined → broadcast (or cancelling): the block is gone.
    [[nodiscard]] virtual Status mark_reorged(const std::string& id, TimePoint at) = 0;
    /// reserved → failed (cancelling → cancelled or failed), budget and slot released; only when
    /// nothing was signed and (of a transaction) no higher nonce is taken on the lane.
    /// @return conflict: signed, or not the lane's last nonce (nothing changed)
    [[nodiscard]] virtual Status release_unsigned(
        const std::string& id,
        const std::string& code,
        const std::string& message,
        TimePoint at) = 0;

    /// It is not wanted any more. One that holds no nonce ends as cancelled; one that does becomes
    /// cancelling, and what is mined decides. Idempotent.
    /// @param goal  cancel or fill
    /// @param code  why, for its end
    /// @param audit  recorded when something changes
    /// @return conflict E_ALREADY_MINED, E_INTENT_STATE: it is final
    [[nodiscard]] virtual Result<IntentRecord> give_up(
        const std::string& id,
        chains::lane::Goal goal,
        const std::string& code,
        const std::string& message,
        const policy::AuditEntry& audit) = 0;
    /// Its last attempt is to be bumped at once.
    /// @param fees  "market", or "MAX_FEE/TIP" in wei
    /// @return conflict E_INTENT_STATE: it is not signed, or mined, or its caller sends it
    [[nodiscard]] virtual Result<IntentRecord> want_speed_up(
        const std::string& id, const std::string& fees, const policy::AuditEntry& audit) = 0;
    /// All that was signed for it, in order.
    [[nodiscard]] virtual Result<std::vector<AttemptRecord>> attempts(const std::string& id) = 0;

    /// Intents that hold a nonce and are not final, ordered by chain, address, nonce.
    [[nodiscard]] virtual Result<std::vector<IntentRecord>> open_intents() = 0;
    /// Those of one lane, by nonce.
    [[nodiscard]] virtual Result<std::vector<IntentRecord>> open_intents_of(
        const policy::Lane& lane) = 0;
    /// Intents without a nonce in state `reserved`: signing of a message was interrupted, when
    /// called at start. Oldest first.
    [[nodiscard]] virtual Result<std::vector<IntentRecord>> unsigned_messages() = 0;
    /// Intents in state `received` (interrupted, when called at start).
    [[nodiscard]] virtual Result<std::vector<IntentRecord>> received_intents() = 0;
};

class SimulationStore {
public:
    /// Of one agent's that belong to no intent: the newest.
    static constexpr std::size_t kKeptSimulations = 1'000;

    virtual ~SimulationStore() = default;
    /// @return conflict: the id is taken; not_found: no such agent; out_of_range: a block number
    /// over 2^63-1
    [[nodiscard]] virtual Status insert_simulation(const SimulationRecord& simulation) = 0;
    /// @return not_found
    [[nodiscard]] virtual Result<SimulationRecord> simulation(const std::string& id) = 0;
};

/// Lanes, each written by one owner: whoever took it last. Every write about a nonce (reserve,
/// store_signature, mark_…, release_unsigned) by anybody else is refused: unavailable
/// E_LANE_TAKEN.
class LaneStore {
public:
    virtual ~LaneStore() = default;
    /// This store object owns the lane from now on; the epoch goes up. Nothing happens when it does
    /// already. @return the epoch
    [[nodiscard]] virtual Result<std::int64_t> own_lane(const policy::Lane& lane) = 0;
    /// Its open slots, by nonce. A snapshot.
    [[nodiscard]] virtual Result<std::vector<SlotRecord>> slots(const policy::Lane& lane) = 0;
    /// May these bytes leave the process? They may when their hash is durable, and this store
    /// object owns the lane. @return internal E_NOT_DURABLE; unavailable E_LANE_TAKEN
    [[nodiscard]] virtual Status check_sendable(const policy::Lane& lane, const TxHash& hash) = 0;
    /// The bytes that were mined, or else signed last, of final intents with such nonces.
    [[nodiscard]] virtual Result<std::vector<AttemptRecord>> final_attempts(
        const policy::Lane& lane, Nonce from, Nonce before) = 0;
    /// Nothing new is signed or sent on it until it is unfrozen. Idempotent: the first reason
    /// stays.
    /// @param nonce  that is in trouble; one that an operator gave up for lost is none
    [[nodiscard]] virtual Status freeze_lane(
        const policy::Lane& lane, Nonce nonce, const std::string& reason, TimePoint at) = 0;
    /// @param lost_below  somebody else used the nonces below it: none of them is given out any
    /// more, and intents that hold one and are not mined end as failed E_NONCE_FOREIGN, their
    /// budgets charged; empty: the reason is gone
    /// @return not_found: nobody ever used the lane; conflict E_LANE_NOT_FROZEN: and it has open
    /// intents, or nothing is to be lost
    [[nodiscard]] virtual Result<LaneRecord> unfreeze_lane(
        const policy::Lane& lane,
        std::optional<Nonce> lost_below,
        const policy::AuditEntry& audit) = 0;
    /// @return not_found
    [[nodiscard]] virtual Result<LaneRecord> lane(const policy::Lane& lane) = 0;
    /// No nonce of it was ever given out and kept, nor given up for lost.
    [[nodiscard]] virtual Result<bool> is_fresh(const policy::Lane& lane) = 0;
    [[nodiscard]] virtual Result<std::vector<LaneRecord>> lanes() = 0;
};

class PolicyStore {
public:
    virtual ~PolicyStore() = default;
    /// Stores the version and makes it the active one of its id. `is_active` is not read.
    /// @return what is active now; the same text again changes nothing. invalid_input: the
    /// canonical text does not load, or is not of this id, version and digest; conflict
    /// E_POLICY_VERSION: not above every version that this id ever had
    [[nodiscard]] virtual Result<PolicyRecord> activate_policy(
        const PolicyRecord& policy, const policy::AuditEntry& audit) = 0;
    /// Several at once, then the organisation's document; all of it or nothing, in one transaction.
    /// @return as activate_policy
    [[nodiscard]] virtual Status activate_policies(
        const std::vector<PolicyActivation>& policies,
        const std::optional<OrganizationChange>& organization) = 0;
    /// No version of it is active any more: agents bound to it sign nothing. @return not_found
    [[nodiscard]] virtual Status deactivate_policy(
        const std::string& id, const policy::AuditEntry& audit) = 0;
    /// The active version. @return not_found
    [[nodiscard]] virtual Result<PolicyRecord> policy(const std::string& id) = 0;
    [[nodiscard]] virtual Result<PolicyRecord> policy_by_digest(const Hash256& digest) = 0;
    /// All that any agent has or had, in no order.
    [[nodiscard]] virtual Result<std::vector<policy::Guardrails>> past_guardrails() = 0;
    /// All versions, by id and version.
    [[nodiscard]] virtual Result<std::vector<PolicyRecord>> policies() = 0;
    /// The document above every agent's own; empty: none.
    [[nodiscard]] virtual Result<std::optional<std::string>> organization_policy() = 0;
    [[nodiscard]] virtual Status set_organization_policy(
        const std::optional<std::string>& id, const policy::AuditEntry& audit) = 0;

    [[nodiscard]] virtual Result<policy::DecisionEntry> decision(const std::string& id) = 0;
    /// Those about an intent, oldest first.
    [[nodiscard]] virtual Result<std::vector<policy::DecisionEntry>> decisions(
        const std::string& intent_id) = 0;
};

class ApprovalStore {
public:
    virtual ~ApprovalStore() = default;
    /// A pending one, and its intent goes received → awaiting_approval; an earlier one of the
    /// intent is void. Recorded in the audit chain ("approval.requested").
    /// @return conflict: the intent is not `received`, or of another agent or fingerprint
    [[nodiscard]] virtual Status insert_approval(const ApprovalRecord& approval) = 0;
    /// @return not_found
    [[nodiscard]] virtual Result<ApprovalRecord> approval(const std::string& id) = 0;
    /// Newest first. @param status  empty: any
    [[nodiscard]] virtual Result<std::vector<ApprovalRecord>> approvals(
        std::optional<ApprovalStatus> status, std::size_t limit, std::size_t offset) = 0;
    /// Those about one agent's intents.
    [[nodiscard]] virtual Result<std::vector<ApprovalRecord>> approvals_of(
        const std::string& agent_id,
        std::optional<ApprovalStatus> status,
        std::size_t limit,
        std::size_t offset) = 0;
    /// The latest one of an intent; empty: nobody was asked.
    [[nodiscard]] virtual Result<std::optional<ApprovalRecord>> approval_of_intent(
        const std::string& intent_id) = 0;
    /// How many wait for people.
    [[nodiscard]] virtual Result<std::size_t> pending_approvals() = 0;
    /// Approved once `minimum` different approvers said yes (the intent stays awaiting_approval
    /// until return_to_received); one reject rejects it and denies the intent
    /// (E_APPROVAL_REJECTED). Recorded in the audit chain ("approval.voted").
    /// @param approver  the audit entry's actor: a person or an operator's key, never an agent
    /// @return the approval afterwards; not_found; conflict E_APPROVAL_DECIDED, E_APPROVAL_EXPIRED,
    /// E_APPROVAL_VOTED (this approver did already); denied E_APPROVAL_BY_AGENT
    [[nodiscard]] virtual Result<ApprovalRecord> vote(
        const std::string& id,
        const std::string& approver,
        Vote vote,
        const std::string& reason,
        TimePoint now) = 0;
    /// Intents that people have approved, whose approval holds at `now`, and which nothing was done
    /// with yet. Oldest approval first.
    [[nodiscard]] virtual Result<std::vector<std::string>> approved_intents(
        TimePoint now, std::size_t limit) = 0;
    /// Ends what nobody decided or nobody used in time; the intents that still wait are denied
    /// (E_APPROVAL_EXPIRED). Recorded in the audit chain ("approval.expired").
    /// @return those that lapsed now
    [[nodiscard]] virtual Result<std::vector<ApprovalRecord>> expire_approvals(TimePoint now) = 0;
};

class ChainStore {
public:
    virtual ~ChainStore() = default;
    /// @return conflict E_CHAIN_EXISTS: its id or name is stored already; out_of_range: a chain id
    /// over 2^63-1
    [[nodiscard]] virtual Status insert_chain(
        const ChainRecord& chain, const policy::AuditEntry& audit) = 0;
    /// Reads the chain, lets `change` edit it, writes it back with the audit entry, all in one
    /// transaction. Name, id and created_at never change.
    /// @return not_found E_NO_CHAIN, or what `change` returned (nothing is written then)
    [[nodiscard]] virtual Result<ChainRecord> update_chain(
        ChainId id,
        const policy::AuditEntry& audit,
        const std::function<Status(ChainRecord&)>& change) = 0;
    /// @return not_found E_NO_CHAIN; conflict E_CHAIN_IN_USE: an intent of this chain holds a nonce
    /// or waits for approval
    [[nodiscard]] virtual Status remove_chain(ChainId id, const policy::AuditEntry& audit) = 0;
    /// By chain id.
    [[nodiscard]] virtual Result<std::vector<ChainRecord>> chains() = 0;
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
              public LaneStore,
              public SimulationStore,
              public PolicyStore,
              public ApprovalStore,
              public ChainStore,
              public BundleStore,
              public AuditStore,
              public EventStore,
              public WebhookStore,
              public policy::Ledger {
public:
    [[nodiscard]] virtual std::string org_id() const = 0;  ///< uuid made when the database was
    /// Another number after each commit, of this process or another one: what was read since it was
    /// what it is now still stands. Waits for nobody. @return empty: it cannot be told now
    [[nodiscard]] virtual std::optional<std::int64_t> change_mark() = 0;
    /// Writes a little, durably. @return unavailable E_STORE_UNAVAILABLE (a full disk, a read-only
    /// one), E_STORE_BUSY
    [[nodiscard]] virtual Status check_writable() = 0;
    /// @param listener  hears of each commit how many calls shared it, from any thread; it must
    /// neither block nor throw. Set it before other threads call.
    virtual void report_commits_to(std::function<void(std::size_t)> listener) = 0;
};

enum class OpenMode : std::uint8_t {
    create,
    existing,
    upgrade  ///< existing, and brought up to date: nobody else may have it open, as whoever does
             ///< writes what the old schema says
};

/// SQLite through SOCI: WAL, synchronous=FULL, foreign keys on, 0600. Several processes may open it
/// (the CLI beside serve).
/// @return not_found / conflict by mode; unavailable: locked or unreadable, E_SCHEMA_OLD: has to be
/// upgraded; unsupported: a newer schema
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(
    const std::filesystem::path& path, OpenMode mode);

}  // namespace chela::sidecar::store
