#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace chela::sidecar {

/// The header that requests of one trace carry: 00-<32 hex>-<16 hex>-<2 hex>.
/// Source: W3C Trace Context, 3.2.
struct Traceparent {
    static constexpr std::size_t kSize = 55;
    std::array<char, kSize> text{};

    [[nodiscard]] std::string_view view() const { return {text.data(), text.size()}; }
};

/// The moment after which nobody waits for an answer any more; one per request, passed all the way
/// down, and with it the trace that whatever is asked of others on the way belongs to.
class Deadline : public std::chrono::steady_clock::time_point {
public:
    using Time = std::chrono::steady_clock::time_point;

    using Time::time_point;
    /// @param traceparent  empty: of no trace
    // NOLINTNEXTLINE(google-explicit-constructor): most deadlines are of no trace
    Deadline(Time at, std::optional<Traceparent> traceparent = {})
        : Time{at},
          traceparent_{traceparent} {}

    [[nodiscard]] const std::optional<Traceparent>& traceparent() const { return traceparent_; }
    /// The same trace, and less time for it if `limit` comes first.
    [[nodiscard]] Deadline at_most(Time limit) const {
        return {std::min<Time>(*this, limit), traceparent_};
    }

private:
    std::optional<Traceparent> traceparent_;
};

}  // namespace chela::sidecar
