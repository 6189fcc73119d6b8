#pragma once

#include "chains/fees/market.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace chela::sidecar::flow {

/// What is stored of a wish to pay more: "market", or "MAX_FEE/TIP" in wei.
[[nodiscard]] std::string to_speed_up(const std::optional<chains::fees::Eip1559Fees>& fees);

/// The market, paying at least what is wished. @return internal: not what to_speed_up() gave
[[nodiscard]] Result<chains::fees::Market> raised(
    chains::fees::Market market, std::string_view speed_up);

}  // namespace chela::sidecar::flow
