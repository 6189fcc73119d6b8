#include "sidecar/auth/renewal.hpp"

#include <algorithm>

namespace chela::sidecar::auth {

using std::chrono::milliseconds;

TimePoint renew_at(TimePoint issued, TimePoint expires, double jitter01) {
    const auto life = static_cast<double>((expires - issued).count());
    const double share = 0.75 - 0.10 * std::clamp(jitter01, 0.0, 1.0);
    return issued + milliseconds{static_cast<milliseconds::rep>(life * share)};
}

milliseconds validity_margin(milliseconds life) {
    return std::min<milliseconds>(std::chrono::seconds{5}, life / 10);
}

milliseconds backoff(unsigned attempt) {
    constexpr milliseconds kLongest = std::chrono::minutes{5};
    // 2^9 s is over the longest pause already.
    const unsigned doublings = std::min(attempt == 0 ? 0U : attempt - 1, 9U);
    return std::min<milliseconds>(std::chrono::seconds{1LL << doublings}, kLongest);
}

}  // namespace chela::sidecar::auth
