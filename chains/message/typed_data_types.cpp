#include "chains/message/typed_data_types.hpp"

#include "chains/abi/parser.hpp"
#include "chains/message/typed_data_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

bool is_digit_or_x(char c) {
    return (c >= '0' && c <= '9') || c == 'x';
}

/// Names that some reader takes for an elementary type, whether or not it exists.
bool is_like_elementary(std::string_view name) {
    constexpr std::array<std::string_view, 6> kWords{"address", "bool",     "string",
                                                     "byte",    "function", "tuple"};
    if (std::ranges::find(kWords, name) != kWords.end()) return true;
    constexpr std::array<std::string_view, 5> kStems{"uint", "int", "bytes", "fixed", "ufixed"};
    return std::ranges::any_of(kStems, [name](std::string_view stem) {
        return name.starts_with(stem) &&
               std::ranges::all_of(name.substr(stem.size()), is_digit_or_x);
    });
}

bool is_struct_name(std::string_view name) {
    return abi::is_identifier(name) && !name.contains('$') && !is_like_elementary(name);
}

/// @param suffix  what starts at the first '[', such as "[2][]"
/// @return the lengths, or nothing: not the suffix of an array
std::optional<std::vector<std::size_t>> read_lengths(std::string_view suffix) {
    std::vector<std::size_t> out;
    while (!suffix.empty()) {
        const std::size_t end = suffix.find(']');
        if (suffix.front() != '[' || end == std::string_view::npos) return std::nullopt;
        const std::string_view digits = suffix.substr(1, end - 1);
        std::size_t length = 0;
        if (!digits.empty()) {
            const auto [stop, error] = std::from_chars(digits.begin(), digits.end(), length);
            if (error != std::errc{} || stop != digits.end() || digits.front() == '0')
                return std::nullopt;
        }
        out.push_back(length);
        suffix.remove_prefix(end + 1);
    }
    return out;
}

Result<std::string> text_member(const Json& object, const char* name, const std::string& path) {
    const auto found = object.find(name);
    if (found == object.end()) {
        return refuse_typed_data(path, fmt::format("has no {}", name), "MISSING_MEMBER");
    }
    if (!found->is_string()) {
        return refuse_typed_data(path_of(path, name), "is not a string", "TYPE_MISMATCH");
    }
    return found->get<std::string>();
}

Result<TypedField> read_field(const Json& declared, const std::string& path) {
    if (!declared.is_object()) return refuse_typed_data(path, "is not an object", "TYPE_MISMATCH");
    auto name = text_member(declared, "name", path);
    if (!name) return std::unexpected{name.error()};
    auto type = text_member(declared, "type", path);
    if (!type) return std::unexpected{type.error()};
    if (declared.size() != 2) {
        return refuse_typed_data(path, "has more than a name and a type", "EXTRA_MEMBER");
    }
    return make_field(*std::move(name), *std::move(type), path);
}

Result<TypedFields> read_struct(const Json& declared, const std::string& path) {
    if (!declared.is_array()) return refuse_typed_data(path, "is not a list", "TYPE_MISMATCH");
    if (declared.size() > kMaxStructMembers) return typed_data_too_large(path, "has many members");
    TypedFields out;
    for (const Json& item : declared) {
        auto field = read_field(item, fmt::format("{}[{}]", path, out.size()));
        if (!field) return std::unexpected{field.error()};
        if (std::ranges::find(out, field->name, &TypedField::name) != out.end()) {
            return refuse_typed_data(
                path_of(path, field->name), "is declared twice", "DUPLICATE_MEMBER");
        }
        out.push_back(*std::move(field));
    }
    return out;
}

std::size_t text_size(std::string_view name, const TypedFields& fields) {
    std::size_t out = name.size();
    for (const TypedField& field : fields)
        out += field.name.size() + field.type.size() + 2;
    return out;
}

}  // namespace

Result<TypedField> make_field(std::string name, std::string type, std::string_view path) {
    if (name.size() > kMaxTypedNameText || type.size() > kMaxTypedNameText)
        return typed_data_too_large(path, "has a long name or type");
    if (!abi::is_identifier(name)) {
        return refuse_typed_data(path, "has a name that is no identifier", "NAME");
    }
    const std::size_t bracket = std::min(type.find('['), type.size());
    auto lengths = read_lengths(std::string_view{type}.substr(bracket));
    if (!lengths || bracket == 0) {
        return refuse_typed_data(path, "has a malformed type", "UNKNOWN_TYPE");
    }
    if (lengths->size() > kMaxArrayDimensions) {
        return typed_data_too_large(path, "has many dimensions");
    }
    std::string base = type.substr(0, bracket);
    return TypedField{std::move(name), std::move(type), std::move(base), *std::move(lengths)};
}

Result<TypedDataTypes> TypedDataTypes::parse(const Json& types) {
    if (!types.is_object()) return refuse_typed_data("types", "is not an object", "TYPE_MISMATCH");
    if (types.size() > kMaxStructTypes) return typed_data_too_large("types", "has many structs");
    TypedDataTypes out;
    std::size_t size = 0;
    for (const auto& [name, declared] : types.items()) {
        const std::string path = path_of("types", name);
        if (name.size() > kMaxTypedNameText) return typed_data_too_large(path, "has a long name");
        if (!is_struct_name(name)) {
            return refuse_typed_data(path, "is not a name that a struct may have", "NAME");
        }
        auto fields = read_struct(declared, path);
        if (!fields) return std::unexpected{fields.error()};
        size += text_size(name, *fields);
        if (size > kMaxTypesText) return typed_data_too_large("types", "are long");
        out.structs_.emplace(name, *std::move(fields));
    }
    return out;
}

}  // namespace chela::chains
