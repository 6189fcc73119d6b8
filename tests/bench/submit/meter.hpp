#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace chela::bench {

using SteadyClock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::nanoseconds;

/// Where the time of one submission went, until its signature was durable.
struct Parts {
    Nanoseconds total{};
    Nanoseconds token{};   ///< in the key: probe and sign, with the check of the signature
    Nanoseconds store{};   ///< processor time of the store's jobs: SQL, and the policy's decision
    Nanoseconds sqlite{};  ///< of it in SQLite's steps
    Nanoseconds store_queue{};  ///< of these jobs, before a thread took them
    Nanoseconds sign_job{};     ///< processor time of the signing jobs, outside the key
    Nanoseconds node{};         ///< in the fake node, which is somebody else's machine
    Nanoseconds flush{};        ///< waiting for the disk
    Nanoseconds processor{};    ///< of all threads
    unsigned store_jobs{};
    unsigned flushes{};

    /// Coroutines, hand-overs between threads, JSON, fees: all that is none of the above, and
    /// whatever else the machine does meanwhile.
    [[nodiscard]] Nanoseconds rest() const {
        return total - token - store - flush - store_queue - sign_job - node;
    }
    /// What is ours without token and disk: SQL and the policy's decision, too.
    [[nodiscard]] Nanoseconds ours() const { return total - token - flush - node; }
};

/// A moment, and how much processor time its thread has had until then.
struct Moment {
    SteadyClock::time_point at;
    Nanoseconds processor{};
};
[[nodiscard]] Moment this_moment();
[[nodiscard]] Nanoseconds processor_time();  ///< of the process

enum class KeyCall : std::uint8_t { probe, sign };

/// How often this process has waited for the disk, and how long.
struct Flushed {
    unsigned times{};
    Nanoseconds time{};
};
[[nodiscard]] Flushed flushed();
/// How long this process has been in SQLite's steps, but for waiting for the disk.
[[nodiscard]] Nanoseconds in_sqlite();

/// The clock of one client, who has one submission under way at a time. Threads: any.
class Meter {
public:
    void begin() {
        const std::lock_guard lock{mutex_};
        parts_ = {};
        signed_at_.reset();
        is_durable_ = false;
        flushed_ = flushed();
        processor_ = processor_time();
        sqlite_ = in_sqlite();
        began_ = SteadyClock::now();
    }
    void in_key(KeyCall call, const Moment& from, const Moment& to) {
        const std::lock_guard lock{mutex_};
        if (is_durable_ || from.at < began_) return;
        parts_.token += to.at - from.at;
        key_in_job_ += to.processor - from.processor;
        if (call == KeyCall::sign) signed_at_ = to.at;
    }
    /// The first job of the store that begins after the signature is made stores it: when it ends,
    /// store_signature has returned, and what was signed is durable.
    void in_store(SteadyClock::time_point posted, const Moment& from, const Moment& to) {
        const std::lock_guard lock{mutex_};
        // The last job of the submission before may be told late.
        if (is_durable_ || posted < began_) return;
        ++parts_.store_jobs;
        parts_.store_queue += from.at - posted;
        parts_.store += to.processor - from.processor;
        if (!signed_at_ || from.at < *signed_at_) return;
        is_durable_ = true;
        parts_.total = to.at - began_;
        parts_.processor = processor_time() - processor_;
        parts_.sqlite = in_sqlite() - sqlite_;
        const auto now = flushed();
        parts_.flush = now.time - flushed_.time;
        parts_.flushes = now.times - flushed_.times;
    }
    void in_sign_job(const Moment& from, const Moment& to) {
        const std::lock_guard lock{mutex_};
        const auto took = to.processor - from.processor - key_in_job_;
        if (!is_durable_ && from.at >= began_) parts_.sign_job += took;
        key_in_job_ = {};
    }
    void in_node(SteadyClock::time_point from, SteadyClock::time_point to) {
        const std::lock_guard lock{mutex_};
        if (!is_durable_) parts_.node += to - from;
    }
    void job_posted() {
        const std::lock_guard lock{mutex_};
        ++jobs_;
    }
    void job_ended() {
        const std::lock_guard lock{mutex_};
        --jobs_;
        idle_since_ = SteadyClock::now();
    }
    /// Has nothing been under way for that long?
    [[nodiscard]] bool is_quiet_for(Nanoseconds time) const {
        const std::lock_guard lock{mutex_};
        return jobs_ == 0 && SteadyClock::now() - idle_since_ >= time;
    }
    /// @return nothing: the last submission never became durable
    [[nodiscard]] std::optional<Parts> durable() const {
        const std::lock_guard lock{mutex_};
        return is_durable_ ? std::optional{parts_} : std::nullopt;
    }

private:
    mutable std::mutex mutex_;
    Parts parts_;
    SteadyClock::time_point began_;
    std::optional<SteadyClock::time_point> signed_at_;
    Nanoseconds key_in_job_{};
    Flushed flushed_;
    Nanoseconds processor_{};
    Nanoseconds sqlite_{};
    bool is_durable_ = false;
    unsigned jobs_ = 0;  ///< of either pool
    SteadyClock::time_point idle_since_;
};

}  // namespace chela::bench
