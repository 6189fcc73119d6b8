#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/sqlite_store.hpp"

namespace chela::sidecar::store {
namespace {

const std::string kSelect =
    "SELECT id, name, description, scopes, vault_ids, is_active, intents_api_enabled, guardrails, "
    "policy_id, token_ttl_seconds, api_key_prefix, api_key_hash, api_key_expires_at, expires_at, "
    "last_active_at, credential_generation, signing_key_id, created_by, created_at FROM agents ";

struct AgentRow {
    std::string id, name, description, scopes, vault_ids;
    Integer is_active{}, intents_api_enabled{};
    std::string guardrails;
    std::optional<std::string> policy_id;
    std::optional<Integer> token_ttl_seconds;
    std::string api_key_prefix, api_key_hash;
    std::optional<Integer> api_key_expires_at, expires_at, last_active_at;
    Integer credential_generation{};
    std::optional<std::string> signing_key_id;
    std::string created_by;
    Integer created_at{};

    auto columns() {
        return std::tie(
            id, name, description, scopes, vault_ids, is_active, intents_api_enabled, guardrails,
            policy_id, token_ttl_seconds, api_key_prefix, api_key_hash, api_key_expires_at,
            expires_at, last_active_at, credential_generation, signing_key_id, created_by,
            created_at);
    }
    [[nodiscard]] Result<AgentRecord> record() const;
};

Result<AgentRecord> AgentRow::record() const {
    auto rules = policy::from_storage(guardrails);
    if (!rules) return std::unexpected{rules.error()};
    ColumnReader read;
    AgentRecord agent{
        .id = id,
        .name = name,
        .description = description,
        .scopes = read.list(scopes),
        .vault_ids = read.list(vault_ids),
        .is_active = is_active == 1,
        .intents_api_enabled = intents_api_enabled == 1,
        .guardrails = *std::move(rules),
        .policy_id = policy_id,
        .token_ttl_seconds = token_ttl_seconds,
        .api_key_prefix = api_key_prefix,
        .api_key_hash = read.fixed<Hash256>(api_key_hash),
        .api_key_expires_at = read.time(api_key_expires_at),
        .expires_at = read.time(expires_at),
        .last_active_at = read.time(last_active_at),
        .credential_generation = credential_generation,
        .signing_key_id = signing_key_id,
        .created_by = created_by,
        .created_at = read.time(created_at)};
    if (!read.status()) return std::unexpected{read.status().error()};
    return agent;
}

Result<AgentRow> row_of(const AgentRecord& agent) {
    auto scopes = to_column(agent.scopes);
    if (!scopes) return std::unexpected{scopes.error()};
    auto vault_ids = to_column(agent.vault_ids);
    if (!vault_ids) return std::unexpected{vault_ids.error()};
    AgentRow row;
    row.id = agent.id;
    row.name = agent.name;
    row.description = agent.description;
    row.scopes = *std::move(scopes);
    row.vault_ids = *std::move(vault_ids);
    row.is_active = agent.is_active ? 1 : 0;
    row.intents_api_enabled = agent.intents_api_enabled ? 1 : 0;
    row.guardrails = policy::to_storage(agent.guardrails);
    row.policy_id = agent.policy_id;
    row.token_ttl_seconds = agent.token_ttl_seconds;
    row.api_key_prefix = agent.api_key_prefix;
    row.api_key_hash = to_hex(agent.api_key_hash);
    row.api_key_expires_at = to_column(agent.api_key_expires_at);
    row.expires_at = to_column(agent.expires_at);
    row.last_active_at = to_column(agent.last_active_at);
    row.credential_generation = agent.credential_generation;
    row.signing_key_id = agent.signing_key_id;
    row.created_by = agent.created_by;
    row.created_at = to_column(agent.created_at);
    return row;
}

Status insert(Session& session, const AgentRecord& agent) {
    auto row = row_of(agent);
    if (!row) return std::unexpected{row.error()};
    std::apply(
        [&](const auto&... columns) {
            run(session,
                "INSERT INTO agents(id, name, description, scopes, vault_ids, is_active, "
                "intents_api_enabled, guardrails, policy_id, token_ttl_seconds, api_key_prefix, "
                "api_key_hash, "
                "api_key_expires_at, expires_at, last_active_at, credential_generation, "
                "signing_key_id, created_by, created_at) VALUES(:id, :name, :description, :scopes, "
                ":vault_ids, :is_active, :intents_api_enabled, :guardrails, :policy_id, "
                ":token_ttl_seconds, "
                ":api_key_prefix, :api_key_hash, :api_key_expires_at, :expires_at, "
                ":last_active_at, :credential_generation, :signing_key_id, :created_by, "
                ":created_at)",
                columns...);
        },
        row->columns());
    return {};
}

Status update(Session& session, const AgentRecord& agent) {
    const auto row = row_of(agent);
    if (!row) return std::unexpected{row.error()};
    run(session,
        "UPDATE agents SET name = :name, description = :description, scopes = :scopes, "
        "vault_ids = :vault_ids, is_active = :is_active, "
        "intents_api_enabled = :intents_api_enabled, guardrails = :guardrails, "
        "policy_id = :policy_id, token_ttl_seconds = :token_ttl_seconds, api_key_prefix = "
        ":api_key_prefix, "
        "api_key_hash = :api_key_hash, api_key_expires_at = :api_key_expires_at, "
        "expires_at = :expires_at, last_active_at = :last_active_at, "
        "credential_generation = :credential_generation, signing_key_id = :signing_key_id "
        "WHERE id = :id",
        row->name, row->description, row->scopes, row->vault_ids, row->is_active,
        row->intents_api_enabled, row->guardrails, row->policy_id, row->token_ttl_seconds,
        row->api_key_prefix, row->api_key_hash, row->api_key_expires_at, row->expires_at,
        row->last_active_at, row->credential_generation, row->signing_key_id, row->id);
    return {};
}

/// An active agent never has a retired key; checked where the agent is written, so that no other
/// writer can come between.
Status check_key(Session& session, const AgentRecord& agent) {
    if (!agent.is_active || !agent.signing_key_id) return {};
    const auto retired = select_one<SingleColumn<std::string>>(
        session, "SELECT label FROM signing_keys WHERE id = :id AND retired_at IS NOT NULL",
        *agent.signing_key_id);
    if (!retired) return std::unexpected{retired.error()};
    if (!*retired) return {};
    return fail(
        ErrorCode::conflict,
        "the key " + **retired + " is retired; name another one, or leave it out to get a new one",
        "E_KEY_RETIRED");
}

Result<AgentRecord> find(Session& session, const std::string& id) {
    auto found = select_one<AgentRow>(session, kSelect + "WHERE id = :id", id);
    if (!found) return std::unexpected{found.error()};
    if (!*found) return fail(ErrorCode::not_found, "there is no such agent");
    return **std::move(found);
}

}  // namespace

Status SqliteStore::insert_agent(const AgentRecord& agent, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) {
        auto status = check_key(session, agent);
        if (status) status = insert(session, agent);
        return status ? append_audit(session, audit) : status;
    });
}

Result<AgentRecord> SqliteStore::update_agent(
    const std::string& id,
    const policy::AuditEntry& audit,
    const std::function<Status(AgentRecord&)>& change) {
    return connection_->write([&](Session& session) -> Result<AgentRecord> {
        auto agent = find(session, id);
        if (!agent) return agent;
        const auto before = *agent;
        auto status = change(*agent);
        // Who the agent is never changes.
        agent->id = before.id;
        agent->created_by = before.created_by;
        agent->created_at = before.created_at;
        if (status) status = check_key(session, *agent);
        if (status) status = update(session, *agent);
        if (status) status = append_audit(session, audit);
        if (!status) return std::unexpected{status.error()};
        return agent;
    });
}

Result<AgentRecord> SqliteStore::agent(const std::string& id) {
    return connection_->read([&](Session& session) { return find(session, id); });
}

Result<std::vector<AgentRecord>> SqliteStore::agents() {
    return connection_->read([](Session& session) {
        return select_all<AgentRow>(session, kSelect + "ORDER BY created_at, rowid");
    });
}

Result<std::vector<AgentRecord>> SqliteStore::agents_by_key_prefix(const std::string& prefix) {
    return connection_->read([&](Session& session) {
        return select_all<AgentRow>(
            session, kSelect + "WHERE api_key_prefix = :prefix ORDER BY rowid", prefix);
    });
}

Status SqliteStore::touch_agent(const std::string& id, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        if (run(session, "UPDATE agents SET last_active_at = :at WHERE id = :id", to_column(at),
                id) != 1) {
            return fail(ErrorCode::not_found, "there is no such agent");
        }
        return {};
    });
}

}  // namespace chela::sidecar::store
