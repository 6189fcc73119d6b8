#include "chains/base/hex.hpp"
#include "policy/rules/canonical/canonical.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::policy::canonical {
namespace {

Json item(const AddressPattern& pattern) {
    if (const auto* address = std::get_if<Address>(&pattern)) return to_hex(*address);
    return std::holds_alternative<Self>(pattern) ? "self" : "actor";
}
Json item(const Asset& asset) {
    return asset_key(asset);
}
Json item(const VenuePattern& venue) {
    return {
        {"protocol", venue.protocol},
        {"chain", venue.chain.value},
        {"contract", venue.contract ? Json(to_hex(*venue.contract)) : Json()}};
}
Json item(const U256& number) {
    return to_decimal(number);
}
Json item(const std::string& text) {
    return text;
}
Json item(ChainId chain) {
    return chain.value;
}
Json item(const Bytes& bytes) {
    return to_hex(bytes);
}

template <class T>
Json items(const std::vector<T>& values) {
    auto out = Json::array();
    for (const auto& value : values)
        out.push_back(item(value));
    return out;
}

/// One member a kind of operand, named after the kind.
struct OperandJson {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(const std::vector<AddressPattern>& v) const {
        return {{"addresses", items(v)}};
    }
    Json operator()(const std::shared_ptr<const AddressSet>& set) const {
        return {{"set", set->name}};
    }
    Json operator()(const std::vector<Asset>& v) const { return {{"assets", items(v)}}; }
    Json operator()(const std::vector<VenuePattern>& v) const { return {{"venues", items(v)}}; }
    Json operator()(const AssetAmount& amount) const {
        return {{"amount", to_decimal(amount.amount)}, {"asset", asset_key(amount.asset)}};
    }
    Json operator()(const U256& number) const { return {{"number", item(number)}}; }
    Json operator()(const std::vector<U256>& v) const { return {{"numbers", items(v)}}; }
    Json operator()(std::chrono::milliseconds duration) const {
        return {{"milliseconds", duration.count()}};
    }
    Json operator()(const std::vector<std::string>& v) const { return {{"words", items(v)}}; }
    Json operator()(const std::vector<ChainId>& v) const { return {{"chains", items(v)}}; }
    Json operator()(const std::vector<Bytes>& v) const { return {{"bytes", items(v)}}; }
};

}  // namespace

std::string asset_key(const Asset& asset) {
    return fmt::format(
        "{}/{}", asset.chain.value, asset.contract ? to_hex(*asset.contract) : "native");
}

Json to_json(const Clause& clause) {
    return {
        {"field", policy::to_string(clause.field)},
        {"argument", clause.argument},
        {"comparison", policy::to_string(clause.comparison)},
        {"operand", std::visit(OperandJson{}, clause.operand)},
        {"expected", clause.expected}};
}

Json to_json(const Condition& condition) {
    auto clauses = Json::array();
    for (const auto& clause : condition.clauses)
        clauses.push_back(to_json(clause));
    auto any = Json::array();
    for (const auto& alternatives : condition.any) {
        auto list = Json::array();
        for (const auto& alternative : alternatives)
            list.push_back(to_json(alternative));
        any.push_back(std::move(list));
    }
    return {{"clauses", std::move(clauses)}, {"any", std::move(any)}};
}

}  // namespace chela::policy::canonical
