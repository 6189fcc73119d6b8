// What the agent may do, and what it has left.
#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "policy/gate/bound_policies.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/mcp/door.hpp"
#include "sidecar/mcp/schemas.hpp"

#include <string>
#include <utility>

namespace chela::sidecar::mcp {

namespace asio = boost::asio;
using policy::Budget;
using policy::Policy;

namespace {

Json rules_view(const Policy& document) {
    Json out = Json::array();
    for (const auto& rule : document.rules) {
        Json effects = Json::array();
        for (const auto effect : rule.effects)
            effects.push_back(to_string(effect));
        Json one{{"kind", to_string(rule.kind)}, {"id", rule.id}, {"effects", effects}};
        if (rule.quorum) one["approvals"] = rule.quorum->minimum;
        out.push_back(std::move(one));
    }
    return out;
}

/// A document's clauses hold thresholds: they are the operator's to show.
Json document_view(const Policy& document) {
    Json chains = Json::array();
    for (const auto chain : document.envelope.chains)
        chains.push_back(chain.value);
    Json operations = Json::array();
    for (const auto operation : document.envelope.operations)
        operations.push_back(to_string(operation));
    Json out{
        {"id", document.id},
        {"version", document.version},
        {"digest", to_hex(document.digest)},
        {"chains", std::move(chains)},
        {"operations", std::move(operations)},
        {"rules", rules_view(document)},
        {"shows_limits", document.shows_limits_to_agents}};
    if (document.expires) out["expires"] = to_rfc3339(*document.expires);
    if (document.shows_limits_to_agents) out["document"] = Json::parse(document.canonical);
    return out;
}

/// A canonical text is what chela has written itself.
Json policy_view(const policy::AgentRules& rules) {
    Json documents = Json::array();
    for (const auto& document : rules.policies)
        documents.push_back(document_view(*document));
    Json out{
        {"is_active", rules.is_active},
        {"may_sign", rules.may_sign},
        {"guardrails", policy::to_api_json(rules.guardrails)},
        {"documents", std::move(documents)}};
    if (rules.missing_policy) out["missing_policy"] = *rules.missing_policy;
    return out;
}

std::string unit_of(const Policy& of, const Budget& budget) {
    if (budget.counts == Budget::Counts::effects) return "effects";
    if (budget.counts == Budget::Counts::signatures) return "signatures";
    if (budget.counts == Budget::Counts::max_fee || !budget.asset) return "wei";
    const auto* asset = of.find_asset(*budget.asset);
    return "base units of " + (asset != nullptr ? asset->name : std::string{"an asset"});
}

std::string window_of(const Budget& budget) {
    if (budget.window != Budget::Window::sliding) return std::string{to_string(budget.window)};
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(budget.length);
    return "the last " + std::to_string(seconds.count()) + " s";
}

/// What others spend on a budget that is shared is nobody's to know, unless limits are shown.
Json budget_view(const policy::Spending& of) {
    const auto& budget = *of.budget;
    const bool is_open = of.policy->is_compiled || of.policy->shows_limits_to_agents;
    Json out{
        {"id", budget.id},
        {"policy", of.policy->is_compiled ? "guardrails" : of.policy->id},
        {"counts", to_string(budget.counts)},
        {"unit", unit_of(*of.policy, budget)},
        {"window", window_of(budget)},
        {"scope", to_string(budget.scope)}};
    if (budget.chain) out["chain_id"] = budget.chain->value;
    if (is_open || budget.scope == Budget::Scope::agent) out["spent"] = to_decimal(of.spent);
    if (is_open && budget.limit) {
        out["limit"] = to_decimal(*budget.limit);
        out["remaining"] = to_decimal(subtract(*budget.limit, of.spent).value_or(U256{}));
    }
    return out;
}

Result<Json> budgets_view(
    policy::LedgerTransaction& ledger, const std::string& agent_id, TimePoint now) {
    const auto rules = ledger.rules(agent_id);
    if (!rules) return std::unexpected{rules.error()};
    const auto all = policy::spending(ledger, *rules, agent_id, now);
    if (!all) return std::unexpected{all.error()};
    Json budgets = Json::array();
    for (const auto& one : *all) {
        // Guardrails count what has no limit as well, for one that is set later.
        if (one.policy->is_compiled && !one.budget->limit) continue;
        budgets.push_back(budget_view(one));
    }
    return Json{{"budgets", std::move(budgets)}, {"at", to_rfc3339(now)}};
}

using View = Result<Json> (*)(policy::LedgerTransaction&, const std::string&, TimePoint);

Result<Json> policies_view(
    policy::LedgerTransaction& ledger, const std::string& agent_id, TimePoint) {
    const auto rules = ledger.rules(agent_id);
    if (!rules) return std::unexpected{rules.error()};
    return policy_view(*rules);
}

ToolAnswer look(Parts parts, Call call, Json arguments, View view) {
    const api::Fields fields{arguments};
    if (const auto ok = fields.finish(); !ok) co_return refused(ok.error());
    auto seen = co_await parts.api.services.on_store<Json>(
        call.deadline,
        [&store = parts.api.services.store, id = call.caller.id, view,
         now = parts.api.services.clock.now()]() -> Result<Json> {
            Json out;
            const auto done = store.transact([&](policy::LedgerTransaction& ledger) -> Status {
                auto found = view(ledger, id, now);
                if (!found) return std::unexpected{found.error()};
                out = *std::move(found);
                return {};
            });
            if (!done) return std::unexpected{done.error()};
            return out;
        });
    if (!seen) co_return refused(seen.error());
    co_return structured_result(*std::move(seen));
}

Tool looking(const Parts& parts, View view) {
    Tool tool;
    tool.input_schema = input_schema(Json::object(), {});
    tool.annotations = reads(Asks::chela);
    tool.handler = [parts, view](Call call, Json arguments) {
        return look(parts, std::move(call), std::move(arguments), view);
    };
    return tool;
}

}  // namespace

std::vector<Tool> limit_tools(const Parts& parts) {
    const Json objects{{"type", "array"}, {"items", {{"type", "object"}}}};
    auto describe = looking(parts, policies_view);
    describe.name = "policy_describe";
    describe.title = "What is allowed";
    describe.description =
        "The rules that hold for this agent: its guardrails, and its policy documents with their "
        "rules by name. What no rule permits is refused.";
    describe.output_schema = output_schema(
        {{"is_active", type_schema("boolean", "Is the agent in use?")},
         {"may_sign", type_schema("boolean", "Is anything signed for it?")},
         {"guardrails", type_schema("object", "Limits and allowlists; what is not there is open")},
         {"documents", objects}},
        {"is_active", "may_sign", "guardrails", "documents"});
    auto budgets = looking(parts, budgets_view);
    budgets.name = "budget_status";
    budgets.title = "What is left";
    budgets.description =
        "What has been spent of each budget that holds for this agent and, where the operator "
        "shows limits, what is left. Amounts are decimal text in the budget's unit.";
    budgets.output_schema = output_schema(
        {{"budgets", objects}, {"at", text_schema("When, RFC 3339")}}, {"budgets", "at"});
    return {std::move(describe), std::move(budgets)};
}

}  // namespace chela::sidecar::mcp
