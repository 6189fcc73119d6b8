#include "sidecar/hooks/event_type.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace chela::sidecar::hooks {
namespace {

using store::IntentState;

constexpr std::string_view kAll = "*";
constexpr std::string_view kPrefixes[]{"transaction.", "signature."};
/// The one that is no state: another transaction for the same nonce was signed.
constexpr std::string_view kReplaced = "transaction.replaced";
constexpr std::size_t kMaxShown = 60;

/// The one that a list of all states goes on with; a new state has to be put into the row here.
std::optional<IntentState> next(IntentState state) {
    switch (state) {
        case IntentState::received:
            return IntentState::awaiting_approval;
        case IntentState::awaiting_approval:
            return IntentState::denied;
        case IntentState::denied:
            return IntentState::simulation_failed;
        case IntentState::simulation_failed:
            return IntentState::failed;
        case IntentState::failed:
            return IntentState::reserved;
        case IntentState::reserved:
            return IntentState::signed_;
        case IntentState::signed_:
            return IntentState::sign_only;
        case IntentState::sign_only:
            return IntentState::broadcast;
        case IntentState::broadcast:
            return IntentState::stalled;
        case IntentState::stalled:
            return IntentState::cancelling;
        case IntentState::cancelling:
            return IntentState::cancelled;
        case IntentState::cancelled:
            return IntentState::mined;
        case IntentState::mined:
            return IntentState::confirmed;
        case IntentState::confirmed:
            return IntentState::reverted;
        case IntentState::reverted:
            return IntentState::signed_message;
        case IntentState::signed_message:
            return std::nullopt;
    }
    bug("an IntentState that does not exist");
}

bool covers(std::string_view filter, std::string_view type) {
    if (filter == kAll || filter == type) return true;
    return filter.ends_with(".*") && type.starts_with(filter.substr(0, filter.size() - 1));
}

}  // namespace

std::vector<std::string> known_filters() {
    std::vector<std::string> out{std::string{kAll}};
    for (const auto prefix : kPrefixes) {
        out.push_back(fmt::format("{}*", prefix));
        for (auto state = std::optional{IntentState::received}; state; state = next(*state))
            out.push_back(fmt::format("{}{}", prefix, to_string(*state)));
    }
    out.emplace_back(kReplaced);
    return out;
}

Status check_filters(const std::vector<std::string>& filters) {
    const auto known = known_filters();
    const auto refuse = [&known](std::string_view what) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format("events: {}; known: {}", what, fmt::join(known, ", ")), "E_WEBHOOK_EVENTS");
    };
    if (filters.empty()) return refuse("name at least one");
    std::set<std::string_view> seen;
    for (const auto& filter : filters) {
        // The name is the caller's text: bounded, since it goes into the answer.
        const auto shown = filter.substr(0, kMaxShown);
        if (std::ranges::find(known, filter) == known.end())
            return refuse(fmt::format("\"{}\" is unknown", shown));
        if (!seen.insert(filter).second) return refuse(fmt::format("{} is named twice", shown));
    }
    return {};
}

bool is_wanted(const std::vector<std::string>& filters, std::string_view type) {
    return std::ranges::any_of(
        filters, [type](const std::string& filter) { return covers(filter, type); });
}

}  // namespace chela::sidecar::hooks
