#include "policy/decide/record/reader.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::policy {

RecordReader::RecordReader(const Json& json) : json_{json} {
    if (!json.is_object()) refuse("a part", "is not an object");
}

void RecordReader::refuse(std::string_view name, std::string_view problem) {
    if (error_) return;
    error_ = Error{
        ErrorCode::invalid_input, fmt::format("the record: {} {}", name, problem), "E_RECORD"};
}

void RecordReader::refuse(const RecordReader& inside) {
    if (!error_) error_ = inside.error_;
}

bool RecordReader::has(std::string_view name) const {
    return json_.is_object() && json_.contains(name) && !json_.at(std::string{name}).is_null();
}

const Json* RecordReader::member(std::string_view name) {
    if (has(name)) return &json_.at(std::string{name});
    refuse(name, "is missing");
    return nullptr;
}

std::string RecordReader::text(std::string_view name) {
    const auto* value = member(name);
    if (value == nullptr) return {};
    if (!value->is_string()) {
        refuse(name, "is not a string");
        return {};
    }
    return value->get<std::string>();
}

std::uint64_t RecordReader::number(std::string_view name) {
    const auto* value = member(name);
    if (value == nullptr) return {};
    if (!value->is_number_unsigned()) {
        refuse(name, "is not a number of 64 bits");
        return {};
    }
    return value->get<std::uint64_t>();
}

U256 RecordReader::decimal(std::string_view name) {
    const auto value = parse_decimal(text(name));
    if (!value) refuse(name, "is not a decimal number of 256 bits");
    return value.value_or(U256{});
}

bool RecordReader::flag(std::string_view name) {
    const auto* value = member(name);
    if (value == nullptr) return {};
    if (!value->is_boolean()) {
        refuse(name, "is neither true nor false");
        return {};
    }
    return value->get<bool>();
}

Address RecordReader::address(std::string_view name) {
    const auto value = parse_address(text(name));
    if (!value) refuse(name, "is not an address");
    return value.value_or(Address{});
}

Hash256 RecordReader::hash(std::string_view name) {
    const auto value = parse_fixed<Hash256>(text(name));
    if (!value) refuse(name, "is not a hash");
    return value.value_or(Hash256{});
}

Bytes RecordReader::bytes(std::string_view name) {
    auto value = parse_hex(text(name));
    if (!value) refuse(name, "is not hex");
    return std::move(value).value_or(Bytes{});
}

TimePoint RecordReader::time(std::string_view name) {
    const auto* value = member(name);
    if (value == nullptr) return {};
    // A number over 63 bits would be another time.
    if (!value->is_number_integer() ||
        (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX)) {
        refuse(name, "is not a time in milliseconds");
        return {};
    }
    return TimePoint{std::chrono::milliseconds{value->get<std::int64_t>()}};
}

const Json& RecordReader::list(std::string_view name) {
    static const Json kNone = Json::array();
    const auto* value = member(name);
    if (value != nullptr && value->is_array()) return *value;
    refuse(name, "is not a list");
    return kNone;
}

const Json& RecordReader::object(std::string_view name) {
    static const Json kNone = Json::object();
    const auto* value = member(name);
    if (value != nullptr && value->is_object()) return *value;
    refuse(name, "is not an object");
    return kNone;
}

std::optional<Wei> RecordReader::optional_wei(std::string_view name) {
    return has(name) ? std::optional{Wei{decimal(name)}} : std::nullopt;
}
std::optional<ChainId> RecordReader::optional_chain(std::string_view name) {
    return has(name) ? std::optional{ChainId{number(name)}} : std::nullopt;
}
std::optional<std::uint64_t> RecordReader::optional_number(std::string_view name) {
    return has(name) ? std::optional{number(name)} : std::nullopt;
}
std::optional<Address> RecordReader::optional_address(std::string_view name) {
    return has(name) ? std::optional{address(name)} : std::nullopt;
}

}  // namespace chela::policy
