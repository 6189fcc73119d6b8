#include "sidecar/config/config.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <memory>

namespace chela::sidecar::config {
namespace {

struct Unit {
    std::string_view suffix;
    std::int64_t milliseconds;
};
constexpr std::array kUnits{
    Unit{"ms", 1}, Unit{"s", 1'000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}};

std::unexpected<Error> malformed() {
    return fail(ErrorCode::invalid_input, "expected a duration such as 250ms, 10s, 15m or 24h");
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const auto* const begin = std::to_address(text.begin());
    const auto* const end = begin + text.size();
    const auto [stop, error] = std::from_chars(begin, end, count);
    // from_chars accepts "-5"; a leading zero in "010s" says nothing clear.
    if (error != std::errc{} || text.front() == '-' || (text.front() == '0' && stop != begin + 1))
        return malformed();
    const std::string_view suffix{stop, static_cast<std::size_t>(end - stop)};
    for (const auto& unit : kUnits) {
        if (suffix != unit.suffix) continue;
        if (count > std::numeric_limits<std::int64_t>::max() / unit.milliseconds)
            return fail(ErrorCode::invalid_input, "the duration is too long");
        return std::chrono::milliseconds{count * unit.milliseconds};
    }
    return malformed();
}

}  // namespace chela::sidecar::config
