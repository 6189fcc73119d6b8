#pragma once

#include "chains/base/bytes.hpp"
#include "sidecar/edge/deadline.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace chela::sidecar::http {

/// Where a request stands in a trace. Source: W3C Trace Context, 3.2.
struct Trace {
    std::string trace_id;   ///< 32 lower-case hex digits
    std::string parent_id;  ///< of the caller's span, 16 digits; empty: the trace begins here
    std::string span_id;    ///< of ours, 16 digits
    bool is_sampled{};      ///< the caller records it
};

/// What a request that is made for it carries. Source: W3C Trace Context, 3.2.2.
[[nodiscard]] Traceparent traceparent_of(const Trace& trace);

/// @param random  24 bytes
[[nodiscard]] Trace begin_trace(BytesView random);

/// @param traceparent  as it came: version 00 exactly as specified; a later version by its first
/// four members
/// @param random       8 bytes
/// @return empty: it is not one, and nothing of it may be used
/// Source: W3C Trace Context, 3.2.2 and 4.3 (a restart of the trace).
[[nodiscard]] std::optional<Trace> continue_trace(std::string_view traceparent, BytesView random);

}  // namespace chela::sidecar::http
