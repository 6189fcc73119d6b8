#include "sidecar/flow/agents.hpp"

#include "sidecar/auth/api_key.hpp"
#include "sidecar/edge/entropy.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {

namespace {

std::string audit_detail(const store::AgentRecord& agent) {
    Json detail = policy::to_api_json(agent.guardrails);
    detail["name"] = agent.name;
    detail["is_active"] = agent.is_active;
    detail["intents_api_enabled"] = agent.intents_api_enabled;
    detail["credential_generation"] = agent.credential_generation;
    detail["policy"] = agent.policy_id ? Json(*agent.policy_id) : Json(nullptr);
    return detail.dump();
}

void set_api_key(store::AgentRecord& agent, const auth::NewApiKey& key) {
    agent.api_key_prefix = key.prefix;
    agent.api_key_hash = key.hash;
}

}  // namespace

Status Agents::check_policy(const store::AgentRecord& agent) {
    if (!agent.policy_id) return {};
    const auto policy = store_.policy(*agent.policy_id);
    if (policy) return {};
    if (policy.error().code != ErrorCode::not_found) return std::unexpected{policy.error()};
    return fail(
        ErrorCode::invalid_input,
        "there is no active policy \"" + *agent.policy_id +
            "\"; activate it first: chela policy activate FILE, or policy.files in chela.yaml",
        "E_POLICY_UNKNOWN");
}

Status Agents::give_key(store::AgentRecord& agent, const std::string& actor) {
    if (agent.signing_key_id) {
        const auto named = store_.key(*agent.signing_key_id);  // an id or a label
        if (!named) return std::unexpected{named.error()};
        agent.signing_key_id = named->id;
        return {};
    }
    if (!agent.intents_api_enabled) return {};
    const auto made = keyring_.create("agent-" + agent.id.substr(0, 8), actor, clock_.now());
    if (!made) return std::unexpected{made.error()};
    agent.signing_key_id = made->id;
    return {};
}

Result<CreatedAgent> Agents::create(store::AgentRecord draft, const std::string& actor) {
    auto key = auth::make_api_key(auth::kAgentKeyPrefix);
    draft.id = random_uuid();
    draft.created_at = clock_.now();
    draft.created_by = actor;
    set_api_key(draft, key);
    if (auto ok = check_policy(draft); !ok) return std::unexpected{ok.error()};
    if (auto ok = give_key(draft, actor); !ok) return std::unexpected{ok.error()};
    const policy::AuditEntry audit{
        draft.created_at, actor, "agent.created", draft.id, audit_detail(draft)};
    if (auto ok = store_.insert_agent(draft, audit); !ok) return std::unexpected{ok.error()};
    return CreatedAgent{std::move(draft), std::move(key.key)};
}

Result<store::AgentRecord> Agents::enlist(
    store::AgentRecord draft, const KeySource::Made& key, const std::string& actor) {
    draft.id.assign(key.token_id.begin(), key.token_id.end());
    draft.created_at = clock_.now();
    draft.created_by = actor;
    set_api_key(draft, auth::make_api_key(auth::kAgentKeyPrefix));
    if (auto ok = check_policy(draft); !ok) return std::unexpected{ok.error()};
    const auto known = store_.agent(draft.id);
    if (known)
        return fail(ErrorCode::conflict, "agent " + draft.id + " is known", "E_AGENT_EXISTS");
    if (known.error().code != ErrorCode::not_found) return std::unexpected{known.error()};
    const policy::AuditEntry pinned{draft.created_at, actor, "key.enlisted", {}, {}};
    const auto record = keyring_.pin(
        "agent-" + draft.id.substr(0, 8), pinned, store::KeyBackend::authority,
        [&key](KeySource&) { return key; });
    if (!record) return std::unexpected{record.error()};
    draft.signing_key_id = record->id;
    const policy::AuditEntry audit{
        draft.created_at, actor, "agent.enlisted", draft.id, audit_detail(draft)};
    if (auto ok = store_.insert_agent(draft, audit); !ok) return std::unexpected{ok.error()};
    return draft;
}

Result<store::AgentRecord> Agents::update(
    const std::string& id,
    const std::string& actor,
    const std::function<Status(store::AgentRecord&)>& change) {
    // A key is made before the store's transaction: the token is slow and must not hold the writer.
    auto preview = store_.agent(id);
    if (!preview) return preview;
    const auto policy_before = preview->policy_id;
    if (auto ok = change(*preview); !ok) return std::unexpected{ok.error()};
    // One that is bound to a document that is gone may still be changed otherwise.
    if (preview->policy_id != policy_before)
        if (auto ok = check_policy(*preview); !ok) return std::unexpected{ok.error()};
    if (auto ok = give_key(*preview, actor); !ok) return std::unexpected{ok.error()};
    const policy::AuditEntry audit{
        clock_.now(), actor, "agent.updated", id, audit_detail(*preview)};
    return store_.update_agent(id, audit, [&](store::AgentRecord& agent) -> Status {
        if (auto ok = change(agent); !ok) return ok;
        agent.signing_key_id = preview->signing_key_id;
        return {};
    });
}

Result<signer::Secret> Agents::rotate_key(const std::string& id, const std::string& actor) {
    auto key = auth::make_api_key(auth::kAgentKeyPrefix);
    const policy::AuditEntry audit{clock_.now(), actor, "agent.rotate_key", id, "{}"};
    const auto updated =
        store_.update_agent(id, audit, [&key](store::AgentRecord& agent) -> Status {
            set_api_key(agent, key);
            ++agent.credential_generation;
            return {};
        });
    if (!updated) return std::unexpected{updated.error()};
    return std::move(key.key);
}

Status Agents::deactivate(const std::string& id, const std::string& actor) {
    const policy::AuditEntry audit{clock_.now(), actor, "agent.deactivate", id, "{}"};
    const auto updated = store_.update_agent(id, audit, [](store::AgentRecord& agent) -> Status {
        agent.is_active = false;
        ++agent.credential_generation;
        return {};
    });
    if (!updated) return std::unexpected{updated.error()};
    return {};
}

}  // namespace chela::sidecar::flow
