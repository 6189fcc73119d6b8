#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

namespace chela::sidecar {

/// How often something may happen: `burst` times at once, and `per_second` times more each second.
struct Rate {
    double per_second{};
    double burst{};  ///< at least 1, or it never happens
    bool operator==(const Rate&) const = default;
};

/// One token bucket for each name. A bucket that is full again is forgotten, so that memory is
/// bounded by who has been busy lately; names over the bound have to wait.
/// Threads: one at a time.
class RateLimiter {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::size_t kMostNames = 16'384;

    /// @param rate  empty: there is no limit
    explicit RateLimiter(std::optional<Rate> rate) : rate_{rate} {}

    /// Counts one. @return nothing: it may happen; or how long until it may (then nothing was
    /// counted)
    [[nodiscard]] std::optional<std::chrono::milliseconds> take(const std::string& name, Time now);
    /// What was counted was none.
    void give_back(const std::string& name);
    /// As take(), without counting.
    [[nodiscard]] std::optional<std::chrono::milliseconds> wait(
        const std::string& name, Time now) const;

    [[nodiscard]] std::size_t names() const { return buckets_.size(); }

private:
    struct Bucket {
        double left{};
        Time at;  ///< when it had so many
    };
    [[nodiscard]] double left(const Bucket& bucket, Time now) const;
    [[nodiscard]] std::chrono::milliseconds until_one(double left) const;
    void forget_full(Time now);

    std::optional<Rate> rate_;
    std::unordered_map<std::string, Bucket> buckets_;
};

/// As Retry-After says it. @return whole seconds, at least 1
[[nodiscard]] std::chrono::seconds retry_after(std::chrono::milliseconds wait);

}  // namespace chela::sidecar
