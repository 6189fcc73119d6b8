#include "policy/rules/guardrails.hpp"
#include "policy/rules/members.hpp"
#include "policy/rules/overhead.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

constexpr std::string_view kPerChain = "per_chain_guardrails";
constexpr std::array<std::string_view, 9> kPerChainMembers{
    "max_value",
    "daily_limit",
    "to_allowlist",
    "token_allowlist",
    "max_per_day",
    "overhead_budget",
    "gas_daily_budget_native",
    "max_fee_per_gas_gwei",
    "max_gas_limit"};

Status read_allowed_chains(
    std::vector<NamedChain>& field, const Json& request, const ChainResolver& resolve) {
    const auto found = request.find("tx_allowed_chains");
    if (found == request.end()) return {};
    std::vector<NamedChain> chains;
    if (!found->is_null()) {
        if (!found->is_array()) {
            return fail(ErrorCode::invalid_input, "tx_allowed_chains: must be a list of chains");
        }
        for (const auto& entry : *found) {
            if (!entry.is_string()) {
                return fail(
                    ErrorCode::invalid_input, "tx_allowed_chains: a chain must be a string");
            }
            const auto& name = entry.get_ref<const std::string&>();
            const auto id = resolve_member(resolve, name, "tx_allowed_chains");
            if (!id) return std::unexpected{id.error()};
            if (std::ranges::find(chains, *id, &NamedChain::id) == chains.end()) {
                chains.push_back({name, *id});
            }
        }
    }
    field = std::move(chains);
    return {};
}

Status check_members(const Json& object, const std::string& path) {
    if (!object.is_object()) return fail(ErrorCode::invalid_input, path + ": must be an object");
    for (const auto& [member, value] : object.items()) {
        if (std::ranges::find(kPerChainMembers, member) == kPerChainMembers.end()) {
            return fail(
                ErrorCode::invalid_input, joined(path, member) + ": is not a known guardrail");
        }
    }
    return {};
}

Result<Limits> read_limits(const Json& object, const std::string& path) {
    auto status = check_members(object, path);
    Limits limits;
    std::optional<std::uint64_t> gas_limit;
    const auto then = [&](auto read) {
        if (status) status = read();
    };
    then([&] { return read_addresses(limits.to_allowlist, object, "to_allowlist", path); });
    then([&] { return read_addresses(limits.token_allowlist, object, "token_allowlist", path); });
    then([&] { return read_amount(limits.max_value, object, "max_value", path, kNativeDecimals); });
    then([&] {
        return read_amount(limits.daily_limit, object, "daily_limit", path, kNativeDecimals);
    });
    then([&] { return read_count(limits.max_per_day, object, "max_per_day", path); });
    then([&] {
        return read_amount_with_alias(
            limits.overhead_budget, object, "overhead_budget", "gas_daily_budget_native", path);
    });
    then([&] {
        return read_amount_or_integer(
            limits.max_fee_per_gas, object, "max_fee_per_gas_gwei", path, 9);
    });
    then([&] { return read_count(gas_limit, object, "max_gas_limit", path); });
    if (!status) return std::unexpected{status.error()};
    if (gas_limit) limits.max_gas_limit = Gas{*gas_limit};
    return limits;
}

bool states_overhead(const Json& limits) {
    return limits.contains("overhead_budget") || limits.contains("gas_daily_budget_native");
}

/// Replaces the chains' limits. A fee budget that the request does not mention stays: it may have
/// been set through tx_overhead_budget alone, and must not vanish unseen.
/// @param named  filled with the chains whose fee budget the request states
Status read_per_chain(
    Guardrails& guardrails,
    const Json& request,
    const ChainResolver& resolve,
    std::set<std::uint64_t>& named) {
    const auto found = request.find(kPerChain);
    if (found == request.end()) return {};
    if (!found->is_null() && !found->is_object()) {
        return fail(ErrorCode::invalid_input, "per_chain_guardrails: must be an object of chains");
    }
    decltype(guardrails.per_chain) chains;
    for (const auto& [name, value] : found->items()) {
        const auto path = joined(kPerChain, name);
        const auto chain = resolve_member(resolve, name, path);
        if (!chain) return std::unexpected{chain.error()};
        auto limits = read_limits(value, path);
        if (!limits) return std::unexpected{limits.error()};
        if (!chains.try_emplace(chain->value, name, *std::move(limits)).second) {
            return fail(ErrorCode::invalid_input, path + ": the chain is there twice");
        }
        if (states_overhead(value)) named.insert(chain->value);
    }
    for (const auto& [id, old] : guardrails.per_chain) {
        if (!old.second.overhead_budget || named.contains(id)) continue;
        auto& kept = chains.try_emplace(id, old.first, Limits{}).first->second;
        kept.second.overhead_budget = old.second.overhead_budget;
    }
    guardrails.per_chain = std::move(chains);
    return {};
}

}  // namespace

Result<Guardrails> apply_guardrails(
    Guardrails base, const Json& request, const ChainResolver& resolve) {
    if (!request.is_object()) return fail(ErrorCode::invalid_input, "must be a JSON object");
    auto& all = base.everywhere;
    std::set<std::uint64_t> named;
    Status status;
    const auto then = [&](auto read) {
        if (status) status = read();
    };
    then([&] { return read_allowed_chains(base.allowed_chains, request, resolve); });
    then([&] { return read_addresses(all.to_allowlist, request, "tx_to_allowlist", ""); });
    then([&] { return read_addresses(all.token_allowlist, request, "tx_token_allowlist", ""); });
    then([&] {
        return read_amount_with_alias(
            all.max_value, request, "tx_max_value", "tx_max_value_eth", "");
    });
    then([&] {
        return read_amount_with_alias(
            all.daily_limit, request, "tx_daily_limit", "tx_daily_limit_eth", "");
    });
    then([&] { return read_count(all.max_per_day, request, "tx_max_per_day", ""); });
    then([&] { return read_per_chain(base, request, resolve, named); });
    then([&] { return read_overhead_budgets(base, request, resolve, named); });
    if (!status) return std::unexpected{status.error()};
    return base;
}

}  // namespace chela::policy
