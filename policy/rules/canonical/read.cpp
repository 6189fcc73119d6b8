#include "policy/rules/canonical/read.hpp"

#include "chains/abi/signature.hpp"
#include "policy/rules/canonical/canonical.hpp"
#include "policy/rules/fields.hpp"
#include "policy/rules/load.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

using namespace canonical;

// Each `any` takes three levels.
constexpr std::size_t kMaxDepth = 64;

template <class T, class Read>
std::optional<T> read_optional(const Json& json, const Read& read) {
    if (json.is_null()) return std::nullopt;
    return T{read(json)};
}
std::chrono::milliseconds read_milliseconds(const Json& json) {
    return std::chrono::milliseconds{static_cast<std::int64_t>(read_small(json))};
}
TimePoint read_time(const Json& json) {
    return TimePoint{read_milliseconds(json)};
}
Asset read_key(const Json& json) {
    return read_asset(json.get<std::string>());
}

/// The value of a closed list that has this word; the first one when none has.
template <class T, std::size_t N>
T read_word(const Json& json, const std::array<T, N>& values) {
    const auto& word = json.get_ref<const std::string&>();
    const auto found =
        std::ranges::find_if(values, [&](T value) { return to_string(value) == word; });
    return found == values.end() ? values.front() : *found;
}

template <class T, class Parse>
std::vector<T> read_words(const Json& json, const Parse& parse, T fallback) {
    std::vector<T> values;
    for (const auto& item : json)
        values.push_back(parse(item.template get<std::string>()).value_or(fallback));
    return values;
}

void read_assets(const Json& json, Policy& policy) {
    for (const auto& [name, item] : json.items()) {
        policy.assets.push_back(
            {name,
             read_key(item.at("asset")),
             static_cast<unsigned>(read_small(item.at("decimals"))),
             item.at("symbol").get<std::string>(),
             {}});
    }
}

Sets read_sets(const Json& json, Policy& policy) {
    Sets sets;
    for (const auto& [name, item] : json.items()) {
        AddressSet set{name, {}, {}};
        for (const auto& address : item)
            set.addresses.push_back(read_address(address));
        std::ranges::sort(set.addresses);
        sets.emplace(name, std::make_shared<const AddressSet>(set));
        policy.sets.push_back(std::move(set));
    }
    return sets;
}

void read_contracts(const Json& json, Policy& policy) {
    for (const auto& [name, item] : json.items()) {
        ContractDeclaration contract{
            name, ChainId{read_small(item.at("chain"))}, read_address(item.at("address")), {}, {},
            {}};
        if (!item.at("kind").is_null()) {
            contract.kind = parse_contract_kind(item.at("kind").get<std::string>());
        }
        for (const auto& function : item.at("functions")) {
            auto signature = chains::abi::parse_signature(function.get<std::string>());
            if (signature) contract.functions.push_back(*std::move(signature));
        }
        policy.declared_contracts.push_back(std::move(contract));
    }
}

void read_budgets(const Json& json, Policy& policy) {
    using enum Budget::Counts;
    using Window = Budget::Window;
    using Scope = Budget::Scope;
    for (const auto& [id, item] : json.items()) {
        policy.budgets.push_back(
            {.id = id,
             .meter = item.at("meter").get<std::string>(),
             .counts =
                 read_word(item.at("counts"), std::array{amount, effects, max_fee, signatures}),
             .asset = read_optional<Asset>(item.at("asset"), read_key),
             .chain = read_optional<ChainId>(item.at("chain"), read_small),
             .limit = read_optional<U256>(item.at("limit"), read_number),
             .window = read_word(
                 item.at("window"),
                 std::array{
                     Window::sliding, Window::utc_day, Window::unlimited, Window::signature}),
             .length = read_milliseconds(item.at("length_ms")),
             .scope = read_word(
                 item.at("scope"), std::array{Scope::agent, Scope::policy, Scope::organization}),
             .code = item.at("code").get<std::string>(),
             .hint = item.at("hint").get<std::string>(),
             .where = {}});
    }
}

void read_envelope(const Json& json, Envelope& envelope) {
    for (const auto& chain : json.at("chains"))
        envelope.chains.push_back(ChainId{read_small(chain)});
    envelope.any_chain = json.at("any_chain").get<bool>();
    for (const auto& type : json.at("tx_types"))
        envelope.tx_types.push_back(static_cast<unsigned>(read_small(type)));
    envelope.operations =
        read_words(json.at("operations"), parse_operation, Operation::transaction);
    envelope.max_total_fee = read_optional<Wei>(json.at("max_total_fee"), read_number);
    envelope.max_fee_per_gas = read_optional<Wei>(json.at("max_fee_per_gas"), read_number);
    envelope.max_gas = read_optional<Gas>(json.at("max_gas"), read_small);
    envelope.charge = json.at("charge").get<std::vector<std::string>>();
    for (const auto& item : json.at("per_chain")) {
        envelope.per_chain[read_small(item.at("chain"))] = {
            read_optional<Wei>(item.at("max_fee_per_gas"), read_number),
            read_optional<Gas>(item.at("max_gas"), read_small)};
    }
    envelope.chain_hint = json.at("chain_hint").get<std::string>();
}

Quorum read_quorum(const Json& json) {
    return {
        json.at("of").get<std::string>(), static_cast<unsigned>(read_small(json.at("minimum"))),
        read_milliseconds(json.at("ttl_ms"))};
}

void read_rules(const Json& json, const Sets& sets, Policy& policy) {
    using Kind = Rule::Kind;
    for (const auto& item : json) {
        policy.rules.push_back(
            {.kind =
                 read_word(item.at("kind"), std::array{Kind::forbid, Kind::permit, Kind::review}),
             .id = item.at("id").get<std::string>(),
             .effects = read_words(item.at("effects"), parse_effect_kind, EffectKind::opaque),
             .operations =
                 read_words(item.at("operations"), parse_operation, Operation::transaction),
             .condition = read_condition(item.at("condition"), sets),
             .charge = item.at("charge").get<std::vector<std::string>>(),
             .quorum = read_optional<Quorum>(item.at("quorum"), read_quorum),
             .code = item.at("code").get<std::string>(),
             .hint = item.at("hint").get<std::string>(),
             .where = {}});
    }
}

void read_simulation(const Json& json, SimulationRules& rules) {
    rules.require = json.at("require").get<bool>();
    rules.operations = read_words(json.at("operations"), parse_operation, Operation::transaction);
    rules.max_age_blocks = read_optional<std::uint64_t>(json.at("max_age_blocks"), read_small);
    rules.must_not_revert = json.at("must_not_revert").get<bool>();
    for (const auto& [asset, limit] : json.at("max_outflow").items())
        rules.max_outflow.emplace_back(read_asset(asset), read_number(limit));
    rules.max_native_outflow = read_optional<U256>(json.at("max_native_outflow"), read_number);
}

Policy read_policy(const Json& json) {
    Policy policy;
    policy.id = json.at("id").get<std::string>();
    policy.version = read_small(json.at("version"));
    policy.not_before = read_optional<TimePoint>(json.at("not_before"), read_time);
    policy.expires = read_optional<TimePoint>(json.at("expires"), read_time);
    policy.shows_limits_to_agents = json.at("show_limits").get<bool>();
    policy.is_compiled = json.at("is_compiled").get<bool>();
    read_assets(json.at("assets"), policy);
    const auto sets = read_sets(json.at("sets"), policy);
    read_contracts(json.at("contracts"), policy);
    read_budgets(json.at("budgets"), policy);
    read_envelope(json.at("envelope"), policy.envelope);
    read_rules(json.at("rules"), sets, policy);
    read_simulation(json.at("simulation"), policy.simulation);
    return policy;
}

}  // namespace

Result<Policy> load_canonical(std::string_view canonical) {
    const auto refuse = [](const std::string& why) {
        return fail(
            ErrorCode::invalid_input, "not the canonical text of a policy: " + why,
            "E_POLICY_DOCUMENT");
    };
    const auto json = parse_json(canonical, {.max_depth = kMaxDepth});
    if (!json) return refuse(json.error().detail);
    try {
        auto policy = read_policy(*json);
        if (const auto checked = check(policy); !checked) return refuse(checked.error().detail);
        finish(policy);
        if (policy.canonical == canonical) return policy;
    } catch (const Json::exception& e) {
        return refuse(e.what());
    }
    return refuse("it reads as another one");
}

}  // namespace chela::policy
