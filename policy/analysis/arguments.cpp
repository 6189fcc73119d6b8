#include "policy/analysis/arguments.hpp"

#include "chains/abi/encode.hpp"
#include "chains/abi/signature.hpp"
#include "chains/base/hex.hpp"

#include <fmt/format.h>

namespace chela::policy::analysis {
namespace {

namespace abi = chains::abi;
using Kind = abi::Type::Kind;
using List = abi::Value::List;

std::optional<abi::Value> in_range(
    abi::Value value, const abi::Type& type, const Node& node, std::string_view text) {
    if (abi::is_of(value, type)) return value;
    node.refuse(fmt::format("\"{}\" does not fit {}", text, to_string(type)));
    return std::nullopt;
}

std::optional<abi::Value> read_integer(const abi::Type& type, const Node& node, Scope& scope) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    const bool is_unsigned = type.kind() == Kind::unsigned_integer;
    if (is_unsigned && *text == "max") {
        return abi::Value{shift_right(U256::max(), 256 - static_cast<unsigned>(type.size()))};
    }
    if (is_unsigned) {
        if (const auto moment = find_moment(node, scope)) {
            return in_range(abi::Value{*moment}, type, node, *text);
        }
        if (text->find(' ') != std::string::npos) {
            const auto units = read_units(node, scope, std::nullopt);
            return units ? in_range(abi::Value{*units}, type, node, *text) : std::nullopt;
        }
        if (const auto number = parse_decimal(*text)) {
            return in_range(abi::Value{*number}, type, node, *text);
        }
    } else if (const auto number = parse_signed_decimal(*text)) {
        return in_range(abi::Value{*number}, type, node, *text);
    }
    node.refuse(fmt::format(
        "expected {}: digits{}, found \"{}\"", to_string(type),
        is_unsigned ? ", an amount such as \"30 USDC\", max, or now+5m" : "", *text));
    return std::nullopt;
}

std::optional<abi::Value> read_list(
    const Node& node, Scope& scope, std::span<const abi::Type> types, bool is_array) {
    const auto items = node.items();
    if (!is_array && items.size() != types.size()) {
        node.refuse(fmt::format("expected {} values, found {}", types.size(), items.size()));
        return std::nullopt;
    }
    List values;
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto value = read_value(is_array ? types.front() : types[i], items[i], scope);
        if (!value) return std::nullopt;
        values.push_back(*std::move(value));
    }
    return abi::Value{std::move(values)};
}

/// Of `args`; a function or tuple without parameters needs none.
std::optional<List> read_arguments(
    const Node& section, Scope& scope, std::span<const abi::Type> types) {
    const auto node = section.find("args");
    if (!node) {
        if (types.empty()) return List{};
        section.refuse(fmt::format("\"args\" is missing; write a list of {} values", types.size()));
        return std::nullopt;
    }
    auto values = read_list(*node, scope, types, false);
    if (!values) return std::nullopt;
    return std::get<List>(std::move(values->data));
}

std::optional<Bytes> encoded(const Node& node, Result<Bytes> bytes) {
    if (bytes) return *std::move(bytes);
    node.refuse(bytes.error().detail);
    return std::nullopt;
}

std::optional<Bytes> read_function_call(const Node& section, const Node& call, Scope& scope) {
    const auto text = call.text();
    if (!text) return std::nullopt;
    const auto signature = abi::parse_signature(*text);
    if (!signature) {
        call.refuse(fmt::format(
            "{}; write a function such as \"transfer(address,uint256)\"",
            signature.error().detail));
        return std::nullopt;
    }
    const auto arguments = read_arguments(section, scope, abi::types_of(signature->inputs));
    if (!arguments) return std::nullopt;
    return encoded(section, abi::encode_call(*signature, *arguments));
}

std::optional<Bytes> read_encoded_values(const Node& section, const Node& types, Scope& scope) {
    const auto text = types.text();
    if (!text) return std::nullopt;
    const auto type = abi::parse_type(*text);
    if (!type || type->kind() != Kind::tuple) {
        types.refuse(
            fmt::format("expected types such as \"(address,uint256)\", found \"{}\"", *text));
        return std::nullopt;
    }
    const auto arguments = read_arguments(section, scope, type->inner());
    if (!arguments) return std::nullopt;
    return encoded(section, abi::encode(type->inner(), *arguments));
}

std::optional<Bytes> read_bytes_section(const Node& node, Scope& scope) {
    if (!node.check_keys({"call", "types", "args"})) return std::nullopt;
    const auto call = node.find("call");
    const auto types = node.find("types");
    if (call && !types) return read_function_call(node, *call, scope);
    if (types && !call) return read_encoded_values(node, *types, scope);
    node.refuse("write either call: of a function, or types: of values without one");
    return std::nullopt;
}

std::optional<Bytes> read_parts(const Node& node, Scope& scope) {
    Bytes all;
    for (const auto& item : node.items()) {
        std::optional<Bytes> part;
        if (const auto account =
                item.is_scalar() ? find_account(item.tree().text, scope) : std::nullopt) {
            part = Bytes{account->bytes.begin(), account->bytes.end()};
        } else {
            part = read_bytes(item, scope);
        }
        if (!part) return std::nullopt;
        all.insert(all.end(), part->begin(), part->end());
    }
    return all;
}

}  // namespace

std::optional<Bytes> read_bytes(const Node& node, Scope& scope) {
    switch (node.kind()) {
        case yaml::Tree::Kind::scalar:
            return read_hex(node);
        case yaml::Tree::Kind::list:
            return read_parts(node, scope);
        case yaml::Tree::Kind::map:
            return read_bytes_section(node, scope);
        case yaml::Tree::Kind::nothing:
            node.refuse("expected bytes, found nothing; write 0x for none");
            return std::nullopt;
    }
    bug("a yaml::Tree::Kind that does not exist");
}

std::optional<abi::Value> read_value(const abi::Type& type, const Node& node, Scope& scope) {
    switch (type.kind()) {
        case Kind::unsigned_integer:
        case Kind::signed_integer:
            return read_integer(type, node, scope);
        case Kind::address: {
            const auto account = read_account(node, scope);
            return account ? std::optional{abi::Value{*account}} : std::nullopt;
        }
        case Kind::boolean:
            return abi::Value{node.flag()};
        case Kind::fixed_bytes:
        case Kind::bytes: {
            auto bytes = read_bytes(node, scope);
            if (!bytes) return std::nullopt;
            return in_range(abi::Value{*std::move(bytes)}, type, node, "the bytes");
        }
        case Kind::string: {
            if (node.is_scalar()) return abi::Value{node.tree().text};
            node.refuse("expected a text");
            return std::nullopt;
        }
        case Kind::fixed_array:
        case Kind::dynamic_array: {
            auto values = read_list(node, scope, type.inner(), true);
            if (!values) return std::nullopt;
            return in_range(*std::move(values), type, node, "the list");
        }
        case Kind::tuple:
            return read_list(node, scope, type.inner(), false);
    }
    bug("an ABI type that does not exist");
}

std::optional<Bytes> read_calldata(const Node& section, Scope& scope) {
    const auto call = section.find("call");
    const auto data = section.find("data");
    if (call && data) {
        data->refuse("either call: or data:, not both");
        return std::nullopt;
    }
    if (call) return read_function_call(section, *call, scope);
    if (section.find("args")) {
        section.refuse("args: without call:; name the function that takes them");
        return std::nullopt;
    }
    if (data) return read_bytes(*data, scope);
    return Bytes{};
}

}  // namespace chela::policy::analysis
