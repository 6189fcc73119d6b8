#pragma once

#include "tests/bench/submit/meter.hpp"

#include <functional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/thread_pool.hpp>

namespace chela::bench {

/// A thread pool's executor that tells of each job when it was posted, began and ended.
class TimedPool {
public:
    using Tell = void (*)(Meter&, SteadyClock::time_point, const Moment&, const Moment&);

    /// @param tell  gets posted, began and ended, on the job's thread
    TimedPool(boost::asio::thread_pool& pool, Meter& meter, Tell tell)
        : pool_{&pool},
          meter_{&meter},
          tell_{tell} {}

    [[nodiscard]] boost::asio::execution_context& query(
        boost::asio::execution::context_t) const noexcept {
        return *pool_;
    }
    static constexpr boost::asio::execution::blocking_t query(
        boost::asio::execution::blocking_t) noexcept {
        return boost::asio::execution::blocking.never;
    }
    template <class Job>
    void execute(Job&& job) const {
        meter_->job_posted();
        pool_->get_executor().execute([meter = meter_, tell = tell_, posted = SteadyClock::now(),
                                       job = std::forward<Job>(job)]() mutable {
            const auto began = this_moment();
            std::move(job)();
            tell(*meter, posted, began, this_moment());
            meter->job_ended();
        });
    }
    bool operator==(const TimedPool&) const noexcept = default;

private:
    boost::asio::thread_pool* pool_;
    Meter* meter_;
    Tell tell_;
};

}  // namespace chela::bench
