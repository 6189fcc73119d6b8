#include "chains/abi/value.hpp"
#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/utf8.hpp"
#include "chains/message/typed_data_error.hpp"
#include "chains/message/typed_data_reader.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

using Kind = abi::Type::Kind;

/// JavaScript's largest exact integer: beyond it, two readers of a JSON number may disagree.
constexpr std::int64_t kMaxExact = (std::int64_t{1} << 53U) - 1;

/// A number before its range is known.
struct Number {
    Sign sign{Sign::positive};
    U256 magnitude;
};

std::unexpected<Error> mismatch(const std::string& path, std::string_view what) {
    return refuse_typed_data(path, fmt::format("is not {}", what), "TYPE_MISMATCH");
}

std::unexpected<Error> out_of_range(const std::string& path, const std::string& type) {
    return refuse_typed_data(path, "does not fit " + type, "RANGE");
}

Result<Number> read_json_number(const Json& json, const std::string& path) {
    const auto too_long = [&path] {
        return refuse_typed_data(path, "is over 2^53-1: it must be a string", "NUMBER");
    };
    if (json.is_number_float()) {
        return refuse_typed_data(path, "has a fraction or an exponent", "NUMBER");
    }
    if (json.is_number_unsigned()) {
        const auto value = json.get<std::uint64_t>();
        if (value > static_cast<std::uint64_t>(kMaxExact)) return too_long();
        return Number{Sign::positive, U256{value}};
    }
    const auto value = json.get<std::int64_t>();
    if (value < -kMaxExact || value > kMaxExact) return too_long();
    if (value < 0) return Number{Sign::negative, U256{static_cast<std::uint64_t>(-value)}};
    return Number{Sign::positive, U256{static_cast<std::uint64_t>(value)}};
}

/// @return the number of "0x00ff"; leading zeros do not change what anyone reads
Result<U256> parse_hex_number(std::string_view digits) {
    if (digits.empty()) return fail(ErrorCode::invalid_input, "no digits");
    const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return parse_quantity("0x" + std::string{digits.substr(first)});
}

Result<Number> read_text_number(
    const abi::Type& type, std::string_view text, const std::string& path) {
    const bool is_hex = type.kind() == Kind::unsigned_integer && text.starts_with("0x");
    const bool is_negative = !is_hex && text.starts_with('-');
    const auto magnitude = is_hex ? parse_hex_number(text.substr(2))
                                  : parse_decimal(is_negative ? text.substr(1) : text);
    if (!magnitude && magnitude.error().code == ErrorCode::out_of_range) {
        return out_of_range(path, abi::to_string(type));
    }
    if (!magnitude || (is_negative && magnitude->is_zero())) {
        return refuse_typed_data(path, "is not the plain text of a number", "NUMBER");
    }
    return Number{is_negative ? Sign::negative : Sign::positive, *magnitude};
}

Result<abi::Value> read_integer(const abi::Type& type, const Json& json, const std::string& path) {
    if (!json.is_number() && !json.is_string()) return mismatch(path, "a number");
    const auto number = json.is_string()
                            ? read_text_number(type, json.get_ref<const std::string&>(), path)
                            : read_json_number(json, path);
    if (!number) return std::unexpected{number.error()};
    if (type.kind() == Kind::unsigned_integer) {
        if (number->sign == Sign::negative) return out_of_range(path, abi::to_string(type));
        return abi::Value{number->magnitude};
    }
    const auto value = I256::from_magnitude(number->sign, number->magnitude);
    if (!value) return out_of_range(path, abi::to_string(type));
    return abi::Value{*value};
}

Result<abi::Value> read_text(
    const abi::Type& type, const std::string& text, const std::string& path) {
    if (type.kind() == Kind::string) {
        if (!is_utf8(text)) return mismatch(path, "UTF-8");
        return abi::Value{text};
    }
    if (type.kind() == Kind::address) {
        const auto address = parse_address(text);
        if (!address) return mismatch(path, "an address with a right checksum");
        return abi::Value{*address};
    }
    auto bytes = parse_hex(text);
    if (!bytes) return mismatch(path, "0x and an even number of hex digits");
    if (type.kind() == Kind::fixed_bytes && bytes->size() != type.size()) {
        return mismatch(path, fmt::format("{} bytes", type.size()));
    }
    return abi::Value{*std::move(bytes)};
}

Result<abi::Value> read(const abi::Type& type, const Json& json, const std::string& path) {
    if (type.kind() == Kind::unsigned_integer || type.kind() == Kind::signed_integer) {
        return read_integer(type, json, path);
    }
    if (type.kind() == Kind::boolean) {
        if (!json.is_boolean()) return mismatch(path, "true or false");
        return abi::Value{json.get<bool>()};
    }
    if (!json.is_string()) return mismatch(path, "a string");
    return read_text(type, json.get_ref<const std::string&>(), path);
}

struct Typed {
    std::string type;
    template <class T>
    TypedValue operator()(T value) const {
        return TypedValue{type, std::move(value)};
    }
    TypedValue operator()(const abi::Value::List& /*values*/) const {
        bug("an elementary value is a list");
    }
};

}  // namespace

Result<TypedValue> read_elementary(
    const std::string& type, const Json& json, const std::string& path) {
    const auto known = abi::Type::elementary(type);
    if (!known) bug("a type that was resolved is not known");
    auto value = read(*known, json, path);
    if (!value) return std::unexpected{value.error()};
    if (!abi::is_of(*value, *known)) return out_of_range(path, type);
    return std::visit(Typed{type}, std::move(value->data));
}

}  // namespace chela::chains
