#include "sidecar/edge/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace chela::sidecar {

namespace {

using std::chrono::milliseconds;

// A rate may be as low as one wants; no answer says more than this.
constexpr double kLongestWaitMs = 86'400'000;

}  // namespace

double RateLimiter::left(const Bucket& bucket, Time now) const {
    const auto elapsed = std::chrono::duration<double>(now - bucket.at).count();
    return std::min(rate_->burst, bucket.left + std::max(0.0, elapsed) * rate_->per_second);
}

milliseconds RateLimiter::until_one(double left) const {
    if (rate_->burst < 1 || rate_->per_second <= 0)
        return milliseconds{static_cast<milliseconds::rep>(kLongestWaitMs)};
    const double wait = std::ceil((1 - left) / rate_->per_second * 1'000);
    return milliseconds{static_cast<milliseconds::rep>(std::clamp(wait, 1.0, kLongestWaitMs))};
}

std::optional<milliseconds> RateLimiter::wait(const std::string& name, Time now) const {
    if (!rate_) return std::nullopt;
    const auto found = buckets_.find(name);
    const double has = found == buckets_.end() ? rate_->burst : left(found->second, now);
    if (has >= 1) return std::nullopt;
    return until_one(has);
}

std::optional<milliseconds> RateLimiter::take(const std::string& name, Time now) {
    if (!rate_) return std::nullopt;
    if (auto longer = wait(name, now)) return longer;
    if (!buckets_.contains(name) && buckets_.size() >= kMostNames) {
        forget_full(now);
        if (buckets_.size() >= kMostNames) return until_one(0);
    }
    auto& bucket = buckets_.try_emplace(name, Bucket{rate_->burst, now}).first->second;
    bucket = {left(bucket, now) - 1, now};
    return std::nullopt;
}

void RateLimiter::give_back(const std::string& name) {
    const auto found = buckets_.find(name);
    if (found != buckets_.end()) found->second.left += 1;
}

void RateLimiter::forget_full(Time now) {
    std::erase_if(
        buckets_, [&](const auto& entry) { return left(entry.second, now) >= rate_->burst; });
}

std::chrono::seconds retry_after(milliseconds wait) {
    return std::max(std::chrono::seconds{1}, std::chrono::ceil<std::chrono::seconds>(wait));
}

}  // namespace chela::sidecar
