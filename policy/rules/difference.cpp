#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "policy/rules/canonical/canonical.hpp"
#include "policy/rules/load.hpp"
#include "policy/rules/load/values.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace chela::policy {
namespace {

/// What a policy says, a line each: a name that stays the same from version to version, and a text.
using Lines = std::map<std::string, std::string>;

std::string words(const auto& values) {
    std::vector<std::string_view> found;
    for (const auto& value : values)
        found.push_back(to_string(value));
    return fmt::format("{}", fmt::join(found, ", "));
}

std::string native_text(const U256& wei) {
    return fmt::format("{} of native currency", format_units(wei, kNativeDecimals));
}

std::string amount_text(
    const U256& amount, const std::optional<Asset>& asset, const Policy& policy) {
    const auto* known = asset ? policy.find_asset(*asset) : nullptr;
    if (known == nullptr) return native_text(amount);
    return fmt::format("{} {}", format_units(amount, known->decimals), known->name);
}

std::string limit_text(const Budget& budget, const Policy& policy) {
    if (!budget.limit) return "counted without a limit";
    if (budget.counts_occasions()) {
        return fmt::format("{} {}", to_decimal(*budget.limit), to_string(budget.counts));
    }
    const auto amount = amount_text(*budget.limit, budget.asset, policy);
    return budget.counts == Budget::Counts::max_fee ? fmt::format("fees of {}", amount) : amount;
}

std::string budget_text(const Budget& budget, const Policy& policy) {
    const auto window = budget.window == Budget::Window::sliding
                            ? load::duration_text(budget.length)
                            : std::string{to_string(budget.window)};
    const auto chain =
        budget.chain ? fmt::format(", chain {}", budget.chain->value) : std::string{};
    return fmt::format(
        "{}, window {}, scope {}{}", limit_text(budget, policy), window, to_string(budget.scope),
        chain);
}

std::string condition_text(const Condition& condition, const Policy& policy) {
    std::vector<std::string> parts;
    for (const auto& clause : condition.clauses)
        parts.push_back(canonical::expected_text(clause, policy, canonical::Detail::all));
    for (const auto& alternatives : condition.any) {
        std::vector<std::string> either;
        for (const auto& alternative : alternatives)
            either.push_back(condition_text(alternative, policy));
        parts.push_back(fmt::format("({})", fmt::join(either, " or ")));
    }
    return parts.empty() ? "anything" : fmt::format("{}", fmt::join(parts, " and "));
}

std::string rule_text(const Rule& rule, const Policy& policy) {
    std::string text =
        fmt::format("{} where {}", words(rule.effects), condition_text(rule.condition, policy));
    if (!rule.operations.empty()) text += fmt::format("; op {}", words(rule.operations));
    if (!rule.charge.empty()) text += fmt::format("; charge {}", fmt::join(rule.charge, ", "));
    if (rule.quorum) {
        text += fmt::format(
            "; {} of {} within {}", rule.quorum->minimum, rule.quorum->of,
            load::duration_text(rule.quorum->ttl));
    }
    if (!rule.code.empty()) text += fmt::format("; code {}", rule.code);
    if (!rule.hint.empty()) text += fmt::format("; hint \"{}\"", rule.hint);
    return text;
}

void add_envelope(const Envelope& envelope, Lines& lines) {
    std::vector<std::uint64_t> chains;
    for (const auto chain : envelope.chains)
        chains.push_back(chain.value);
    const auto listed = envelope.any_chain ? "any" : fmt::format("{}", fmt::join(chains, ", "));
    lines["envelope chains"] = listed.empty() ? "none" : listed;
    lines["envelope tx_types"] =
        envelope.tx_types.empty() ? "none" : fmt::format("{}", fmt::join(envelope.tx_types, ", "));
    lines["envelope operations"] = envelope.operations.empty() ? "any" : words(envelope.operations);
    if (envelope.max_total_fee) {
        lines["envelope max_total_fee"] = native_text(envelope.max_total_fee->value);
    }
    if (envelope.max_fee_per_gas) {
        lines["envelope max_fee_per_gas"] = native_text(envelope.max_fee_per_gas->value);
    }
    if (envelope.max_gas) {
        lines["envelope max_gas"] = fmt::format("{}", envelope.max_gas->value);
    }
    if (!envelope.charge.empty()) {
        lines["envelope charge"] = fmt::format("{}", fmt::join(envelope.charge, ", "));
    }
    for (const auto& [chain, limits] : envelope.per_chain) {
        if (limits.first) {
            lines[fmt::format("envelope chain {} max_fee_per_gas", chain)] =
                native_text(limits.first->value);
        }
        if (limits.second) {
            lines[fmt::format("envelope chain {} max_gas", chain)] =
                fmt::format("{}", limits.second->value);
        }
    }
}

void add_simulation(const Policy& policy, Lines& lines) {
    const auto& rules = policy.simulation;
    lines["simulation require"] = rules.require ? "true" : "false";
    lines["simulation operations"] = rules.operations.empty() ? "any" : words(rules.operations);
    lines["simulation must_not_revert"] = rules.must_not_revert ? "true" : "false";
    if (rules.max_age_blocks) {
        lines["simulation max_age_blocks"] = fmt::format("{}", *rules.max_age_blocks);
    }
    for (const auto& [asset, limit] : rules.max_outflow) {
        lines["simulation max_outflow " + canonical::asset_key(asset)] =
            amount_text(limit, asset, policy);
    }
    if (rules.max_native_outflow) {
        lines["simulation max_outflow native"] = native_text(*rules.max_native_outflow);
    }
}

void add_names(const Policy& policy, Lines& lines) {
    for (const auto& asset : policy.assets) {
        lines["asset " + asset.name] = fmt::format(
            "{}, {} decimals, {}",
            asset.asset.contract ? to_checksum(*asset.asset.contract) : "native currency",
            asset.decimals, asset.symbol);
    }
    for (const auto& set : policy.sets) {
        lines["set " + set.name] = "declared";
        for (const auto& address : set.addresses)
            lines[fmt::format("set {} {}", set.name, to_checksum(address))] = "listed";
    }
    for (const auto& contract : policy.declared_contracts) {
        lines["contract " + contract.name] = fmt::format(
            "{} on chain {}, {}", to_checksum(contract.address), contract.chain.value,
            contract.kind ? to_string(*contract.kind) : "of no kind");
        for (const auto& function : contract.functions)
            lines[fmt::format(
                "contract {} {}", contract.name, canonical::signature_text(function))] = "pinned";
    }
}

Lines lines_of(const Policy& policy) {
    Lines lines;
    lines["id"] = policy.id;
    lines["version"] = fmt::format("{}", policy.version);
    if (policy.not_before) lines["not_before"] = load::time_text(*policy.not_before);
    if (policy.expires) lines["expires"] = load::time_text(*policy.expires);
    lines["show_limits"] = policy.shows_limits_to_agents ? "true" : "false";
    add_names(policy, lines);
    for (const auto& budget : policy.budgets)
        lines["budget " + budget.id] = budget_text(budget, policy);
    add_envelope(policy.envelope, lines);
    for (const auto& rule : policy.rules)
        lines[fmt::format("{} {}", to_string(rule.kind), rule.id)] = rule_text(rule, policy);
    add_simulation(policy, lines);
    return lines;
}

}  // namespace

std::vector<std::string> difference(const Policy& before, const Policy& after) {
    std::vector<std::string> out;
    if (before.canonical == after.canonical) return out;
    const auto old_lines = lines_of(before);
    const auto new_lines = lines_of(after);
    for (const auto& [name, text] : old_lines)
        if (!new_lines.contains(name)) out.push_back(fmt::format("- {}: {}", name, text));
    for (const auto& [name, text] : new_lines) {
        const auto found = old_lines.find(name);
        if (found == old_lines.end()) {
            out.push_back(fmt::format("+ {}: {}", name, text));
        } else if (found->second != text) {
            out.push_back(fmt::format("~ {}: {} -> {}", name, found->second, text));
        }
    }
    // Whatever has no line of its own is still a change.
    if (out.empty()) {
        out.push_back(
            fmt::format("~ digest: {} -> {}", to_hex(before.digest), to_hex(after.digest)));
    }
    return out;
}

}  // namespace chela::policy
