#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace chela::test::soak {

/// @return resident bytes of the process, or 0: it is gone
[[nodiscard]] std::uint64_t resident_bytes(pid_t pid);

/// "31.4 MiB"
[[nodiscard]] std::string in_mib(std::uint64_t bytes);

/// Is a process flat that lives under a steady load? Samples of one undisturbed phase, evenly
/// spaced.
class MemoryCurve {
public:
    /// The median of the last third may be this much over that of the first.
    static constexpr unsigned kMostGrowthPerCent = 10;
    /// In less time a process has hardly warmed up.
    static constexpr std::chrono::seconds kLeastPhase{30};

    void sample(std::uint64_t bytes) { samples_.push_back(bytes); }
    /// @param phase  how long it was sampled @return why it is not flat; empty: it is, or that
    /// cannot be judged
    [[nodiscard]] std::string trouble(std::chrono::seconds phase) const;
    /// Both medians, and whether they are judged.
    [[nodiscard]] std::string told(std::chrono::seconds phase) const;

private:
    [[nodiscard]] std::uint64_t first_third() const;
    [[nodiscard]] std::uint64_t last_third() const;
    [[nodiscard]] static bool is_judged(std::chrono::seconds phase);

    std::vector<std::uint64_t> samples_;
};

}  // namespace chela::test::soak
