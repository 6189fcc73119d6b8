#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <benchmark/benchmark.h>

namespace chela::bench {

/// Two ways to do the same thing, timed in turns so that whatever else the machine does hits both.
/// The benchmark must be registered with UseManualTime: its time is that of a batch of ours.
class Comparison {
public:
    /// @param batch  calls between two looks at the clock, many when a call is short
    Comparison(benchmark::State& state, std::size_t batch) : state_{state}, batch_{batch} {}

    /// Once in each iteration. @param call  takes its number within the batch, from 0
    template <class Call>
    void time_ours(const Call& call) {
        const auto spent = time(call);
        state_.SetIterationTime(spent.count());
        ours_ += spent;
    }
    /// Once in each iteration.
    template <class Call>
    void time_baseline(const Call& call) {
        baseline_ += time(call);
    }

    /// Adds the counters chela_per_s, NAME_per_s and ratio_to_NAME, which is 1 when both are
    /// equally fast and below 1 when chela is slower.
    void report(const std::string& name) const {
        const auto calls = static_cast<double>(state_.iterations()) * static_cast<double>(batch_);
        state_.counters["chela_per_s"] = calls / ours_.count();
        state_.counters[name + "_per_s"] = calls / baseline_.count();
        state_.counters["ratio_to_" + name] = baseline_ / ours_;
    }

private:
    using Seconds = std::chrono::duration<double>;

    template <class Call>
    Seconds time(const Call& call) const {
        const auto begin = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < batch_; ++i)
            call(i);
        return std::chrono::steady_clock::now() - begin;
    }

    benchmark::State& state_;
    std::size_t batch_;
    Seconds ours_{};
    Seconds baseline_{};
};

}  // namespace chela::bench
