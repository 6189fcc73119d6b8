#pragma once

#include "sidecar/store/connection.hpp"
#include "sidecar/store/store.hpp"

#include <chrono>

namespace chela::sidecar::store {

struct SqliteOptions {
    std::chrono::milliseconds busy_timeout{
        5000};  ///< how long to wait for another process's transaction
};

/// As open_sqlite(path, mode), with options.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(
    const std::filesystem::path& path, OpenMode mode, const SqliteOptions& options);

/// The methods are in one file a subject: agents, keys, intents, intent_states, ledger, audit.
class SqliteStore final : public Store {
public:
    SqliteStore(std::unique_ptr<Connection> connection, std::string org_id)
        : connection_{std::move(connection)},
          org_id_{std::move(org_id)} {}

    [[nodiscard]] std::string org_id() const override { return org_id_; }

    Status insert_agent(const AgentRecord& agent, const policy::AuditEntry& audit) override;
    Result<AgentRecord> update_agent(
        const std::string& id,
        const policy::AuditEntry& audit,
        const std::function<Status(AgentRecord&)>& change) override;
    Result<AgentRecord> agent(const std::string& id) override;
    Result<std::vector<AgentRecord>> agents() override;
    Result<std::vector<AgentRecord>> agents_by_key_prefix(const std::string& prefix) override;
    Status touch_agent(const std::string& id, TimePoint at) override;
    Result<std::vector<policy::SpendEntry>> spends(
        const std::string& agent_id, TimePoint since) override;

    Status insert_admin_key(const AdminKeyRecord& key) override;
    Result<std::vector<AdminKeyRecord>> admin_keys() override;
    Status insert_key(const SigningKeyRecord& key, const policy::AuditEntry& audit) override;
    Result<std::vector<SigningKeyRecord>> keys() override;
    Result<SigningKeyRecord> key(const std::string& id_or_label) override;
    [[nodiscard]] Status retire_key(
        const std::string& id, const policy::AuditEntry& audit) override;

    Result<InsertedIntent> insert_intent(const IntentRecord& intent) override;
    Result<IntentRecord> intent(const std::string& id) override;
    Result<std::vector<IntentRecord>> intents(
        const std::string& agent_id, std::size_t limit) override;
    Result<std::vector<IntentRecord>> open_intents() override;
    Result<std::vector<IntentRecord>> open_intents_of(const policy::Lane& lane) override;
    Result<std::vector<IntentRecord>> received_intents() override;
    Status insert_simulation(const SimulationRecord& simulation) override;

    Status finish_unreserved(const IntentRecord& intent) override;
    Status update_received(const IntentRecord& intent) override;
    Status store_signature(
        const std::string& id,
        const Bytes& signed_bytes,
        const TxHash& hash,
        TimePoint at) override;
    Status mark_broadcast(const std::string& id, TimePoint at) override;
    Status note_problem(
        const std::string& id,
        const std::string& code,
        const std::string& message,
        TimePoint at) override;
    Status mark_included(const std::string& id, const Inclusion& inclusion, TimePoint at) override;
    Status mark_reorged(const std::string& id, TimePoint at) override;
    Status release_unsigned(
        const std::string& id,
        const std::string& code,
        const std::string& message,
        TimePoint at) override;

    Status record(const policy::AuditEntry& entry) override;
    Result<std::vector<AuditRecord>> audit_records(std::int64_t after, std::size_t limit) override;
    Status verify_audit_chain() override;

    Status transact(const std::function<Status(policy::LedgerTransaction&)>& body) override;
    Result<policy::Reservation> reservation(const std::string& intent_id) override;

private:
    std::unique_ptr<Connection> connection_;
    std::string org_id_;
};

}  // namespace chela::sidecar::store
