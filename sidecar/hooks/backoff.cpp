#include "sidecar/hooks/backoff.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace chela::sidecar::hooks {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kFirstLimit{5};
constexpr seconds kShortest{1};
constexpr seconds kMostAsked{86'400};

milliseconds limit_after(std::uint64_t failures) {
    constexpr std::uint64_t kMostDoublings = 10;  // 5 s · 2^10 is more than an hour
    const auto doublings = std::min(failures == 0 ? 0 : failures - 1, kMostDoublings);
    return std::min<milliseconds>(kFirstLimit * (std::int64_t{1} << doublings), kMaxDelay);
}

std::optional<unsigned> digits(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::chrono::month> month_of(std::string_view name) {
    constexpr std::array<std::string_view, 12> kNames{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto found = std::ranges::find(kNames, name);
    if (found == kNames.end()) return std::nullopt;
    return std::chrono::month{static_cast<unsigned>(found - kNames.begin()) + 1};
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"; the day's name is not compared.
std::optional<std::chrono::sys_seconds> parse_date(std::string_view text) {
    constexpr std::string_view kShape = "Www, dd Mmm yyyy hh:mm:ss GMT";
    if (text.size() != kShape.size() || !text.ends_with(" GMT")) return std::nullopt;
    for (const std::size_t at : {3U, 4U, 7U, 11U, 16U, 19U, 22U})
        if (text[at] != kShape[at]) return std::nullopt;
    const auto month = month_of(text.substr(8, 3));
    const auto day = digits(text.substr(5, 2));
    const auto year = digits(text.substr(12, 4));
    const auto hour = digits(text.substr(17, 2));
    const auto minute = digits(text.substr(20, 2));
    const auto second = digits(text.substr(23, 2));
    if (!month || !day || !year || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year{static_cast<int>(*year)}, *month, std::chrono::day{*day}};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
           seconds{*second};
}

}  // namespace

milliseconds delay_after(
    std::uint64_t failures, std::uint64_t random, std::optional<seconds> asked) {
    const auto room = static_cast<std::uint64_t>((limit_after(failures) - kShortest).count());
    const milliseconds drawn =
        kShortest + milliseconds{static_cast<std::int64_t>(random % (room + 1))};
    return std::clamp<milliseconds>(asked.value_or(seconds{0}), drawn, kMaxDelay);
}

std::optional<seconds> parse_retry_after(std::string_view text, TimePoint now) {
    std::optional<seconds> wait;
    if (const auto number = digits(text)) {
        wait = seconds{*number};
    } else if (const auto date = parse_date(text)) {
        wait = std::max(std::chrono::ceil<seconds>(*date - now), seconds{0});
    }
    return wait && *wait <= kMostAsked ? wait : std::nullopt;
}

}  // namespace chela::sidecar::hooks
