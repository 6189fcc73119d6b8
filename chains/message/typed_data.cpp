#include "chains/message/typed_data.hpp"

#include "chains/message/typed_data_domain.hpp"
#include "chains/message/typed_data_error.hpp"
#include "chains/message/typed_data_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

constexpr std::array<std::string_view, 4> kParts{"types", "primaryType", "domain", "message"};

/// @return whether the domain alone is signed
Result<bool> check_parts(const Json& json) {
    if (!json.is_object())
        return refuse_typed_data("the text", "is not an object", "TYPE_MISMATCH");
    for (const auto& item : json.items()) {
        if (std::ranges::find(kParts, item.key()) == kParts.end()) {
            return refuse_typed_data(
                path_of("the text", item.key()), "is not part of typed data", "EXTRA_MEMBER");
        }
    }
    for (const std::string_view part : kParts) {
        if (!json.contains(part) && part != "message") {
            return refuse_typed_data(part, "is missing", "MISSING_MEMBER");
        }
    }
    if (!json["primaryType"].is_string()) {
        return refuse_typed_data("primaryType", "is not a string", "TYPE_MISMATCH");
    }
    const bool is_domain_alone = json["primaryType"].get_ref<const std::string&>() == kDomainType;
    const auto message = json.find("message");
    if (message == json.end() && !is_domain_alone) {
        return refuse_typed_data("message", "is missing", "MISSING_MEMBER");
    }
    if (is_domain_alone && message != json.end() && *message != Json::object()) {
        return refuse_typed_data("message", "is not {}: the domain is signed", "EXTRA_MEMBER");
    }
    return is_domain_alone;
}

}  // namespace

Bytes TypedData::bytes() const {
    Bytes out{0x19, 0x01};
    out.insert(out.end(), domain_separator_.bytes.begin(), domain_separator_.bytes.end());
    if (primary_type_ != kDomainType) {
        out.insert(out.end(), struct_hash_.bytes.begin(), struct_hash_.bytes.end());
    }
    return out;
}

Result<TypedData> read_typed_data(const Json& json) {
    const auto is_domain_alone = check_parts(json);
    if (!is_domain_alone) return std::unexpected{is_domain_alone.error()};
    TypedData out;
    out.primary_type_ = json["primaryType"].get<std::string>();
    auto types = TypedDataTypes::parse(json["types"]);
    if (!types) return std::unexpected{types.error()};
    out.types_ = *std::move(types);
    if (const auto declared = declare_domain(out.types_, json["domain"]); !declared) {
        return std::unexpected{declared.error()};
    }
    if (const auto resolved = out.types_.resolve(out.primary_type_); !resolved) {
        return std::unexpected{resolved.error()};
    }
    TypedDataReader reader{out.types_};
    const auto domain = reader.read_struct(std::string{kDomainType}, json["domain"], "domain");
    if (!domain) return std::unexpected{domain.error()};
    out.domain_ = to_domain(*domain);
    out.domain_separator_ = hash_struct(out.types_, *domain);
    auto message = *is_domain_alone
                       ? domain
                       : reader.read_struct(out.primary_type_, json["message"], "message");
    if (!message) return std::unexpected{message.error()};
    out.message_ = *std::move(message);
    out.struct_hash_ = hash_struct(out.types_, out.message_);
    return out;
}

Result<TypedData> parse_typed_data(std::string_view json) {
    if (json.size() > kMaxTypedDataText) return typed_data_too_large("the text", "is too long");
    const auto parsed = parse_json(json);
    if (!parsed) return std::unexpected{parsed.error()};
    return read_typed_data(*parsed);
}

}  // namespace chela::chains
