#include "chains/abi/type.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace chela::chains::abi {
namespace {

using Kind = Type::Kind;

constexpr std::size_t kWord = 32;

std::unexpected<Error> refuse(std::string_view name, std::string_view problem) {
    return fail(
        ErrorCode::invalid_input, fmt::format("ABI type '{}': {}", name, problem), "E_ABI_TYPE");
}

std::unexpected<Error> over_limit(std::string_view what) {
    return fail(
        ErrorCode::too_large, fmt::format("an ABI type is too large: {}", what), "E_ABI_LIMIT");
}

bool is_unsupported(std::string_view name) {
    return name == "function" || name.starts_with("fixed") || name.starts_with("ufixed");
}

/// @return the number after a type's stem, without a leading zero; empty text gives `if_empty`
std::optional<std::size_t> read_size(std::string_view digits, std::size_t if_empty) {
    if (digits.empty()) return if_empty;
    if (digits.front() < '1' || digits.front() > '9') return std::nullopt;
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), size);
    if (error != std::errc{} || end != digits.end()) return std::nullopt;
    return size;
}

bool is_integer_size(std::size_t bits) {
    return bits >= 8 && bits <= 256 && bits % 8 == 0;
}

}  // namespace

Type::Type(Kind kind, std::size_t size)
    : kind_{kind},
      size_{size},
      is_dynamic_{kind == Kind::bytes || kind == Kind::string || kind == Kind::dynamic_array} {}

Result<Type> Type::elementary(std::string_view name) {
    if (name == "address") return Type{Kind::address, 0};
    if (name == "bool") return Type{Kind::boolean, 0};
    if (name == "string") return Type{Kind::string, 0};
    if (name == "bytes") return Type{Kind::bytes, 0};
    if (is_unsupported(name)) {
        return fail(
            ErrorCode::unsupported, fmt::format("ABI type '{}' is not supported", name),
            "E_ABI_TYPE");
    }
    for (const auto& [stem, kind] :
         {std::pair{"uint", Kind::unsigned_integer}, std::pair{"int", Kind::signed_integer}}) {
        if (!name.starts_with(stem)) continue;
        const auto bits = read_size(name.substr(std::string_view{stem}.size()), 256);
        if (!bits || !is_integer_size(*bits)) return refuse(name, "no such integer");
        return Type{kind, *bits};
    }
    if (name.starts_with("bytes")) {
        const auto size = read_size(name.substr(5), 0);
        if (!size || *size > kWord) return refuse(name, "at most 32 bytes have a fixed size");
        return Type{Kind::fixed_bytes, *size};
    }
    return refuse(name, "no such type");
}

Result<Type> Type::array_of(Type element, std::optional<std::size_t> length) {
    if (length && *length == 0) return refuse(to_string(element) + "[0]", "an array of no element");
    if (element.depth_ >= kMaxTypeDepth) return over_limit("too deep");
    Type out{length ? Kind::fixed_array : Kind::dynamic_array, length.value_or(0)};
    out.depth_ = element.depth_ + 1;
    out.is_dynamic_ = !length || element.is_dynamic_;
    if (length) {
        if (*length > kMaxHeadBytes / element.head_bytes_) return over_limit("too many elements");
        if (!out.is_dynamic_) out.head_bytes_ = *length * element.head_bytes_;
    }
    out.inner_.push_back(std::move(element));
    return out;
}

Result<Type> Type::tuple_of(std::vector<Type> members, std::vector<std::string> names) {
    if (members.size() != names.size()) bug("a tuple has as many names as members");
    if (members.empty()) return refuse("()", "a tuple without members");
    Type out{Kind::tuple, 0};
    std::size_t in_place = 0;
    for (const Type& member : members) {
        if (member.depth_ >= kMaxTypeDepth) return over_limit("too deep");
        in_place += member.head_bytes_;
        if (in_place > kMaxHeadBytes) return over_limit("too many members");
        out.depth_ = std::max(out.depth_, member.depth_ + 1);
        out.is_dynamic_ = out.is_dynamic_ || member.is_dynamic_;
    }
    if (!out.is_dynamic_) out.head_bytes_ = in_place;
    out.inner_ = std::move(members);
    out.names_ = std::move(names);
    return out;
}

std::string to_string(const Type& type) {
    switch (type.kind()) {
        case Kind::unsigned_integer:
            return fmt::format("uint{}", type.size());
        case Kind::signed_integer:
            return fmt::format("int{}", type.size());
        case Kind::address:
            return "address";
        case Kind::boolean:
            return "bool";
        case Kind::fixed_bytes:
            return fmt::format("bytes{}", type.size());
        case Kind::bytes:
            return "bytes";
        case Kind::string:
            return "string";
        case Kind::fixed_array:
            return fmt::format("{}[{}]", to_string(type.inner().front()), type.size());
        case Kind::dynamic_array:
            return to_string(type.inner().front()) + "[]";
        case Kind::tuple:
            break;
    }
    std::string out = "(";
    for (const Type& member : type.inner())
        out += (out.size() > 1 ? "," : "") + to_string(member);
    return out + ")";
}

}  // namespace chela::chains::abi
