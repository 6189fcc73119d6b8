#include "chains/message/typed_data_reader.hpp"

#include "chains/message/typed_data_error.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

/// "Person[2]" of a field "Person[2][]" when one dimension is left.
std::string type_of(const TypedField& field, std::size_t dimensions) {
    if (dimensions == field.lengths.size()) return field.type;
    std::string out = field.base;
    for (std::size_t i = 0; i < dimensions; ++i) {
        const std::size_t length = field.lengths[i];
        out += length == 0 ? "[]" : fmt::format("[{}]", length);
    }
    return out;
}

Status check_no_others(const TypedFields& fields, const Json& json, const std::string& path) {
    for (const auto& item : json.items()) {
        if (std::ranges::find(fields, item.key(), &TypedField::name) == fields.end()) {
            return refuse_typed_data(path_of(path, item.key()), "is not declared", "EXTRA_MEMBER");
        }
    }
    return {};
}

}  // namespace

Result<TypedValue> TypedDataReader::read_struct(
    const std::string& name, const Json& json, const std::string& path, std::size_t depth) {
    const TypedFields* const fields = types_.find(name);
    if (fields == nullptr) bug("a struct that is not declared is read");
    // A null is refused too: for a missing struct, wallets sign different bytes.
    if (!json.is_object()) return refuse_typed_data(path, "is not an object", "TYPE_MISMATCH");
    if (const auto checked = check_no_others(*fields, json, path); !checked) {
        return std::unexpected{checked.error()};
    }
    TypedValue::Struct members;
    members.reserve(fields->size());
    for (const TypedField& field : *fields) {
        const std::string at = path_of(path, field.name);
        const auto found = json.find(field.name);
        if (found == json.end()) return refuse_typed_data(at, "is missing", "MISSING_MEMBER");
        auto value = read_value(field, field.lengths.size(), *found, at, depth + 1);
        if (!value) return value;
        members.push_back({field.name, *std::move(value)});
    }
    return TypedValue{name, std::move(members)};
}

Result<TypedValue> TypedDataReader::read_value(
    const TypedField& field,
    std::size_t dimensions,
    const Json& json,
    const std::string& path,
    std::size_t depth) {
    if (depth > kMaxValueDepth) return typed_data_too_large(path, "is too deep");
    if (++count_ > kMaxValues) return typed_data_too_large(path, "is one value too many");
    if (dimensions > 0) return read_array(field, dimensions, json, path, depth);
    if (types_.find(field.base) != nullptr) return read_struct(field.base, json, path, depth);
    return read_elementary(field.base, json, path);
}

Result<TypedValue> TypedDataReader::read_array(
    const TypedField& field,
    std::size_t dimensions,
    const Json& json,
    const std::string& path,
    std::size_t depth) {
    if (!json.is_array()) return refuse_typed_data(path, "is not a list", "TYPE_MISMATCH");
    const std::size_t length = field.lengths[dimensions - 1];
    if (length != 0 && json.size() != length) {
        return refuse_typed_data(
            path, fmt::format("has {} elements, not {}", json.size(), length), "TYPE_MISMATCH");
    }
    TypedValue::List elements;
    for (const Json& element : json) {
        const std::string at = fmt::format("{}[{}]", path, elements.size());
        auto value = read_value(field, dimensions - 1, element, at, depth + 1);
        if (!value) return value;
        elements.push_back(*std::move(value));
    }
    return TypedValue{type_of(field, dimensions), std::move(elements)};
}

}  // namespace chela::chains
