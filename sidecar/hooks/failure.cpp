#include "sidecar/hooks/failure.hpp"

#include "sidecar/hooks/backoff.hpp"

#include <fmt/format.h>

namespace chela::sidecar::hooks {
namespace {

constexpr unsigned kGone = 410;

}  // namespace

store::DeliveryFailure failure_of(
    const store::WebhookRecord& webhook,
    const Attempt& attempt,
    std::uint64_t random,
    TimePoint now) {
    store::DeliveryFailure failure;
    if (attempt.record.status == kGone) {
        failure.paused_reason = "the receiver answered 410: it wants no more events";
        failure.is_gone = true;
        return failure;
    }
    const TimePoint since = webhook.failing_since.value_or(attempt.record.at);
    if (now - since >= kPatience) {
        failure.paused_reason = fmt::format(
            "no delivery succeeded for {} days; the last one: {}", kPatience.count() / 24,
            attempt.record.error);
        return failure;
    }
    failure.next_try_at = now + delay_after(webhook.failures + 1, random, attempt.retry_after);
    return failure;
}

std::string_view outcome_of(const store::DeliveryFailure& failure) {
    if (failure.is_gone) return "gone";
    return failure.next_try_at ? "failed" : "paused";
}

}  // namespace chela::sidecar::hooks
