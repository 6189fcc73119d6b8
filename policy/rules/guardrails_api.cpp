#include "chains/base/address.hpp"
#include "policy/rules/guardrails.hpp"

#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

Json addresses(const std::vector<Address>& list) {
    auto out = Json::array();
    for (const auto& address : list)
        out.push_back(to_checksum(address));
    return out;
}

std::string native(const Wei& amount) {
    return format_units(amount.value, kNativeDecimals);
}

Json limits_of_chain(const Limits& limits) {
    auto out = Json::object();
    if (!limits.to_allowlist.empty()) out["to_allowlist"] = addresses(limits.to_allowlist);
    if (!limits.token_allowlist.empty()) out["token_allowlist"] = addresses(limits.token_allowlist);
    if (limits.max_value) out["max_value"] = native(*limits.max_value);
    if (limits.daily_limit) out["daily_limit"] = native(*limits.daily_limit);
    if (limits.max_per_day) out["max_per_day"] = *limits.max_per_day;
    if (limits.overhead_budget) out["overhead_budget"] = native(*limits.overhead_budget);
    if (limits.max_fee_per_gas) {
        out["max_fee_per_gas_gwei"] = format_units(limits.max_fee_per_gas->value, 9);
    }
    if (limits.max_gas_limit) out["max_gas_limit"] = limits.max_gas_limit->value;
    return out;
}

}  // namespace

Json to_api_json(const Guardrails& guardrails) {
    auto out = Json::object();
    for (const auto& chain : guardrails.allowed_chains) {
        out["tx_allowed_chains"].push_back(chain.name);
    }
    const auto& all = guardrails.everywhere;
    if (!all.to_allowlist.empty()) out["tx_to_allowlist"] = addresses(all.to_allowlist);
    if (!all.token_allowlist.empty()) out["tx_token_allowlist"] = addresses(all.token_allowlist);
    if (all.max_value) out["tx_max_value"] = native(*all.max_value);
    if (all.daily_limit) out["tx_daily_limit"] = native(*all.daily_limit);
    if (all.max_per_day) out["tx_max_per_day"] = *all.max_per_day;
    for (const auto& [id, chain] : guardrails.per_chain) {
        const auto& [name, limits] = chain;
        out["per_chain_guardrails"][name] = limits_of_chain(limits);
        // The fee budget has two names in the API; both show it.
        if (limits.overhead_budget)
            out["tx_overhead_budget"][name] = native(*limits.overhead_budget);
    }
    return out;
}

}  // namespace chela::policy
