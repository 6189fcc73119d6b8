#include "chains/message/typed_data_domain.hpp"

#include "chains/message/typed_data_error.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

struct DomainField {
    std::string_view name;
    std::string_view type;
};
// Source: EIP-712, "Definition of domainSeparator": in this order, absent ones skipped.
constexpr std::array<DomainField, 5> kDomainFields{
    {{"name", "string"},
     {"version", "string"},
     {"chainId", "uint256"},
     {"verifyingContract", "address"},
     {"salt", "bytes32"}}};

TypedFields fields_of(const Json& domain) {
    TypedFields out;
    for (const auto& [name, type] : kDomainFields) {
        if (!domain.contains(name)) continue;
        out.push_back({std::string{name}, std::string{type}, std::string{type}, {}});
    }
    return out;
}

bool has(const TypedFields& fields, std::string_view name) {
    return std::ranges::find(fields, name, &TypedField::name) != fields.end();
}

Status check_declared(const TypedFields& declared, const TypedFields& present) {
    for (const TypedField& field : present) {
        if (!has(declared, field.name)) {
            return refuse_typed_data(
                path_of("domain", field.name), "is not declared", "EXTRA_MEMBER");
        }
    }
    for (const TypedField& field : declared) {
        if (std::ranges::find(kDomainFields, field.name, &DomainField::name) ==
            kDomainFields.end()) {
            return refuse_typed_data(
                path_of("types.EIP712Domain", field.name), "is not of the standard", "DOMAIN");
        }
        if (!has(present, field.name)) {
            return refuse_typed_data(path_of("domain", field.name), "is missing", "MISSING_MEMBER");
        }
    }
    for (std::size_t i = 0; i < declared.size(); ++i) {
        if (declared[i].name != present[i].name || declared[i].type != present[i].type) {
            return refuse_typed_data(
                path_of("types.EIP712Domain", declared[i].name),
                "has another type or place than in the standard", "DOMAIN");
        }
    }
    return {};
}

template <class T>
std::optional<T> member_as(const TypedValue& value, std::string_view name) {
    const TypedValue* const member = value.member(name);
    if (member == nullptr) return std::nullopt;
    const T* const out = member->as<T>();
    if (out == nullptr) bug("a member of the domain is of another type than declared");
    return *out;
}

}  // namespace

Status declare_domain(TypedDataTypes& types, const Json& domain) {
    if (!domain.is_object())
        return refuse_typed_data("domain", "is not an object", "TYPE_MISMATCH");
    for (const auto& item : domain.items()) {
        if (std::ranges::find(kDomainFields, item.key(), &DomainField::name) ==
            kDomainFields.end()) {
            return refuse_typed_data(
                path_of("domain", item.key()), "is not of the standard", "EXTRA_MEMBER");
        }
    }
    const TypedFields present = fields_of(domain);
    if (const TypedFields* const declared = types.find(kDomainType)) {
        return check_declared(*declared, present);
    }
    types.add_domain(present);
    return {};
}

TypedDomain to_domain(const TypedValue& value) {
    TypedDomain out{
        .name = member_as<std::string>(value, "name"),
        .version = member_as<std::string>(value, "version"),
        .chain_id = member_as<U256>(value, "chainId"),
        .verifying_contract = member_as<Address>(value, "verifyingContract"),
        .salt = {}};
    if (const auto salt = member_as<Bytes>(value, "salt")) {
        Hash256 bytes;
        if (salt->size() != Hash256::kSize) bug("a bytes32 of another size");
        std::ranges::copy(*salt, bytes.bytes.begin());
        out.salt = bytes;
    }
    return out;
}

}  // namespace chela::chains
