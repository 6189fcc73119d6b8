#include "sidecar/store/policy_row.hpp"

#include "sidecar/store/columns.hpp"

#include <utility>

namespace chela::sidecar::store {
namespace {

const std::string kSelect =
    "SELECT id, version, digest, canonical, source, activated_at, activated_by, is_active "
    "FROM policies ";

struct PolicyRow {
    std::string id;
    Integer version{};
    std::string digest, canonical, source;
    Integer activated_at{};
    std::string activated_by;
    Integer is_active{};

    auto columns() {
        return std::tie(
            id, version, digest, canonical, source, activated_at, activated_by, is_active);
    }
    [[nodiscard]] Result<PolicyRecord> record() const {
        ColumnReader read;
        PolicyRecord policy{
            .id = id,
            .version = read.number(version),
            .digest = read.fixed<Hash256>(digest),
            .canonical = canonical,
            .source = source,
            .activated_at = read.time(activated_at),
            .activated_by = activated_by,
            .is_active = is_active == 1};
        if (!read.status()) return std::unexpected{read.status().error()};
        return policy;
    }
};

struct RulesRow {
    Integer is_active{}, may_sign{};
    std::string guardrails;
    std::optional<std::string> policy_id;

    auto columns() { return std::tie(is_active, may_sign, guardrails, policy_id); }
    [[nodiscard]] Result<RulesRow> record() const { return *this; }
};

struct DigestRow {
    std::string digest;
    auto columns() { return std::tie(digest); }
    [[nodiscard]] Result<Hash256> record() const {
        ColumnReader read;
        const auto out = read.fixed<Hash256>(digest);
        if (!read.status()) return std::unexpected{read.status().error()};
        return out;
    }
};

/// The text is read only when the document is not held.
Result<std::shared_ptr<const policy::Policy>> load_active(
    Session& session, PolicyCache& cache, const std::string& id) {
    const auto digest = select_one<DigestRow>(
        session, "SELECT digest FROM policies WHERE id = :id AND is_active = 1", id);
    if (!digest) return std::unexpected{digest.error()};
    if (!*digest) return nullptr;
    if (auto held = cache.find(**digest)) return held;
    const auto stored = find_policy(session, **digest);
    if (!stored) return std::unexpected{stored.error()};
    if (!*stored) return fail(ErrorCode::internal, "an active policy has no text");
    return cache.load(**digest, (*stored)->canonical);
}

Status add_policy(
    Session& session, PolicyCache& cache, const std::string& id, policy::AgentRules& rules) {
    auto policy = load_active(session, cache, id);
    if (!policy) return std::unexpected{policy.error()};
    if (*policy) {
        rules.policies.push_back(*std::move(policy));
    } else if (!rules.missing_policy) {
        rules.missing_policy = id;
    }
    return {};
}

}  // namespace

Result<std::optional<PolicyRecord>> active_policy(Session& session, const std::string& id) {
    return select_one<PolicyRow>(session, kSelect + "WHERE id = :id AND is_active = 1", id);
}

Result<std::optional<PolicyRecord>> find_policy(Session& session, const Hash256& digest) {
    return select_one<PolicyRow>(session, kSelect + "WHERE digest = :digest", to_hex(digest));
}

Result<std::vector<PolicyRecord>> select_policies(Session& session) {
    return select_all<PolicyRow>(session, kSelect + "ORDER BY id, version");
}

Result<std::optional<std::string>> select_organization_policy(Session& session) {
    return select_one<SingleColumn<std::string>>(
        session, "SELECT value FROM meta WHERE name = 'organization_policy'");
}

Result<policy::AgentRules> select_rules(
    Session& session, PolicyCache& cache, const std::string& agent_id) {
    auto found = select_one<RulesRow>(
        session,
        "SELECT is_active, intents_api_enabled, guardrails, policy_id FROM agents WHERE id = :id",
        agent_id);
    if (!found) return std::unexpected{found.error()};
    if (!*found) return fail(ErrorCode::not_found, "there is no such agent");
    const auto& own = (*found)->policy_id;
    auto compiled = cache.guardrails((*found)->guardrails);
    if (!compiled) return std::unexpected{compiled.error()};
    policy::AgentRules rules{
        .is_active = (*found)->is_active == 1,
        .may_sign = (*found)->may_sign == 1,
        .guardrails = std::move(compiled->guardrails),
        .compiled_guardrails = std::move(compiled->policy),
        .policies = {},
        .missing_policy = {}};
    const auto organization = select_organization_policy(session);
    if (!organization) return std::unexpected{organization.error()};
    if (own) {
        auto status = add_policy(session, cache, *own, rules);
        if (!status) return std::unexpected{status.error()};
    }
    // One document that is both holds once.
    if (*organization && *organization != own) {
        auto status = add_policy(session, cache, **organization, rules);
        if (!status) return std::unexpected{status.error()};
    }
    return rules;
}

void insert_decision(Session& session, const policy::DecisionEntry& decision) {
    const auto intent_id =
        decision.intent_id.empty() ? std::nullopt : std::optional{decision.intent_id};
    run(session,
        "INSERT INTO decisions(id, intent_id, agent_id, at, verdict, record) "
        "VALUES(:id, :intent_id, :agent_id, :at, :verdict, :record)",
        decision.id, intent_id, decision.agent_id, to_column(decision.at), decision.verdict,
        decision.record);
    if (!intent_id) return;
    run(session, "UPDATE intents SET decision_id = :id WHERE id = :intent_id", decision.id,
        *intent_id);
}

}  // namespace chela::sidecar::store
