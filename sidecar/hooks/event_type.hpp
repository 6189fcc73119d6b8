#pragma once

#include "chains/base/result.hpp"
#include "sidecar/store/records.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::hooks {

inline constexpr std::string_view kTestEvent = "webhook.test";

/// What a webhook may ask for: the exact types, "transaction.*", "signature.*" and "*".
[[nodiscard]] std::vector<std::string> known_filters();

/// @return invalid_input E_WEBHOOK_EVENTS: none, one twice, or one that is unknown (the known ones
/// are named)
[[nodiscard]] Status check_filters(const std::vector<std::string>& filters);

/// Does one of the filters ask for this type? Types of states that this version does not know
/// match the wide filters.
[[nodiscard]] bool is_wanted(const std::vector<std::string>& filters, std::string_view type);

}  // namespace chela::sidecar::hooks
