#include "sidecar/store/columns.hpp"

#include "chains/base/json.hpp"

#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::store {

Integer to_column(TimePoint time) {
    return time.time_since_epoch().count();
}

std::optional<Integer> to_column(const std::optional<TimePoint>& time) {
    return time ? std::optional{to_column(*time)} : std::nullopt;
}

std::string to_column(const Wei& amount) {
    return to_decimal(amount.value);
}

Result<Integer> to_column(std::uint64_t number, std::string_view what) {
    if (number > static_cast<std::uint64_t>(std::numeric_limits<Integer>::max())) {
        return fail(ErrorCode::out_of_range, fmt::format("{} {} is over 2^63-1", what, number));
    }
    return static_cast<Integer>(number);
}

Result<std::string> to_column(const std::vector<std::string>& list) {
    try {
        return Json(list).dump();
    } catch (const Json::type_error&) {
        return fail(ErrorCode::invalid_input, "a list entry is not UTF-8 text");
    }
}

void ColumnReader::expect(bool is_right, std::string_view what) {
    if (is_right || !status_) return;
    status_ = fail(ErrorCode::internal, fmt::format("the store holds a damaged value ({})", what));
}

Wei ColumnReader::amount(const std::string& text) {
    const auto value = parse_decimal(text);
    expect(value.has_value(), "an amount");
    return value ? Wei{*value} : Wei{};
}

std::uint64_t ColumnReader::number(Integer value) {
    expect(value >= 0, "a number");
    return value >= 0 ? static_cast<std::uint64_t>(value) : 0;
}

TimePoint ColumnReader::time(Integer value) const {
    return TimePoint{std::chrono::milliseconds{value}};
}

std::optional<TimePoint> ColumnReader::time(const std::optional<Integer>& value) const {
    return value ? std::optional{time(*value)} : std::nullopt;
}

Bytes ColumnReader::bytes(const std::string& text) {
    auto value = parse_hex(text);
    expect(value.has_value(), "bytes");
    return value ? *std::move(value) : Bytes{};
}

std::vector<std::string> ColumnReader::list(const std::string& text) {
    const auto json = parse_json(text);
    expect(json && json->is_array(), "a list");
    std::vector<std::string> out;
    if (!status_) return out;
    for (const auto& entry : *json) {
        expect(entry.is_string(), "a list entry");
        if (entry.is_string()) out.push_back(entry.get<std::string>());
    }
    return out;
}

}  // namespace chela::sidecar::store
