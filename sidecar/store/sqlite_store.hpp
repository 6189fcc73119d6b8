#pragma once

#include "sidecar/store/change_mark.hpp"
#include "sidecar/store/connection.hpp"
#include "sidecar/store/lane_ownership.hpp"
#include "sidecar/store/policy_cache.hpp"
#include "sidecar/store/store.hpp"

#include <chrono>

namespace chela::sidecar::store {

struct SqliteOptions {
    std::chrono::milliseconds busy_timeout{
        5000};  ///< how long to wait for another process's transaction
    /// Asked around each commit, for tests of crashes: an error is what all who share the commit
    /// get, as if the process had ended there. Empty: none.
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    Failpoint failpoint{};
};

/// As open_sqlite(path, mode), with options.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(
    const std::filesystem::path& path, OpenMode mode, const SqliteOptions& options);

/// The methods are in one file a subject: agents, admin_keys, keys, intents, intent_states,
/// lane_moves, lanes, message_signatures, policies, approvals, bundles, chains, ledger, audit,
/// events, webhooks.
class SqliteStore final : public Store {
public:
    SqliteStore(
        std::unique_ptr<Connection> connection,
        std::unique_ptr<ChangeMark> change_mark,
        std::string org_id)
        : connection_{std::move(connection)},
          change_mark_{std::move(change_mark)},
          org_id_{std::move(org_id)} {}

    [[nodiscard]] std::string org_id() const override { return org_id_; }
    std::optional<std::int64_t> change_mark() override { return change_mark_->read(); }
    Status check_writable() override;
    void report_commits_to(std::function<void(std::size_t)> listener) override {
        connection_->report_commits_to(std::move(listener));
    }

    Status insert_agent(const AgentRecord& agent, const policy::AuditEntry& audit) override;
    Result<AgentRecord> update_agent(
        const std::string& id,
        const policy::AuditEntry& audit,
        const std::function<Status(AgentRecord&)>& change) override;
    Result<AgentRecord> agent(const std::string& id) override;
    Result<std::vector<AgentRecord>> agents() override;
    Result<std::vector<AgentRecord>> agents_by_key_prefix(const std::string& prefix) override;
    Status touch_agent(const std::string& id, TimePoint at) override;
    Result<std::vector<policy::SpentCharge>> charges(
        const std::vector<policy::MeterKey>& meters, TimePoint since) override;

    Status insert_admin_key(const AdminKeyRecord& key, const policy::AuditEntry& audit) override;
    Result<std::vector<AdminKeyRecord>> admin_keys() override;
    Status remove_admin_key(const std::string& id, const policy::AuditEntry& audit) override;
    Status insert_key(const SigningKeyRecord& key, const policy::AuditEntry& audit) override;
    Result<std::vector<SigningKeyRecord>> keys() override;
    Result<SigningKeyRecord> key(const std::string& id_or_label) override;
    [[nodiscard]] Status retire_key(
        const std::string& id, const policy::AuditEntry& audit) override;

    Result<InsertedIntent> insert_intent(const IntentRecord& intent) override;
    Result<IntentRecord> intent(const std::string& id) override;
    Result<IntentRecord> intent_by_key(
        const std::string& agent_id, const std::string& idempotency_hash) override;
    Result<IntentRecord> intent_by_transaction(
        const std::string& agent_id, const TxHash& hash) override;
    Result<std::vector<IntentRecord>> intents(
        const std::string& agent_id, std::size_t limit) override;
    Result<std::vector<IntentRecord>> open_intents() override;
    Result<std::vector<IntentRecord>> open_intents_of(const policy::Lane& lane) override;
    Result<std::vector<IntentRecord>> unsigned_messages() override;
    Result<std::vector<IntentRecord>> received_intents() override;
    Status insert_simulation(const SimulationRecord& simulation) override;
    Result<SimulationRecord> simulation(const std::string& id) override;

    Status finish_unreserved(const IntentRecord& intent) override;
    Status update_received(const IntentRecord& intent) override;
    Status return_to_received(const std::string& id, TimePoint at) override;
    Status store_message_signature(
        const std::string& id, const std::string& result, TimePoint at) override;
    Result<std::size_t> settle_lapsed_signatures(TimePoint now) override;
    Status store_signature(
        const std::string& id,
        const Bytes& signed_bytes,
        const TxHash& hash,
        TimePoint at) override;
    Status mark_broadcast(const std::string& id, BlockNumber head, TimePoint at) override;
    Status mark_stalled(
        const std::string& id,
        const std::string& code,
        const std::string& message,
        TimePoint at) override;
    Status note_problem(
        const std::string& id,
        const std::string& code,
        const std::string& message,
        TimePoint at) override;
    Status mark_included(const std::string& id, const Inclusion& inclusion, TimePoint at) override;
    Status mark_reorged(const std::string& id, TimePoint at) override;
    Result<IntentRecord> hand_over(const std::string& id, const policy::AuditEntry& audit) override;
    Status release_unsigned(
        const std::string& id,
        const std::string& code,
        const std::string& message,
        TimePoint at) override;

    Result<IntentRecord> give_up(
        const std::string& id,
        chains::lane::Goal goal,
        const std::string& code,
        const std::string& message,
        const policy::AuditEntry& audit) override;
    Result<IntentRecord> want_speed_up(
        const std::string& id, const std::string& fees, const policy::AuditEntry& audit) override;
    Result<std::vector<AttemptRecord>> attempts(const std::string& id) override;

    Result<std::int64_t> own_lane(const policy::Lane& lane) override;
    Result<std::vector<SlotRecord>> slots(const policy::Lane& lane) override;
    Status check_sendable(const policy::Lane& lane, const TxHash& hash) override;
    Result<std::vector<AttemptRecord>> final_attempts(
        const policy::Lane& lane, Nonce from, Nonce before) override;
    Status freeze_lane(
        const policy::Lane& lane, Nonce nonce, const std::string& reason, TimePoint at) override;
    Result<LaneRecord> unfreeze_lane(
        const policy::Lane& lane,
        std::optional<Nonce> lost_below,
        const policy::AuditEntry& audit) override;
    Result<LaneRecord> lane(const policy::Lane& lane) override;
    Result<bool> is_fresh(const policy::Lane& lane) override;
    Result<std::vector<LaneRecord>> lanes() override;

    Result<PolicyRecord> activate_policy(
        const PolicyRecord& policy, const policy::AuditEntry& audit) override;
    Status activate_policies(
        const std::vector<PolicyActivation>& policies,
        const std::optional<OrganizationChange>& organization) override;
    Status deactivate_policy(const std::string& id, const policy::AuditEntry& audit) override;
    Result<PolicyRecord> policy(const std::string& id) override;
    Result<PolicyRecord> policy_by_digest(const Hash256& digest) override;
    Result<std::vector<policy::Guardrails>> past_guardrails() override;
    Result<std::vector<PolicyRecord>> policies() override;
    Result<std::optional<std::string>> organization_policy() override;
    Status set_organization_policy(
        const std::optional<std::string>& id, const policy::AuditEntry& audit) override;
    Result<policy::DecisionEntry> decision(const std::string& id) override;
    Result<std::vector<policy::DecisionEntry>> decisions(const std::string& intent_id) override;

    Status insert_approval(const ApprovalRecord& approval) override;
    Result<ApprovalRecord> approval(const std::string& id) override;
    Result<std::vector<ApprovalRecord>> approvals(
        std::optional<ApprovalStatus> status, std::size_t limit, std::size_t offset) override;
    Result<std::vector<ApprovalRecord>> approvals_of(
        const std::string& agent_id,
        std::optional<ApprovalStatus> status,
        std::size_t limit,
        std::size_t offset) override;
    Result<std::optional<ApprovalRecord>> approval_of_intent(const std::string& intent_id) override;
    Result<std::size_t> pending_approvals() override;
    Result<ApprovalRecord> vote(
        const std::string& id,
        const std::string& approver,
        Vote vote,
        const std::string& reason,
        TimePoint now) override;
    Result<std::vector<std::string>> approved_intents(TimePoint now, std::size_t limit) override;
    Result<std::vector<ApprovalRecord>> expire_approvals(TimePoint now) override;

    Status insert_chain(const ChainRecord& chain, const policy::AuditEntry& audit) override;
    Result<ChainRecord> update_chain(
        ChainId id,
        const policy::AuditEntry& audit,
        const std::function<Status(ChainRecord&)>& change) override;
    Status remove_chain(ChainId id, const policy::AuditEntry& audit) override;
    Result<std::vector<ChainRecord>> chains() override;

    Status insert_bundle(const BundleRecord& bundle) override;
    Result<BundleRecord> bundle(const std::string& agent_id, const std::string& id) override;
    Result<std::vector<BundleRecord>> open_bundles() override;
    Status close_bundle(
        const std::string& key, const std::string& code, const std::string& message) override;

    Status record(const policy::AuditEntry& entry) override;
    Result<std::vector<AuditRecord>> audit_records(std::int64_t after, std::size_t limit) override;
    Status verify_audit_chain() override;

    Result<std::vector<EventRecord>> events_after(
        std::int64_t sequence, std::size_t limit, const std::string& agent_id) override;
    Result<std::vector<EventRecord>> events_of_intent(
        const std::string& intent_id, std::int64_t after, std::size_t limit) override;
    Result<std::int64_t> last_sequence() override;
    Result<std::size_t> prune_events(TimePoint before, std::size_t limit) override;

    Result<WebhookRecord> insert_webhook(
        const WebhookRecord& webhook, const policy::AuditEntry& audit) override;
    Result<std::vector<WebhookRecord>> webhooks() override;
    Result<WebhookRecord> webhook(const std::string& id) override;
    Result<WebhookRecord> update_webhook(
        const std::string& id,
        const policy::AuditEntry& audit,
        const std::function<Status(WebhookRecord&)>& change) override;
    Status delete_webhook(const std::string& id, const policy::AuditEntry& audit) override;
    Status note_delivered(const std::string& id, const DeliveryRecord& delivery) override;
    Status note_failed(
        const std::string& id,
        const std::string& url,
        const DeliveryRecord& delivery,
        const DeliveryFailure& failure) override;
    Status note_test(const std::string& id, const DeliveryRecord& delivery) override;
    Status skip_events(const std::string& id, std::int64_t sequence) override;
    Result<std::vector<DeliveryRecord>> deliveries(const std::string& id) override;

    Status transact(const std::function<Status(policy::LedgerTransaction&)>& body) override;
    Result<policy::Reservation> reservation(const std::string& intent_id) override;

private:
    std::unique_ptr<Connection> connection_;
    std::unique_ptr<ChangeMark> change_mark_;
    std::string org_id_;
    PolicyCache policy_cache_;
    LaneOwnership ownership_;
};

}  // namespace chela::sidecar::store
