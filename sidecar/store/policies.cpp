#include "policy/rules/load.hpp"
#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/policy_row.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

struct DecisionRow {
    std::string id;
    std::optional<std::string> intent_id;
    std::string agent_id;
    Integer at{};
    std::string verdict, record_text;

    auto columns() { return std::tie(id, intent_id, agent_id, at, verdict, record_text); }
    [[nodiscard]] Result<policy::DecisionEntry> record() const {
        return policy::DecisionEntry{
            .id = id,
            .intent_id = intent_id.value_or(""),
            .agent_id = agent_id,
            .at = ColumnReader{}.time(at),
            .verdict = verdict,
            .record = record_text};
    }
};

const std::string kSelectDecisions =
    "SELECT id, intent_id, agent_id, at, verdict, record FROM decisions ";

/// A text that could not be read back would stop every agent that is bound to it.
Status check_text(const PolicyRecord& policy) {
    const auto loaded = policy::load_canonical(policy.canonical);
    if (!loaded) return std::unexpected{loaded.error()};
    if (loaded->id == policy.id && loaded->version == policy.version &&
        loaded->digest == policy.digest) {
        return {};
    }
    return fail(
        ErrorCode::invalid_input, "the policy's text is not of the id, version and digest named",
        "E_POLICY_DOCUMENT");
}

Status check_version(Session& session, const std::string& id, Integer version) {
    const auto highest = select_one<SingleColumn<std::optional<Integer>>>(
        session, "SELECT max(version) FROM policies WHERE id = :id", id);
    if (!highest) return std::unexpected{highest.error()};
    if (!*highest || !**highest || ***highest < version) return {};
    return fail(
        ErrorCode::conflict,
        fmt::format(
            "policy {} had version {} already; give the next one a higher number", id, ***highest),
        "E_POLICY_VERSION");
}

Status insert(Session& session, const PolicyRecord& policy, Integer version) {
    run(session, "UPDATE policies SET is_active = 0 WHERE id = :id AND is_active = 1", policy.id);
    run(session,
        "INSERT INTO policies(id, version, digest, canonical, source, activated_at, activated_by, "
        "is_active) VALUES(:id, :version, :digest, :canonical, :source, :activated_at, "
        ":activated_by, 1)",
        policy.id, version, to_hex(policy.digest), policy.canonical, policy.source,
        to_column(policy.activated_at), policy.activated_by);
    return {};
}

Result<PolicyRecord> expect(Result<std::optional<PolicyRecord>> found) {
    if (!found) return std::unexpected{found.error()};
    if (!*found) return fail(ErrorCode::not_found, "there is no such policy");
    return **std::move(found);
}

Result<PolicyRecord> activate(
    Session& session, const PolicyRecord& policy, const policy::AuditEntry& audit) {
    const auto version = to_column(policy.version, "policy version");
    if (!version) return std::unexpected{version.error()};
    auto active = active_policy(session, policy.id);
    if (!active) return std::unexpected{active.error()};
    if (*active && (*active)->digest == policy.digest) return **std::move(active);
    auto status = check_version(session, policy.id, *version);
    if (status) status = insert(session, policy, *version);
    if (status) status = append_audit(session, audit);
    if (!status) return std::unexpected{status.error()};
    return expect(active_policy(session, policy.id));
}

Status set_organization(
    Session& session, const std::optional<std::string>& id, const policy::AuditEntry& audit) {
    if (id) {
        run(session, "INSERT OR REPLACE INTO meta(name, value) VALUES('organization_policy', :id)",
            *id);
    } else {
        run(session, "DELETE FROM meta WHERE name = 'organization_policy'");
    }
    return append_audit(session, audit);
}

}  // namespace

Result<PolicyRecord> SqliteStore::activate_policy(
    const PolicyRecord& policy, const policy::AuditEntry& audit) {
    if (auto is_right = check_text(policy); !is_right) return std::unexpected{is_right.error()};
    return connection_->write([&](Session& session) { return activate(session, policy, audit); });
}

Status SqliteStore::activate_policies(
    const std::vector<PolicyActivation>& policies,
    const std::optional<OrganizationChange>& organization) {
    for (const auto& each : policies)
        if (auto is_right = check_text(each.policy); !is_right) return is_right;
    return connection_->write([&](Session& session) -> Status {
        for (const auto& [policy, audit] : policies)
            if (auto done = activate(session, policy, audit); !done)
                return std::unexpected{done.error()};
        if (!organization) return {};
        return set_organization(session, organization->id, organization->audit);
    });
}

Status SqliteStore::deactivate_policy(const std::string& id, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) -> Status {
        if (run(session, "UPDATE policies SET is_active = 0 WHERE id = :id AND is_active = 1",
                id) != 1) {
            return fail(ErrorCode::not_found, "there is no active policy of this id");
        }
        return append_audit(session, audit);
    });
}

Result<PolicyRecord> SqliteStore::policy(const std::string& id) {
    return connection_->read([&](Session& session) { return expect(active_policy(session, id)); });
}

Result<std::vector<policy::Guardrails>> SqliteStore::past_guardrails() {
    return connection_->read([&](Session& session) -> Result<std::vector<policy::Guardrails>> {
        const auto texts = select_all<SingleColumn<std::string>>(
            session, "SELECT guardrails FROM past_guardrails");
        if (!texts) return std::unexpected{texts.error()};
        std::vector<policy::Guardrails> out;
        for (const auto& text : *texts) {
            auto guardrails = policy::from_storage(text);
            if (!guardrails) return std::unexpected{guardrails.error()};
            out.push_back(*std::move(guardrails));
        }
        return out;
    });
}

Result<PolicyRecord> SqliteStore::policy_by_digest(const Hash256& digest) {
    return connection_->read(
        [&](Session& session) { return expect(find_policy(session, digest)); });
}

Result<std::vector<PolicyRecord>> SqliteStore::policies() {
    return connection_->read(select_policies);
}

Result<std::optional<std::string>> SqliteStore::organization_policy() {
    return connection_->read(select_organization_policy);
}

Status SqliteStore::set_organization_policy(
    const std::optional<std::string>& id, const policy::AuditEntry& audit) {
    return connection_->write(
        [&](Session& session) { return set_organization(session, id, audit); });
}

Result<policy::DecisionEntry> SqliteStore::decision(const std::string& id) {
    return connection_->read([&](Session& session) -> Result<policy::DecisionEntry> {
        auto found = select_one<DecisionRow>(session, kSelectDecisions + "WHERE id = :id", id);
        if (!found) return std::unexpected{found.error()};
        if (!*found) return fail(ErrorCode::not_found, "there is no such decision");
        return **std::move(found);
    });
}

Result<std::vector<policy::DecisionEntry>> SqliteStore::decisions(const std::string& intent_id) {
    return connection_->read([&](Session& session) {
        return select_all<DecisionRow>(
            session, kSelectDecisions + "WHERE intent_id = :intent_id ORDER BY rowid", intent_id);
    });
}

}  // namespace chela::sidecar::store
