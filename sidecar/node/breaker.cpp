#include "sidecar/node/breaker.hpp"

#include <algorithm>

namespace chela::sidecar::node {
namespace {

using std::chrono::milliseconds;

// A trial that is never reported (its caller went away) blocks the next one no longer than this.
constexpr std::chrono::seconds kTrialLimit{15};

milliseconds doubled(milliseconds base, milliseconds longest, unsigned times) {
    constexpr unsigned kMostDoublings = 20;  // over an hour from 10 ms on
    return std::min<milliseconds>(base * (1LL << std::min(times, kMostDoublings)), longest);
}

milliseconds part_of(milliseconds whole, double share) {
    return milliseconds{static_cast<milliseconds::rep>(
        static_cast<double>(whole.count()) * std::clamp(share, 0.0, 1.0))};
}

}  // namespace

bool Breaker::is_open(Time now) const {
    return limits_.failures != 0 && failures_ >= limits_.failures && now < rest_until_;
}

bool Breaker::enter(Time now) {
    if (limits_.failures == 0 || failures_ < limits_.failures) return true;
    if (now < rest_until_) return false;
    rest_until_ = now + kTrialLimit;
    return true;
}

void Breaker::succeeded() {
    failures_ = 0;
}

void Breaker::failed(Time now, double jitter01) {
    constexpr unsigned kEnough = 1'000'000;
    failures_ = std::min(failures_ + 1, kEnough);
    if (limits_.failures == 0 || failures_ < limits_.failures) return;
    const auto pause =
        doubled(limits_.first_pause, limits_.longest_pause, failures_ - limits_.failures);
    rest_until_ = now + part_of(pause, 0.5 + 0.5 * std::clamp(jitter01, 0.0, 1.0));
}

milliseconds full_jitter(
    milliseconds base, milliseconds longest, unsigned attempt, double jitter01) {
    return part_of(doubled(base, longest, attempt), jitter01);
}

}  // namespace chela::sidecar::node
