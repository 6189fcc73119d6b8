#include "sidecar/api/approval_binding.hpp"

#include "policy/rules/compile.hpp"

#include <optional>
#include <vector>

namespace chela::sidecar::api {

namespace {

using store::ApprovalStatus;
using store::IntentState;

struct CurrentPolicies {
    std::vector<Hash256> digests;  ///< in the gate's order
    bool is_one_missing = false;
};

Status add_document(store::Store& store, const std::string& id, CurrentPolicies& current) {
    const auto document = store.policy(id);
    if (document) {
        current.digests.push_back(document->digest);
        return {};
    }
    if (document.error().code != ErrorCode::not_found) return std::unexpected{document.error()};
    current.is_one_missing = true;
    return {};
}

/// As the gate binds them: the guardrails unless a document alone rules, the agent's document, the
/// organisation's.
Result<CurrentPolicies> current_policies(store::Store& store, const std::string& agent_id) {
    const auto agent = store.agent(agent_id);
    if (!agent) return std::unexpected{agent.error()};
    const auto organization = store.organization_policy();
    if (!organization) return std::unexpected{organization.error()};
    CurrentPolicies current;
    if (agent->policy_id)
        if (auto ok = add_document(store, *agent->policy_id, current); !ok)
            return std::unexpected{ok.error()};
    if (*organization && *organization != agent->policy_id)
        if (auto ok = add_document(store, **organization, current); !ok)
            return std::unexpected{ok.error()};
    if (current.digests.empty() || agent->guardrails != policy::Guardrails{}) {
        const auto digest = policy::compile_guardrails(agent->guardrails).digest;
        current.digests.insert(current.digests.begin(), digest);
    }
    return current;
}

/// Does a signature still hang on it?
Result<bool> is_open(store::Store& store, const store::ApprovalRecord& approval) {
    switch (approval.status) {
        case ApprovalStatus::pending:
            return true;
        case ApprovalStatus::rejected:
        case ApprovalStatus::expired:
            return false;
        case ApprovalStatus::approved:
            break;
    }
    const auto intent = store.intent(approval.intent_id);
    if (!intent) return std::unexpected{intent.error()};
    return intent->state == IntentState::awaiting_approval ||
           intent->state == IntentState::received;
}

}  // namespace

Result<Binding> binding_of(store::Store& store, const store::ApprovalRecord& approval) {
    const auto open = is_open(store, approval);
    if (!open) return std::unexpected{open.error()};
    if (!*open) return Binding::current;
    const auto current = current_policies(store, approval.agent_id);
    if (!current) return std::unexpected{current.error()};
    const bool is_same = !current->is_one_missing && current->digests == approval.policy_digests;
    return is_same ? Binding::current : Binding::stale;
}

Result<store::ApprovalRecord> cast_vote(
    store::Store& store,
    const std::string& id,
    const std::string& approver,
    store::Vote vote,
    const std::string& reason,
    TimePoint now) {
    if (vote == store::Vote::approve) {
        const auto approval = store.approval(id);
        if (!approval) return std::unexpected{approval.error()};
        const auto binding = binding_of(store, *approval);
        if (!binding) return std::unexpected{binding.error()};
        const bool may_decide =
            approval->status == ApprovalStatus::pending && approval->expires_at > now;
        if (may_decide && *binding == Binding::stale) {
            return fail(
                ErrorCode::conflict,
                "the policies changed since this was held, so nothing was recorded: what people "
                "were shown is not what would be decided now. Deny it, and let the agent submit "
                "the request again",
                "E_APPROVAL_STALE");
        }
    }
    // Policies that change from here on are the gate's matter: it decides once more.
    return store.vote(id, approver, vote, reason, now);
}

}  // namespace chela::sidecar::api
