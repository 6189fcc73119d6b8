#include "chains/base/hex.hpp"
#include "policy/rules/canonical/read.hpp"
#include "policy/rules/fields.hpp"

#include <nlohmann/json.hpp>

namespace chela::policy::canonical {
namespace {

template <class T, class Read>
std::vector<T> read_list(const Json& json, const Read& read) {
    std::vector<T> values;
    for (const auto& item : json)
        values.push_back(read(item));
    return values;
}

AddressPattern read_pattern(const Json& json) {
    const auto& text = json.get_ref<const std::string&>();
    if (text == "self") return Self{};
    if (text == "actor") return ActorItself{};
    return read_address(json);
}

VenuePattern read_venue(const Json& json) {
    VenuePattern venue{
        json.at("protocol").get<std::string>(), ChainId{read_small(json.at("chain"))}, {}};
    if (!json.at("contract").is_null()) venue.contract = read_address(json.at("contract"));
    return venue;
}

Operand read_named(const std::string& kind, const Json& value, const Sets& sets) {
    if (kind == "addresses") return read_list<AddressPattern>(value, read_pattern);
    if (kind == "assets") {
        return read_list<Asset>(
            value, [](const Json& item) { return read_asset(item.get<std::string>()); });
    }
    if (kind == "venues") return read_list<VenuePattern>(value, read_venue);
    if (kind == "number") return read_number(value);
    if (kind == "numbers") return read_list<U256>(value, read_number);
    if (kind == "milliseconds") {
        return std::chrono::milliseconds{static_cast<std::int64_t>(read_small(value))};
    }
    if (kind == "words") {
        return read_list<std::string>(
            value, [](const Json& item) { return item.get<std::string>(); });
    }
    if (kind == "chains") {
        return read_list<ChainId>(
            value, [](const Json& item) { return ChainId{read_small(item)}; });
    }
    if (kind == "bytes") {
        return read_list<Bytes>(value, [](const Json& item) {
            return parse_hex(item.get<std::string>()).value_or(Bytes{});
        });
    }
    if (kind == "set") {
        const auto found = sets.find(value.get<std::string>());
        if (found != sets.end()) return found->second;
    }
    return {};
}

Operand read_operand(const Json& json, const Sets& sets) {
    if (json.is_null()) return {};
    if (json.contains("amount")) {
        return AssetAmount{
            read_number(json.at("amount")), read_asset(json.at("asset").get<std::string>())};
    }
    const auto& object = json.get_ref<const Json::object_t&>();
    if (object.size() != 1) return {};
    return read_named(object.begin()->first, object.begin()->second, sets);
}

Clause read_clause(const Json& json, const Sets& sets) {
    return {
        .field = parse_field(json.at("field").get<std::string>()).value_or(Field::asset),
        .argument = json.at("argument").get<std::string>(),
        .comparison =
            parse_comparison(json.at("comparison").get<std::string>()).value_or(Comparison::equal),
        .operand = read_operand(json.at("operand"), sets),
        .expected = {},
        .where = {}};
}

}  // namespace

Asset read_asset(const std::string& key) {
    const auto slash = key.find('/');
    const auto number = parse_decimal(key.substr(0, slash));
    const auto chain = number ? number->to_uint64() : std::nullopt;
    Asset asset{ChainId{chain.value_or(0)}, std::nullopt};
    if (slash == std::string::npos || key.substr(slash + 1) == "native") return asset;
    asset.contract = parse_fixed<Address>(key.substr(slash + 1)).value_or(Address{});
    return asset;
}

U256 read_number(const Json& json) {
    return parse_decimal(json.get<std::string>()).value_or(U256{});
}

std::uint64_t read_small(const Json& json) {
    return json.is_number_unsigned() ? json.get<std::uint64_t>() : 0;
}

Address read_address(const Json& json) {
    return parse_fixed<Address>(json.get<std::string>()).value_or(Address{});
}

Condition read_condition(const Json& json, const Sets& sets) {
    Condition condition;
    condition.clauses = read_list<Clause>(
        json.at("clauses"), [&](const Json& item) { return read_clause(item, sets); });
    condition.any = read_list<std::vector<Condition>>(json.at("any"), [&](const Json& list) {
        return read_list<Condition>(
            list, [&](const Json& item) { return read_condition(item, sets); });
    });
    return condition;
}

}  // namespace chela::policy::canonical
