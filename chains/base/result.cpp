#include "chains/base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace chela {

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_input:
            return "invalid_input";
        case ErrorCode::out_of_range:
            return "out_of_range";
        case ErrorCode::unauthenticated:
            return "unauthenticated";
        case ErrorCode::denied:
            return "denied";
        case ErrorCode::not_found:
            return "not_found";
        case ErrorCode::conflict:
            return "conflict";
        case ErrorCode::too_large:
            return "too_large";
        case ErrorCode::unsupported:
            return "unsupported";
        case ErrorCode::reverted:
            return "reverted";
        case ErrorCode::rate_limited:
            return "rate_limited";
        case ErrorCode::unavailable:
            return "unavailable";
        case ErrorCode::timed_out:
            return "timed_out";
        case ErrorCode::bad_response:
            return "bad_response";
        case ErrorCode::internal:
            return "internal";
    }
    bug("ErrorCode outside its list");
}

std::string reason_of(const Error& error) {
    return error.reason.empty() ? std::string{to_string(error.code)} : error.reason;
}

void bug(std::string_view what) {
    // A failed write cannot stop the abort, so its result has no use.
    static_cast<void>(
        std::fprintf(stderr, "chela: bug: %.*s\n", static_cast<int>(what.size()), what.data()));
    std::abort();
}

}  // namespace chela
