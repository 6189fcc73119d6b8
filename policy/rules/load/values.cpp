#include "policy/rules/load/values.hpp"

#include "chains/base/rfc3339.hpp"
#include "chains/base/u256.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace chela::policy::load {
namespace {

constexpr std::size_t kMaxId = 64;
constexpr std::chrono::hours kLongest{24 * 3650};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_id_start(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

struct Unit {
    char suffix;
    std::chrono::seconds length;
};
// Longest first.
constexpr std::array kUnits{
    Unit{'d', std::chrono::hours{24}}, Unit{'h', std::chrono::hours{1}},
    Unit{'m', std::chrono::minutes{1}}, Unit{'s', std::chrono::seconds{1}}};

}  // namespace

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= kMaxId && is_id_start(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_id_start(c) || c == '-'; });
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto refuse = [&] {
        return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "expected a duration from 1s to 3650d such as 90s, 5m, 24h or 7d, found \"{}\"",
                text));
    };
    if (text.empty()) return refuse();
    const auto unit = std::ranges::find(kUnits, text.back(), &Unit::suffix);
    const auto count = parse_decimal(text.substr(0, text.size() - 1));
    const auto small = count ? count->to_uint64() : std::nullopt;
    if (unit == kUnits.end() || !small || *small == 0) return refuse();
    const auto most = static_cast<std::uint64_t>(std::chrono::seconds{kLongest} / unit->length);
    if (*small > most) return refuse();
    return std::chrono::milliseconds{unit->length} * static_cast<std::int64_t>(*small);
}

std::string duration_text(std::chrono::milliseconds duration) {
    for (const auto& unit : kUnits) {
        if (duration % unit.length == std::chrono::milliseconds{0}) {
            return fmt::format("{}{}", duration / unit.length, unit.suffix);
        }
    }
    return fmt::format("{}ms", duration.count());
}

Result<TimePoint> parse_time(std::string_view text) {
    const auto time = parse_rfc3339(text);
    if (time && *time >= TimePoint{} && time_text(*time) == text) return *time;
    return fail(
        ErrorCode::invalid_input,
        fmt::format("expected a time in UTC such as 2027-01-01T00:00:00Z, found \"{}\"", text));
}

std::string time_text(TimePoint time) {
    auto text = to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
    text.erase(text.find('.'), std::string_view{".000"}.size());
    return text;
}

std::string upper_case(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

}  // namespace chela::policy::load
