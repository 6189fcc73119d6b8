#pragma once

#include "signer/pkcs11/pool_options.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace chela::test {

/// The token's time for back-off, which passes only when a test says so.
class TestClock {
public:
    void pass(std::chrono::milliseconds time) { *offset_ += time.count(); }

    /// Four cores whatever the machine has, and the longest back-off each time.
    [[nodiscard]] signer::pkcs11::TokenRuntime runtime(
        std::shared_ptr<signer::SignerMetrics> metrics = nullptr) const {
        return {
            .metrics = std::move(metrics),
            .now =
                [offset = offset_] {
                    return std::chrono::steady_clock::time_point{std::chrono::hours{1}} +
                           std::chrono::milliseconds{*offset};
                },
            .random = [] { return 1.0; },
            .cores = 4};
    }

private:
    std::shared_ptr<std::atomic<std::chrono::milliseconds::rep>> offset_ =
        std::make_shared<std::atomic<std::chrono::milliseconds::rep>>(0);
};

/// Longer than any back-off.
inline constexpr std::chrono::minutes kLongEnough{1};

/// Counts what a signer reports.
class CountingMetrics final : public signer::SignerMetrics {
public:
    void signature_made(std::chrono::nanoseconds took) override {
        const std::lock_guard lock{mutex_};
        ++signatures_;
        longest_ = std::max(longest_, took);
    }
    void queue_depth(std::size_t waiting) override {
        const std::lock_guard lock{mutex_};
        depth_ = waiting;
    }
    void calls_hanging(std::size_t calls) override {
        const std::lock_guard lock{mutex_};
        hanging_ = calls;
    }
    void failed(std::string_view cause) override {
        const std::lock_guard lock{mutex_};
        ++failures_[std::string{cause}];
    }

    [[nodiscard]] unsigned signatures() const {
        const std::lock_guard lock{mutex_};
        return signatures_;
    }
    [[nodiscard]] std::chrono::nanoseconds longest() const {
        const std::lock_guard lock{mutex_};
        return longest_;
    }
    [[nodiscard]] std::size_t depth() const {
        const std::lock_guard lock{mutex_};
        return depth_;
    }
    [[nodiscard]] std::size_t hanging() const {
        const std::lock_guard lock{mutex_};
        return hanging_;
    }
    [[nodiscard]] unsigned failures(const std::string& cause) const {
        const std::lock_guard lock{mutex_};
        const auto found = failures_.find(cause);
        return found == failures_.end() ? 0 : found->second;
    }

private:
    mutable std::mutex mutex_;
    unsigned signatures_ = 0;
    std::chrono::nanoseconds longest_{};
    std::size_t depth_ = 0;
    std::size_t hanging_ = 0;
    std::map<std::string, unsigned> failures_;
};

}  // namespace chela::test
