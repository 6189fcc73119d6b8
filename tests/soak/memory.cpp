#include "tests/soak/memory.hpp"

#include <algorithm>
#include <fstream>
#include <span>
#include <unistd.h>

#include <fmt/format.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CHELA_SOAK_SANITIZED
#endif
#endif

namespace chela::test::soak {
namespace {

// A sanitizer keeps what was freed, to catch its use.
#ifdef CHELA_SOAK_SANITIZED
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

std::uint64_t median(std::span<const std::uint64_t> samples) {
    if (samples.empty()) return 0;
    std::vector<std::uint64_t> sorted{samples.begin(), samples.end()};
    std::ranges::sort(sorted);
    return sorted[sorted.size() / 2];
}

}  // namespace

std::uint64_t resident_bytes(pid_t pid) {
    std::ifstream in{"/proc/" + std::to_string(pid) + "/statm"};
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    in >> total >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string in_mib(std::uint64_t bytes) {
    return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1024.0 * 1024.0));
}

bool MemoryCurve::is_judged(std::chrono::seconds phase) {
    return !kIsSanitized && phase >= kLeastPhase;
}

std::uint64_t MemoryCurve::first_third() const {
    return median(std::span{samples_}.first(samples_.size() / 3));
}

std::uint64_t MemoryCurve::last_third() const {
    return median(std::span{samples_}.last(samples_.size() / 3));
}

std::string MemoryCurve::trouble(std::chrono::seconds phase) const {
    if (!is_judged(phase)) return {};
    if (first_third() == 0) return "memory: it could not be sampled";
    if (last_third() * 100 <= first_third() * (100 + kMostGrowthPerCent)) return {};
    return fmt::format(
        "memory: from {} to {} is more than {} %", in_mib(first_third()), in_mib(last_third()),
        kMostGrowthPerCent);
}

std::string MemoryCurve::told(std::chrono::seconds phase) const {
    const auto change =
        first_third() == 0
            ? 0.0
            : (static_cast<double>(last_third()) / static_cast<double>(first_third()) - 1.0) *
                  100.0;
    const char* judged = "";
    if (phase < kLeastPhase) judged = ", not judged: the phase is too short";
    if (kIsSanitized) judged = ", not judged: the sanitizer keeps what was freed";
    return fmt::format(
        "median {} in the first third, {} in the last ({:+.1f} %, at most +{} %{})",
        in_mib(first_third()), in_mib(last_third()), change, kMostGrowthPerCent, judged);
}

}  // namespace chela::test::soak
