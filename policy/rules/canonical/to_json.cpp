#include "chains/abi/signature.hpp"
#include "chains/base/hex.hpp"
#include "policy/rules/canonical/canonical.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::policy::canonical {
namespace {

template <class T, class Form>
Json optional_json(const std::optional<T>& value, const Form& form) {
    return value ? Json(form(*value)) : Json();
}
std::string number_text(const U256& number) {
    return to_decimal(number);
}
std::string wei_text(const Wei& wei) {
    return to_decimal(wei.value);
}
std::int64_t time_json(TimePoint time) {
    return time.time_since_epoch().count();
}
std::uint64_t chain_json(ChainId chain) {
    return chain.value;
}
std::uint64_t gas_json(Gas gas) {
    return gas.value;
}

Json words_json(const auto& values) {
    auto out = Json::array();
    for (const auto& value : values)
        out.push_back(policy::to_string(value));
    return out;
}

Json assets_json(const Policy& policy) {
    auto out = Json::object();
    for (const auto& asset : policy.assets) {
        out[asset.name] = {
            {"asset", asset_key(asset.asset)},
            {"decimals", asset.decimals},
            {"symbol", asset.symbol}};
    }
    return out;
}

Json sets_json(const Policy& policy) {
    auto out = Json::object();
    for (const auto& set : policy.sets) {
        auto addresses = Json::array();
        for (const auto& address : set.addresses)
            addresses.push_back(to_hex(address));
        out[set.name] = std::move(addresses);
    }
    return out;
}

Json contracts_json(const Policy& policy) {
    auto out = Json::object();
    for (const auto& contract : policy.declared_contracts) {
        auto functions = Json::array();
        for (const auto& function : contract.functions)
            functions.push_back(signature_text(function));
        const auto kind_text = [](ContractKind kind) {
            return std::string{policy::to_string(kind)};
        };
        out[contract.name] = {
            {"chain", contract.chain.value},
            {"address", to_hex(contract.address)},
            {"kind", optional_json(contract.kind, kind_text)},
            {"functions", std::move(functions)}};
    }
    return out;
}

Json budgets_json(const Policy& policy) {
    auto out = Json::object();
    for (const auto& budget : policy.budgets) {
        out[budget.id] = {
            {"meter", budget.meter},
            {"counts", to_string(budget.counts)},
            {"asset", optional_json(budget.asset, asset_key)},
            {"chain", optional_json(budget.chain, chain_json)},
            {"limit", optional_json(budget.limit, number_text)},
            {"window", to_string(budget.window)},
            {"length_ms", budget.length.count()},
            {"scope", to_string(budget.scope)},
            {"code", budget.code},
            {"hint", budget.hint}};
    }
    return out;
}

Json envelope_json(const Envelope& envelope) {
    auto chains = Json::array();
    for (const auto chain : envelope.chains)
        chains.push_back(chain.value);
    auto per_chain = Json::array();
    for (const auto& [chain, limits] : envelope.per_chain) {
        per_chain.push_back(
            {{"chain", chain},
             {"max_fee_per_gas", optional_json(limits.first, wei_text)},
             {"max_gas", optional_json(limits.second, gas_json)}});
    }
    return {
        {"chains", std::move(chains)},
        {"any_chain", envelope.any_chain},
        {"tx_types", envelope.tx_types},
        {"operations", words_json(envelope.operations)},
        {"max_total_fee", optional_json(envelope.max_total_fee, wei_text)},
        {"max_fee_per_gas", optional_json(envelope.max_fee_per_gas, wei_text)},
        {"max_gas", optional_json(envelope.max_gas, gas_json)},
        {"charge", envelope.charge},
        {"per_chain", std::move(per_chain)},
        {"chain_hint", envelope.chain_hint}};
}

Json rules_json(const Policy& policy) {
    auto out = Json::array();
    const auto quorum_json = [](const Quorum& quorum) {
        return Json{{"of", quorum.of}, {"minimum", quorum.minimum}, {"ttl_ms", quorum.ttl.count()}};
    };
    for (const auto& rule : policy.rules) {
        out.push_back(
            {{"kind", policy::to_string(rule.kind)},
             {"id", rule.id},
             {"effects", words_json(rule.effects)},
             {"operations", words_json(rule.operations)},
             {"condition", to_json(rule.condition)},
             {"charge", rule.charge},
             {"quorum", optional_json(rule.quorum, quorum_json)},
             {"code", rule.code},
             {"hint", rule.hint}});
    }
    return out;
}

Json simulation_json(const SimulationRules& rules) {
    auto outflow = Json::object();
    for (const auto& [asset, limit] : rules.max_outflow)
        outflow[asset_key(asset)] = to_decimal(limit);
    const auto same = [](std::uint64_t value) { return value; };
    return {
        {"require", rules.require},
        {"operations", words_json(rules.operations)},
        {"max_age_blocks", optional_json(rules.max_age_blocks, same)},
        {"must_not_revert", rules.must_not_revert},
        {"max_outflow", std::move(outflow)},
        {"max_native_outflow", optional_json(rules.max_native_outflow, number_text)}};
}

std::string parameters_text(
    const std::vector<chains::abi::Type>& types, const std::vector<std::string>& names);

/// A type with the names of its members.
std::string type_text(const chains::abi::Type& type) {
    using Kind = chains::abi::Type::Kind;
    if (type.kind() == Kind::tuple) return parameters_text(type.inner(), type.names());
    if (type.kind() == Kind::dynamic_array) return type_text(type.inner().front()) + "[]";
    if (type.kind() == Kind::fixed_array) {
        return fmt::format("{}[{}]", type_text(type.inner().front()), type.size());
    }
    return chains::abi::to_string(type);
}

std::string parameters_text(
    const std::vector<chains::abi::Type>& types, const std::vector<std::string>& names) {
    std::string out = "(";
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (i != 0) out += ",";
        out += type_text(types[i]);
        if (!names[i].empty()) out += " " + names[i];
    }
    return out + ")";
}

}  // namespace

std::string signature_text(const chains::abi::Signature& signature) {
    std::vector<chains::abi::Type> types;
    std::vector<std::string> names;
    for (const auto& input : signature.inputs) {
        types.push_back(input.type);
        names.push_back(input.name);
    }
    return fmt::format("function {}{}", signature.name, parameters_text(types, names));
}

Json to_json(const Policy& policy) {
    return {
        {"schema", "chela.policy.canonical/1"},
        {"id", policy.id},
        {"version", policy.version},
        {"not_before", optional_json(policy.not_before, time_json)},
        {"expires", optional_json(policy.expires, time_json)},
        {"show_limits", policy.shows_limits_to_agents},
        {"is_compiled", policy.is_compiled},
        {"assets", assets_json(policy)},
        {"sets", sets_json(policy)},
        {"contracts", contracts_json(policy)},
        {"budgets", budgets_json(policy)},
        {"envelope", envelope_json(policy.envelope)},
        {"rules", rules_json(policy)},
        {"simulation", simulation_json(policy.simulation)}};
}

}  // namespace chela::policy::canonical
