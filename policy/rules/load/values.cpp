#include "policy/rules/load/values.hpp"

#include "chains/base/u256.hpp"

#include <algorithm>
#include <array>
#include <optional>

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

/// Digits at fixed places. @return nothing: another character
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(at, count)) {
        if (!is_digit(c)) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::optional<TimePoint> read_time(std::string_view text) {
    constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:ddZ";
    if (text.size() != kShape.size()) return std::nullopt;
    for (std::size_t i = 0; i < kShape.size(); ++i)
        if (kShape[i] != 'd' && kShape[i] != text[i]) return std::nullopt;
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    const auto hour = digits(text, 11, 2);
    const auto minute = digits(text, 14, 2);
    const auto second = digits(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
        std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok() || *year < 1970 || *hour > 23 || *minute > 59 || *second > 59) {
        return std::nullopt;
    }
    return TimePoint{
        std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
        std::chrono::seconds{*second}};
}

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
    if (const auto time = read_time(text)) return *time;
    return fail(
        ErrorCode::invalid_input,
        fmt::format("expected a time in UTC such as 2027-01-01T00:00:00Z, found \"{}\"", text));
}

std::string time_text(TimePoint time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string upper_case(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

}  // namespace chela::policy::load
