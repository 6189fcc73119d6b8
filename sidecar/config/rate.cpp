#include "sidecar/config/config.hpp"
#include "sidecar/config/reader.hpp"

#include <array>

namespace chela::sidecar::config {
namespace {

constexpr std::uint64_t kMost = 1'000'000;

struct Span {
    std::string_view suffix;
    double seconds;
};
constexpr std::array kSpans{Span{"s", 1}, Span{"min", 60}, Span{"h", 3'600}};

std::unexpected<Error> malformed() {
    return fail(
        ErrorCode::invalid_input,
        "expected a rate such as \"100/s burst 200\" or \"10/min\", from 1 to 1000000, or off");
}

std::optional<std::uint64_t> count(std::string_view text) {
    const auto number = parse_number(text);
    return number && *number >= 1 && *number <= kMost ? number : std::nullopt;
}

}  // namespace

Result<std::optional<Rate>> parse_rate(std::string_view text) {
    if (text == "off" || text == "0") return std::nullopt;
    constexpr std::string_view kBurst = " burst ";
    const auto mark = text.find(kBurst);
    const auto rate = text.substr(0, mark);
    const auto slash = rate.find('/');
    if (slash == std::string_view::npos) return malformed();
    const auto often = count(rate.substr(0, slash));
    if (!often) return malformed();
    auto burst = often;
    if (mark != std::string_view::npos) burst = count(text.substr(mark + kBurst.size()));
    if (!burst) return malformed();
    for (const auto& span : kSpans) {
        if (rate.substr(slash + 1) != span.suffix) continue;
        return Rate{
            .per_second = static_cast<double>(*often) / span.seconds,
            .burst = static_cast<double>(*burst)};
    }
    return malformed();
}

}  // namespace chela::sidecar::config
