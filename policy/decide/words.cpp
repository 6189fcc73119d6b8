#include "chains/base/result.hpp"
#include "policy/decide/facts.hpp"
#include "policy/decide/trace.hpp"

#include <algorithm>
#include <array>

namespace chela::policy {

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::deny:
            return "deny";
        case Verdict::review:
            return "review";
        case Verdict::allow:
            return "allow";
    }
    bug("a verdict that does not exist");
}

std::string_view to_string(Truth truth) {
    switch (truth) {
        case Truth::no:
            return "no";
        case Truth::unknown:
            return "unknown";
        case Truth::yes:
            return "yes";
    }
    bug("a truth that does not exist");
}

namespace {

// In the order of Purpose.
constexpr std::array<std::string_view, 3> kPurposes{"request", "replacement", "cancellation"};

}  // namespace

std::string_view to_string(Purpose purpose) {
    return kPurposes.at(static_cast<std::size_t>(purpose));
}

std::optional<Purpose> parse_purpose(std::string_view word) {
    const auto found = std::ranges::find(kPurposes, word);
    if (found == kPurposes.end()) return std::nullopt;
    return static_cast<Purpose>(found - kPurposes.begin());
}

}  // namespace chela::policy
