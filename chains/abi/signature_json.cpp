#include "chains/abi/parser.hpp"
#include "chains/abi/signature.hpp"

#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::chains::abi {
namespace {

using Kind = Signature::Kind;

std::unexpected<Error> refuse(std::string_view problem) {
    return fail(ErrorCode::invalid_input, "JSON ABI: " + std::string{problem}, "E_ABI_SIGNATURE");
}

/// @return "" when the member is absent
Result<std::string> text_member(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) return std::string{};
    if (!found->is_string()) return refuse(std::string{name} + " is not a string");
    return found->get<std::string>();
}

Result<bool> bool_member(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) return false;
    if (!found->is_boolean()) return refuse(std::string{name} + " is not a boolean");
    return found->get<bool>();
}

Result<std::vector<Parameter>> read_parameters(
    const Json& object, const char* name, std::size_t depth);

/// A tuple's type is "tuple" and array suffixes; its members stand beside it.
Result<Type> read_tuple(const Json& object, std::string_view suffixes, std::size_t depth) {
    auto members = read_parameters(object, "components", depth + 1);
    if (!members) return std::unexpected{members.error()};
    auto tuple = make_tuple(*std::move(members));
    if (!tuple) return tuple;
    Parser parser{suffixes, Parser::Style::bare};
    auto type = parser.read_suffixes(*std::move(tuple));
    if (type && !parser.is_at_end()) return refuse("something follows the type");
    return type;
}

Result<Type> read_type(const Json& object, std::size_t depth) {
    const auto text = text_member(object, "type");
    if (!text) return std::unexpected{text.error()};
    if (text->size() > kMaxTypeText) {
        return fail(ErrorCode::too_large, "an ABI type is too large: its text", "E_ABI_LIMIT");
    }
    const std::string_view base = std::string_view{*text}.substr(0, text->find('['));
    if (base == "tuple") return read_tuple(object, std::string_view{*text}.substr(5), depth);
    if (const auto parts = object.find("components"); parts != object.end() && !parts->empty())
        return refuse("components of a type that is no tuple");
    if (text->starts_with('(')) return refuse("a tuple without components");
    return parse_type(*text);
}

Result<Parameter> read_parameter(const Json& object, std::size_t depth) {
    if (!object.is_object()) return refuse("a parameter is not an object");
    auto type = read_type(object, depth);
    if (!type) return std::unexpected{type.error()};
    auto name = text_member(object, "name");
    if (!name) return std::unexpected{name.error()};
    if (!name->empty() && !is_identifier(*name)) return refuse("not the name of a parameter");
    const auto is_indexed = bool_member(object, "indexed");
    if (!is_indexed) return std::unexpected{is_indexed.error()};
    return Parameter{*std::move(type), *std::move(name), *is_indexed};
}

Result<std::vector<Parameter>> read_parameters(
    const Json& object, const char* name, std::size_t depth) {
    if (depth > kMaxTypeDepth) {
        return fail(ErrorCode::too_large, "an ABI type is too large: too deep", "E_ABI_LIMIT");
    }
    const auto found = object.find(name);
    if (found == object.end() || !found->is_array()) {
        return refuse(std::string{name} + " is not an array");
    }
    std::vector<Parameter> out;
    for (const Json& item : *found) {
        auto parameter = read_parameter(item, depth);
        if (!parameter) return std::unexpected{parameter.error()};
        out.push_back(*std::move(parameter));
    }
    return out;
}

/// @return nothing for what has no signature: constructor, fallback and receive
Result<std::optional<Kind>> read_kind(const Json& item) {
    if (!item.is_object()) return refuse("an item is not an object");
    const auto text = text_member(item, "type");
    if (!text) return std::unexpected{text.error()};
    // The specification lets "type" be left out for functions.
    if (!item.contains("type") || *text == "function") return Kind::function;
    if (*text == "event") return Kind::event;
    if (*text == "error") return Kind::error;
    if (*text == "constructor" || *text == "fallback" || *text == "receive") return std::nullopt;
    return refuse("an item of an unknown type");
}

}  // namespace

Result<Signature> parse_json_signature(const Json& item) {
    const auto kind = read_kind(item);
    if (!kind) return std::unexpected{kind.error()};
    const auto& known = *kind;
    if (!known) {
        return fail(
            ErrorCode::unsupported, "JSON ABI: only functions, events and errors have a signature",
            "E_ABI_SIGNATURE");
    }
    auto name = text_member(item, "name");
    if (!name) return std::unexpected{name.error()};
    if (!is_identifier(*name)) return refuse("the name is missing or no identifier");
    auto inputs = read_parameters(item, "inputs", 0);
    if (!inputs) return std::unexpected{inputs.error()};
    const auto is_anonymous = bool_member(item, "anonymous");
    if (!is_anonymous) return std::unexpected{is_anonymous.error()};
    Signature out{*known, *std::move(name), *std::move(inputs), {}, *is_anonymous};
    if (out.kind == Kind::function && item.contains("outputs")) {
        auto outputs = read_parameters(item, "outputs", 0);
        if (!outputs) return std::unexpected{outputs.error()};
        out.outputs = *std::move(outputs);
    }
    if (out.is_anonymous && out.kind != Kind::event) return refuse("only an event is anonymous");
    if (const auto checked = check_indexed(out); !checked) return std::unexpected{checked.error()};
    return out;
}

Result<JsonAbi> parse_json_abi(const Json& abi) {
    if (!abi.is_array()) return refuse("not an array");
    JsonAbi out;
    for (const Json& item : abi) {
        const auto kind = read_kind(item);
        if (!kind) return std::unexpected{kind.error()};
        if (!*kind) continue;
        auto signature = parse_json_signature(item);
        if (signature) {
            out.signatures.push_back(*std::move(signature));
        } else if (signature.error().code == ErrorCode::unsupported) {
            out.skipped.push_back(
                item.value("name", std::string{}) + ": " + signature.error().detail);
        } else {
            return std::unexpected{signature.error()};
        }
    }
    return out;
}

}  // namespace chela::chains::abi
