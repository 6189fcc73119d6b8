#include "chains/base/address.hpp"
#include "chains/base/u256.hpp"
#include "policy/analysis/request.hpp"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::policy::analysis {
namespace {

using Content = chains::Preimage::Content;
using Kind = yaml::Tree::Kind;

Result<Content> content_of(Result<chains::TypedData> data) {
    if (data) return Content{*std::move(data)};
    return std::unexpected{data.error()};
}

/// A bool in JSON is no text; names of accounts stand where an address is asked for.
Json elementary(const Node& node, std::string_view type, const Scope& scope) {
    const auto& text = node.tree().text;
    if (type == "bool" && (text == "true" || text == "false")) return text == "true";
    if (type == "address") {
        if (const auto account = find_account(text, scope)) return to_checksum(*account);
    }
    if (type.starts_with("uint")) {
        if (const auto moment = find_moment(node, scope)) return to_decimal(*moment);
        const auto bits = parse_decimal(type.substr(4));
        const auto size = bits ? bits->to_uint64() : std::optional<std::uint64_t>{256};
        if (text == "max" && size && *size >= 8 && *size <= 256) {
            return to_decimal(shift_right(U256::max(), 256 - static_cast<unsigned>(*size)));
        }
    }
    return text;
}

/// The type of a struct's member as `types` declares it; empty: it declares none.
std::string type_of_member(const Node& types, std::string_view structure, std::string_view name) {
    const auto* members = types.tree().find(structure);
    if (members == nullptr) return {};
    for (const auto& member : members->items) {
        const auto* its_name = member.find("name");
        const auto* its_type = member.find("type");
        if (its_name != nullptr && its_type != nullptr && its_name->text == name) {
            return its_type->text;
        }
    }
    return {};
}

Json value_of(const Node& node, const std::string& type, const Node& types, const Scope& scope) {
    switch (node.kind()) {
        case Kind::nothing:
            return nullptr;
        case Kind::scalar:
            return elementary(node, type, scope);
        case Kind::list: {
            const auto inner = type.substr(0, type.rfind('['));
            Json list = Json::array();
            for (const auto& item : node.items())
                list.push_back(value_of(item, inner, types, scope));
            return list;
        }
        case Kind::map: {
            Json map = Json::object();
            for (const auto& [key, value] : node.entries())
                map[key] = value_of(value, type_of_member(types, type, key), types, scope);
            return map;
        }
    }
    bug("a yaml::Tree::Kind that does not exist");
}

/// Members of a domain have the types that EIP-712 gives them.
Json domain_of(const Node& domain, const Scope& scope) {
    if (domain.kind() != Kind::map) return json_of(domain.tree());
    Json out = Json::object();
    for (const auto& [key, value] : domain.entries())
        out[key] = value.is_scalar() && key == "verifyingContract"
                       ? elementary(value, "address", scope)
                       : json_of(value.tree());
    return out;
}

Json typed_data_of(const Node& section, const Scope& scope) {
    Json out = Json::object();
    const auto types = section.find("types");
    const auto primary = section.find("primaryType");
    for (const auto& [key, value] : section.entries()) {
        if (key == "message" && types && primary) {
            out[key] = value_of(value, primary->tree().text, *types, scope);
        } else {
            out[key] = key == "domain" ? domain_of(value, scope) : json_of(value.tree());
        }
    }
    return out;
}

}  // namespace

Json json_of(const yaml::Tree& tree) {
    switch (tree.kind) {
        case Kind::nothing:
            return nullptr;
        case Kind::scalar:
            return tree.text;
        case Kind::list: {
            Json list = Json::array();
            for (const auto& item : tree.items)
                list.push_back(json_of(item));
            return list;
        }
        case Kind::map: {
            Json map = Json::object();
            for (const auto& [key, value] : tree.members)
                map[key] = json_of(value);
            return map;
        }
    }
    bug("a yaml::Tree::Kind that does not exist");
}

std::optional<Result<Content>> read_typed_data(const Node& node, Scope& scope) {
    // The JSON itself, as an application hands it over.
    if (node.is_scalar()) return content_of(chains::parse_typed_data(node.tree().text));
    if (node.kind() != Kind::map) {
        node.refuse("expected {types, primaryType, domain, message}, {file}, or JSON as a text");
        return std::nullopt;
    }
    const auto file = node.find("file");
    if (!file) return content_of(chains::read_typed_data(typed_data_of(node, scope)));
    if (!node.check_keys({"file"})) return std::nullopt;
    const auto name = file->text();
    if (!name) return std::nullopt;
    const auto text = scope.read_file(*name);
    if (text) return content_of(chains::parse_typed_data(*text));
    file->refuse(text.error().detail);
    return std::nullopt;
}

}  // namespace chela::policy::analysis
