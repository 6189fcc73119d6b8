#pragma once

#include "sidecar/hooks/courier.hpp"

#include <cstdint>
#include <string_view>

namespace chela::sidecar::hooks {

/// What follows from a failed attempt: a later try, or, when the receiver has failed for kPatience,
/// none until somebody switches the webhook on again. 410 switches it off.
/// @param random  any number, evenly drawn
[[nodiscard]] store::DeliveryFailure failure_of(
    const store::WebhookRecord& webhook,
    const Attempt& attempt,
    std::uint64_t random,
    TimePoint now);

/// For logs and metrics: "failed", "paused" or "gone".
[[nodiscard]] std::string_view outcome_of(const store::DeliveryFailure& failure);

}  // namespace chela::sidecar::hooks
