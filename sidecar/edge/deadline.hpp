#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace chela::sidecar {

/// The moment after which nobody waits for an answer any more; one per request, passed all the way
/// down, and with it the trace that whatever is asked of others on the way belongs to.
class Deadline : public std::chrono::steady_clock::time_point {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Traceparent = std::shared_ptr<const std::string>;

    using Time::time_point;
    /// @param traceparent  the header that requests carry; null: they belong to no trace.
    /// Source: W3C Trace Context, 3.2.
    // NOLINTNEXTLINE(google-explicit-constructor): most deadlines are of no trace
    Deadline(Time at, Traceparent traceparent = {})
        : Time{at},
          traceparent_{std::move(traceparent)} {}

    [[nodiscard]] const Traceparent& traceparent() const { return traceparent_; }
    /// The same trace, and less time for it if `limit` comes first.
    [[nodiscard]] Deadline at_most(Time limit) const {
        return {std::min<Time>(*this, limit), traceparent_};
    }

private:
    Traceparent traceparent_;
};

}  // namespace chela::sidecar
