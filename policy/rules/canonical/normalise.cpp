#include "policy/rules/canonical/canonical.hpp"

#include <algorithm>
#include <tuple>
#include <type_traits>

#include <nlohmann/json.hpp>

namespace chela::policy::canonical {
namespace {

auto asset_order(const Asset& asset) {
    return std::pair{asset.chain, asset.contract};
}
auto venue_order(const VenuePattern& venue) {
    return std::tuple{venue.chain, venue.protocol, venue.contract};
}

template <class T, class Key>
void sort_by(std::vector<T>& values, const Key& key) {
    std::ranges::sort(values, {}, key);
    const auto doubles = std::ranges::unique(values, {}, key);
    values.erase(doubles.begin(), doubles.end());
}

/// Values that are already different: only their order is one of many.
template <class T, class Key>
void order_by(std::vector<T>& values, const Key& key) {
    std::ranges::sort(values, {}, key);
}

struct SortOperand {
    void operator()(std::vector<Asset>& assets) const { sort_by(assets, asset_order); }
    void operator()(std::vector<VenuePattern>& venues) const { sort_by(venues, venue_order); }
    template <class T>
    void operator()(std::vector<T>& values) const {
        sort_by(values, std::identity{});
    }
    template <class T>
    void operator()(T&) const {}  // one value, or a set that is sorted
};

template <class T>
constexpr bool kIsList = false;
template <class T>
constexpr bool kIsList<std::vector<T>> = true;

std::size_t items_of(const Operand& operand) {
    return std::visit(
        [](const auto& value) -> std::size_t {
            if constexpr (kIsList<std::decay_t<decltype(value)>>) return value.size();
            return 0;
        },
        operand);
}

/// One of a single thing is that thing.
void normalise(Clause& clause) {
    std::visit(SortOperand{}, clause.operand);
    const bool is_membership =
        clause.comparison == Comparison::in || clause.comparison == Comparison::not_in;
    if (!is_membership || clause.field == Field::via || items_of(clause.operand) != 1) return;
    clause.comparison =
        clause.comparison == Comparison::in ? Comparison::equal : Comparison::not_equal;
    if (const auto* numbers = std::get_if<std::vector<U256>>(&clause.operand)) {
        clause.operand = U256{numbers->front()};
    }
}

Json alternatives_json(const std::vector<Condition>& alternatives) {
    auto out = Json::array();
    for (const auto& alternative : alternatives)
        out.push_back(to_json(alternative));
    return out;
}

/// By their canonical text.
template <class T>
void sort_as_text(std::vector<T>& values, Json (*json_of)(const T&)) {
    if (values.size() < 2) return;
    std::vector<std::pair<std::string, T>> keyed;
    keyed.reserve(values.size());
    for (auto& value : values) {
        auto text = json_of(value).dump();
        keyed.emplace_back(std::move(text), std::move(value));
    }
    sort_by(keyed, [](const auto& pair) -> const std::string& { return pair.first; });
    values.clear();
    for (auto& [text, value] : keyed)
        values.push_back(std::move(value));
}

void normalise(Condition& condition, const Policy& policy) {
    for (auto& clause : condition.clauses) {
        normalise(clause);
        clause.expected = expected_text(clause, policy);
    }
    sort_as_text<Clause>(condition.clauses, to_json);
    for (auto& alternatives : condition.any) {
        for (auto& alternative : alternatives)
            normalise(alternative, policy);
        sort_as_text<Condition>(alternatives, to_json);
    }
    sort_as_text<std::vector<Condition>>(condition.any, alternatives_json);
}

void normalise(Rule& rule, const Policy& policy) {
    sort_by(rule.effects, std::identity{});
    sort_by(rule.operations, std::identity{});
    sort_by(rule.charge, std::identity{});
    normalise(rule.condition, policy);
}

void normalise(Envelope& envelope) {
    sort_by(envelope.chains, std::identity{});
    sort_by(envelope.tx_types, std::identity{});
    sort_by(envelope.operations, std::identity{});
    sort_by(envelope.charge, std::identity{});
}

}  // namespace

void normalise(Policy& policy) {
    order_by(policy.assets, [](const AssetDefinition& asset) { return asset.name; });
    order_by(policy.sets, [](const AddressSet& set) { return set.name; });
    for (auto& set : policy.sets)
        sort_by(set.addresses, std::identity{});
    order_by(policy.declared_contracts, [](const ContractDeclaration& contract) {
        return contract.name;
    });
    for (auto& contract : policy.declared_contracts)
        order_by(contract.functions, signature_text);
    order_by(policy.budgets, [](const Budget& budget) { return budget.id; });
    normalise(policy.envelope);
    for (auto& rule : policy.rules)
        normalise(rule, policy);
    order_by(policy.rules, [](const Rule& rule) { return std::tuple{rule.kind, rule.id}; });
    sort_by(policy.simulation.operations, std::identity{});
    sort_by(policy.simulation.max_outflow, [](const auto& outflow) {
        return asset_order(outflow.first);
    });
}

}  // namespace chela::policy::canonical
