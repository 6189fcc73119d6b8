#include "chains/base/rfc3339.hpp"

#include <chrono>
#include <optional>

#include <fmt/format.h>

namespace chela {

namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::month;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

/// Reads fixed-width decimal numbers and single characters from the front of a text.
class Cursor {
public:
    explicit Cursor(std::string_view text) : rest_{text} {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    /// @return the number of exactly `width` digits, or -1
    int number(std::size_t width) {
        if (rest_.size() < width) return -1;
        int value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') return -1;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(width);
        return value;
    }

    /// @return whether the next character is one of `allowed`; it is taken then
    bool take(std::string_view allowed) {
        if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// One digit or more, the first three of which count. @return milliseconds, or -1
    int fraction() {
        int value = 0;
        std::size_t digits = 0;
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            if (digits < 3) value = value * 10 + (rest_.front() - '0');
            ++digits;
            rest_.remove_prefix(1);
        }
        if (digits == 0) return -1;
        for (std::size_t i = digits; i < 3; ++i)
            value *= 10;
        return value;
    }

private:
    std::string_view rest_;
};

std::optional<sys_days> read_date(Cursor& in) {
    const int y = in.number(4);
    if (y < 0 || !in.take("-")) return std::nullopt;
    const int m = in.number(2);
    if (m < 0 || !in.take("-")) return std::nullopt;
    const int d = in.number(2);
    if (d < 0) return std::nullopt;
    const year_month_day date{
        year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date};
}

std::optional<milliseconds> read_time(Cursor& in) {
    const int h = in.number(2);
    if (h < 0 || h > 23 || !in.take(":")) return std::nullopt;
    const int m = in.number(2);
    if (m < 0 || m > 59 || !in.take(":")) return std::nullopt;
    // A leap second has no place in system time.
    const int s = in.number(2);
    if (s < 0 || s > 59) return std::nullopt;
    const int ms = in.take(".") ? in.fraction() : 0;
    if (ms < 0) return std::nullopt;
    return hours{h} + minutes{m} + seconds{s} + milliseconds{ms};
}

std::optional<minutes> read_offset(Cursor& in) {
    if (in.take("Zz")) return minutes{0};
    const bool ahead = in.take("+");
    if (!ahead && !in.take("-")) return std::nullopt;
    const int h = in.number(2);
    if (h < 0 || h > 23 || !in.take(":")) return std::nullopt;
    const int m = in.number(2);
    if (m < 0 || m > 59) return std::nullopt;
    const minutes offset = hours{h} + minutes{m};
    return ahead ? offset : -offset;
}

}  // namespace

std::string to_rfc3339(TimePoint time) {
    const auto midnight = floor<days>(time);
    const year_month_day date{midnight};
    const hh_mm_ss clock{time - midnight};
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
        clock.subseconds().count());
}

Result<TimePoint> parse_rfc3339(std::string_view text) {
    const auto refuse = [] {
        return fail(
            ErrorCode::invalid_input, "expected an RFC 3339 time such as 2026-01-31T12:00:00Z",
            "E_TIME_FORMAT");
    };
    Cursor in{text};
    const auto date = read_date(in);
    if (!date || !in.take("Tt")) return refuse();
    const auto time = read_time(in);
    if (!time) return refuse();
    const auto offset = read_offset(in);
    if (!offset || !in.at_end()) return refuse();
    return TimePoint{*date} + *time - *offset;
}

}  // namespace chela
