#pragma once

#include "chains/base/units.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "chains/lane/lane.hpp"
#include "chains/registry/registry.hpp"
#include "policy/ledger/ledger.hpp"
#include "policy/rules/document.hpp"
#include "policy/rules/guardrails.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::store {

/// Where a private key lives.
enum class KeyBackend : std::uint8_t {
    token,     ///< a PKCS#11 token, by CKA_ID
    keystore,  ///< a Web3 Secret Storage file, by address
    authority  ///< an authority elsewhere, by the agent's id
};
[[nodiscard]] std::string_view to_string(KeyBackend backend);

struct SigningKeyRecord {
    std::string id;     ///< uuid
    std::string label;  ///< unique; CKA_LABEL
    KeyBackend backend{KeyBackend::token};
    Bytes token_id;  ///< CKA_ID, or the agent's id at its authority; empty in a keystore
    chains::PublicKey public_key;         ///< pinned
    Address address;                      ///< pinned, unique
    std::optional<TimePoint> retired_at;  ///< signs no more
    TimePoint created_at;
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::string authority{};  ///< its origin, pinned; empty in the other back ends
};

struct AdminKeyRecord {
    std::string id;
    std::string prefix;
    Hash256 hash;
    TimePoint created_at;
    std::string name = "first";  ///< whose it is; the first is the one of `chela init`
    bool only_approves = false;  ///< reads and decides approvals, and changes nothing else
};

struct AgentRecord {
    std::string id;
    std::string name;
    std::string description;
    std::vector<std::string> scopes;
    std::vector<std::string> vault_ids;
    bool is_active = true;
    bool intents_api_enabled = false;
    policy::Guardrails guardrails;
    std::optional<std::string> policy_id;  ///< the document that the agent is bound to
    std::optional<std::int64_t> token_ttl_seconds;
    std::string api_key_prefix;
    Hash256 api_key_hash;
    std::optional<TimePoint> api_key_expires_at;
    std::optional<TimePoint> expires_at;
    std::optional<TimePoint> last_active_at;
    std::int64_t credential_generation = 1;  ///< goes up on every rotation and deactivation
    std::optional<std::string> signing_key_id;
    std::string created_by;
    TimePoint created_at;
};

/// The durable life of an intent. Source: signers-and-lifecycle, 6.1 (the states this slice uses).
enum class IntentState : std::uint8_t {
    received,           ///< stored; nothing decided, no nonce held
    awaiting_approval,  ///< people must agree first; no nonce held
    denied,             ///< final: policy said no
    simulation_failed,  ///< final: would revert
    failed,    ///< final: nothing was signed (bad input found late, interrupted before a nonce, …)
    reserved,  ///< nonce, budget and preimage durable; not signed yet
    // NOLINTNEXTLINE(readability-identifier-naming): `signed` is a keyword
    signed_,        ///< bytes and hash durable; not known to a node yet
    sign_only,      ///< signed for the caller, who sends it; its nonce is watched
    broadcast,      ///< a node has it
    stalled,        ///< a node has it, and it may not pay what the chain asks for by now
    cancelling,     ///< not wanted any more: what is mined, it or nothing in its place, decides
    mined,          ///< in a block, waiting for confirmations
    confirmed,      ///< final: executed, status 1
    reverted,       ///< final: mined with status 0
    cancelled,      ///< final: it never takes effect, since it was not wanted any more
    signed_message  ///< final: a signature that is no transaction was made; it may take effect
                    ///< later
};
[[nodiscard]] std::string_view to_string(IntentState state);
[[nodiscard]] bool is_final(IntentState state);

struct IntentRecord {
    std::string id;
    std::string agent_id;
    std::string idempotency_hash;  ///< SHA-256 hex of the Idempotency-Key
    std::string fingerprint;       ///< SHA-256 hex of the canonical request
    IntentState state{IntentState::received};
    policy::Operation operation{policy::Operation::transaction};
    bool sign_only = false;
    chains::lane::Goal goal{chains::lane::Goal::execute};
    std::string chain;  ///< the registry's name; empty: a message that names none
    ChainId chain_id;   ///< 0: a message that names none
    std::string signing_key_id;
    Address from;
    std::optional<Address> to;
    std::optional<unsigned> mined_attempt;  ///< number of the one that is in a block
    Wei value;
    std::optional<Nonce> nonce;
    std::string max_fee_per_gas;  ///< wei, decimal; empty for legacy or when not yet priced
    std::string max_priority_fee_per_gas;
    Bytes preimage;      ///< unsigned encoding of the last attempt; empty before reserved
    Bytes signed_bytes;  ///< of the attempt that was mined, else of the last; empty before signed
    std::optional<TxHash> hash;  ///< of signed_bytes
    std::string simulation_id;
    std::string simulation_status;
    std::string error_code;  ///< stable reason
    std::string error_message;
    std::string violations;   ///< JSON array text of {code, detail}; empty unless denied or held
    std::string request;      ///< JSON text, written once: a held intent is worked on later
    std::string result;       ///< of signed_message: JSON text with signature and hashes
    std::string decision_id;  ///< the latest decision about it; written by the ledger
    std::string approval_id;  ///< the latest that people were asked; written by insert_approval
    std::string end_code;     ///< why it is to end unmined, unless goal is execute
    std::string speed_up;     ///< "market" or "MAX_FEE/TIP" in wei: bump it now
    std::optional<TimePoint> valid_until;  ///< after it, it is cancelled
    std::optional<BlockNumber> block_number;
    std::optional<BlockHash> block_hash;
    std::optional<Gas> gas_used;
    TimePoint created_at;
    TimePoint updated_at;
    std::optional<TimePoint> signed_at;
};

/// Its caller has the bytes, or will: chela hands them to no node, and watches their nonce.
[[nodiscard]] bool waits_for_its_caller(const IntentRecord& intent);

/// A signed transaction of an intent's nonce.
struct AttemptRecord {
    unsigned number = 1;
    chains::lane::AttemptKind kind{chains::lane::AttemptKind::normal};
    Bytes signed_bytes;
    TxHash hash;
    std::optional<BlockNumber> seen_at;  ///< the head when a node first confirmed it
    TimePoint signed_at;
};

/// A nonce of a lane, with the intent that holds it.
struct SlotRecord {
    IntentRecord intent;
    std::vector<AttemptRecord> attempts;                     ///< in order
    std::optional<chains::lane::AttemptKind> unsigned_kind;  ///< approved, durable, not signed yet
};

struct LaneRecord {
    policy::Lane lane;
    std::int64_t epoch{};  ///< goes up with each owner
    Nonce next_floor;      ///< no nonce below it is given out
    std::optional<TimePoint> frozen_at;
    std::string frozen_reason;
    std::optional<Nonce> highest;  ///< ever given out
    std::size_t open{};            ///< intents that hold a nonce and are not final
};

/// One version of a policy document. Of all versions of an id at most one is active.
struct PolicyRecord {
    std::string id;
    std::uint64_t version{};
    Hash256 digest;         ///< of the canonical text; unique
    std::string canonical;  ///< canonical JSON text
    std::string source;     ///< as the operator wrote it
    TimePoint activated_at;
    std::string activated_by;
    bool is_active{};
};

/// One document to activate, and its audit entry.
struct PolicyActivation {
    PolicyRecord policy;
    policy::AuditEntry audit;
};

/// The document above every agent's own; empty: none.
struct OrganizationChange {
    std::optional<std::string> id;
    policy::AuditEntry audit;
};

enum class ApprovalStatus : std::uint8_t {
    pending,
    approved,  ///< enough people said yes; void after expires_at
    rejected,
    expired  ///< nobody decided or nothing was signed in time, or a later request replaced it
};
[[nodiscard]] std::string_view to_string(ApprovalStatus status);
[[nodiscard]] std::optional<ApprovalStatus> parse_approval_status(std::string_view word);

enum class Vote : std::uint8_t { reject, approve };
[[nodiscard]] std::string_view to_string(Vote vote);

struct ApprovalVote {
    std::string approver;
    Vote vote{Vote::reject};
    std::string reason;
    TimePoint at;
    bool operator==(const ApprovalVote&) const = default;
};

/// What people are asked before an intent may be signed, and what they said.
struct ApprovalRecord {
    std::string id;
    std::string intent_id;
    std::string agent_id;
    std::string action;                   ///< the operation in words, for lists
    std::string summary;                  ///< JSON object text: what they see
    std::string fingerprint;              ///< of the intent that they see
    std::vector<Hash256> policy_digests;  ///< of the policies that asked, in order
    std::string quorum_of;                ///< who may vote, "operators"
    unsigned minimum = 1;                 ///< different approvers
    TimePoint expires_at;
    ApprovalStatus status{ApprovalStatus::pending};
    TimePoint created_at;
    std::optional<TimePoint> decided_at;
    std::string decision_reason;
    std::vector<ApprovalVote> votes;  ///< in order; never written by insert_approval
};

/// A chain that was added while chela ran; those of chela.yaml are not stored.
struct ChainRecord {
    /// All of it but max_fee_per_transaction, which is the member below.
    chains::Chain chain;
    std::string rpc_url;  ///< secret: path and user info often hold a key; empty: none
    std::string ws_url;   ///< secret as well
    std::optional<Wei> max_fee_per_transaction;  ///< empty: nobody has said, so nothing is signed
    TimePoint created_at;
    TimePoint updated_at;
    bool operator==(const ChainRecord&) const = default;
};

struct SimulationRecord {
    std::string id;
    std::string agent_id;
    std::string intent_id;  ///< empty for a simulation of its own
    std::string body;       ///< SimulationResponse as JSON text
    TimePoint created_at;
    std::string provider;  ///< empty of those that were kept before it was
    bool is_degraded{};
    std::optional<Hash256> transaction_digest;  ///< of the very transaction; empty: it was none
    std::optional<BlockNumber> block_number;    ///< whose state it ran on
    std::optional<BlockHash> block_hash;        ///< set exactly when it was pinned by it
};

struct AuditRecord {
    std::int64_t sequence{};
    TimePoint at;
    std::string actor;
    std::string action;
    std::string subject;
    std::string detail;
    std::string previous_hash;  ///< SHA-256 hex
    std::string hash;           ///< SHA-256 hex over previous hash and all fields
};

}  // namespace chela::sidecar::store
