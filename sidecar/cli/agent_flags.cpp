#include "sidecar/cli/agent_flags.hpp"

#include "chains/base/u256.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

Status add_number(Json& request, const char* member, const char* flag, const std::string& text) {
    if (text.empty()) return {};
    const auto number = parse_decimal(text);
    const auto small = number ? number->to_uint64() : std::nullopt;
    if (!small)
        return fail(
            ErrorCode::invalid_input, std::string{flag} + ": expected a whole number", "E_FLAG");
    request[member] = *small;
    return {};
}

Status add_fee_budgets(Json& request, const std::vector<std::string>& budgets) {
    for (const auto& budget : budgets) {
        const auto equals = budget.find('=');
        if (equals == std::string::npos) {
            return fail(
                ErrorCode::invalid_input, "--fee-budget: expected CHAIN=AMOUNT, e.g. base=0.01",
                "E_FLAG");
        }
        request["tx_overhead_budget"][budget.substr(0, equals)] = budget.substr(equals + 1);
    }
    return {};
}

}  // namespace

void add_agent_flags(CLI::App& command, const std::shared_ptr<AgentFlags>& flags) {
    command.add_option("--description", flags->description, "For people");
    command
        .add_option(
            "--to", flags->to,
            "The allowed recipients and contracts, all of them (repeat or separate by commas)")
        ->delimiter(',');
    command
        .add_option(
            "--token", flags->tokens,
            "The allowed token contracts, all of them (repeat or separate by commas)")
        ->delimiter(',');
    command
        .add_option(
            "--chain", flags->chains,
            "The allowed chains, by name or id (repeat or separate by commas)")
        ->delimiter(',');
    command.add_option(
        "--max-value", flags->max_value, "Most native currency in one transaction, e.g. 0.5");
    command.add_option(
        "--daily-limit", flags->daily_limit, "Most native currency in any 24 hours, e.g. 2");
    command
        .add_option(
            "--fee-budget", flags->fee_budgets,
            "Most fees in any 24 hours, CHAIN=AMOUNT, e.g. base=0.01 (repeat for more chains); all "
            "at "
            "once: a chain that is not named has no fee budget then")
        ->delimiter(',');
    command.add_option("--max-per-day", flags->max_per_day, "Most transactions in a UTC day");
    command.add_option(
        "--token-ttl", flags->token_ttl, "Seconds that an exchanged JWT lives (5 to 86400)");
    command.add_option(
        "--key", flags->signing_key,
        "Sign with this key (label or id); an agent without one gets its own");
    command.add_option(
        "--policy", flags->policy,
        "Bind it to this policy document, or none. Without any guardrail the document rules alone; "
        "with guardrails both must allow");
    command.add_option("--intents", flags->intents, "May it submit transactions? on or off")
        ->check(CLI::IsMember({"on", "off"}));
}

Result<Json> to_request(const AgentFlags& flags) {
    Json request = Json::object();
    const auto text = [&request](const char* member, const std::string& value) {
        if (!value.empty()) request[member] = value;
    };
    const auto texts = [&request](const char* member, const std::vector<std::string>& values) {
        if (!values.empty()) request[member] = values;
    };
    text("name", flags.name);
    text("description", flags.description);
    texts("tx_to_allowlist", flags.to);
    texts("tx_token_allowlist", flags.tokens);
    texts("tx_allowed_chains", flags.chains);
    text("tx_max_value", flags.max_value);
    text("tx_daily_limit", flags.daily_limit);
    text("signing_key", flags.signing_key);
    if (!flags.policy.empty())
        request["policy"] = names_policy(flags) ? Json(flags.policy) : Json(nullptr);
    if (!flags.intents.empty()) request["intents_api_enabled"] = flags.intents == "on";
    for (const auto& member : flags.clear)
        request[member] = nullptr;
    if (auto ok = add_number(request, "tx_max_per_day", "--max-per-day", flags.max_per_day); !ok)
        return std::unexpected{ok.error()};
    if (auto ok = add_fee_budgets(request, flags.fee_budgets); !ok)
        return std::unexpected{ok.error()};
    if (auto ok = add_number(request, "token_ttl_seconds", "--token-ttl", flags.token_ttl); !ok)
        return std::unexpected{ok.error()};
    return request;
}

bool names_policy(const AgentFlags& flags) {
    return !flags.policy.empty() && flags.policy != "none";
}

}  // namespace chela::sidecar::cli
