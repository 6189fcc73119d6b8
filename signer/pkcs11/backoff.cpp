#include "signer/pkcs11/backoff.hpp"

#include <algorithm>

namespace chela::signer::pkcs11 {

namespace {

constexpr std::chrono::milliseconds kFirst{500};
constexpr std::chrono::milliseconds kLongest{30'000};
// 500 ms · 2^6 is over the longest.
constexpr unsigned kMaxDoublings = 6;

}  // namespace

std::chrono::milliseconds backoff(unsigned failures, double random) {
    const auto step = std::min(kFirst * (1U << std::min(failures, kMaxDoublings)), kLongest);
    const double share = 0.5 + 0.5 * std::clamp(random, 0.0, 1.0);
    return std::chrono::milliseconds{
        static_cast<std::chrono::milliseconds::rep>(static_cast<double>(step.count()) * share)};
}

}  // namespace chela::signer::pkcs11
