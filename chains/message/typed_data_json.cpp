#include "chains/message/typed_data_json.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

struct ToJson {
    Json operator()(const U256& number) const { return to_decimal(number); }
    Json operator()(const I256& number) const { return to_decimal(number); }
    Json operator()(const Address& address) const { return to_checksum(address); }
    Json operator()(bool truth) const { return truth; }
    Json operator()(const Bytes& bytes) const { return to_hex(bytes); }
    Json operator()(const std::string& text) const { return text; }
    Json operator()(const TypedValue::List& elements) const {
        Json out = Json::array();
        for (const TypedValue& element : elements)
            out.push_back(std::visit(*this, element.data));
        return out;
    }
    Json operator()(const TypedValue::Struct& members) const {
        Json out = Json::object();
        for (const auto& [name, value] : members)
            out[name] = std::visit(*this, value.data);
        return out;
    }
};

/// Adds the declaration of a struct and of those that it refers to.
void declare(Json& out, const TypedDataTypes& types, std::string_view name) {
    const TypedFields* const fields = types.find(name);
    if (fields == nullptr || out.contains(name)) return;
    Json& members = out[std::string{name}] = Json::array();
    for (const TypedField& field : *fields)
        members.push_back({{"name", field.name}, {"type", field.type}});
    for (const TypedField& field : *fields)
        declare(out, types, field.base);
}

Json domain_json(const TypedDomain& domain) {
    Json out = Json::object();
    if (domain.name) out["name"] = *domain.name;
    if (domain.version) out["version"] = *domain.version;
    if (domain.chain_id) out["chainId"] = to_decimal(*domain.chain_id);
    if (domain.verifying_contract) {
        out["verifyingContract"] = to_checksum(*domain.verifying_contract);
    }
    if (domain.salt) out["salt"] = to_hex(*domain.salt);
    return out;
}

}  // namespace

Json to_json(const TypedData& data) {
    // Whatever is declared is used by one of these two, or it would not have been read.
    Json types = Json::object();
    declare(types, data.types(), kDomainType);
    declare(types, data.types(), data.primary_type());
    Json out = {
        {"types", std::move(types)},
        {"primaryType", data.primary_type()},
        {"domain", domain_json(data.domain())}};
    if (data.primary_type() != kDomainType) {
        out["message"] = std::visit(ToJson{}, data.message().data);
    }
    return out;
}

}  // namespace chela::chains
