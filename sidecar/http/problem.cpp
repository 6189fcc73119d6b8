#include "sidecar/http/problem.hpp"

#include "sidecar/telemetry/log.hpp"

#include <boost/beast/http/status.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::http {

namespace {

std::string title_of(unsigned status) {
    namespace beast_http = boost::beast::http;
    return std::string{beast_http::obsolete_reason(beast_http::int_to_status(status))};
}

void add_status_headers(Response& response) {
    if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    if (response.status == 429 || response.status == 503) {
        response.headers.emplace_back("Retry-After", "1");
    }
}

}  // namespace

unsigned status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_input:
            return 400;
        case ErrorCode::out_of_range:
            return 400;
        case ErrorCode::unauthenticated:
            return 401;
        case ErrorCode::denied:
            return 403;
        case ErrorCode::not_found:
            return 404;
        case ErrorCode::conflict:
            return 409;
        case ErrorCode::too_large:
            return 413;
        case ErrorCode::unsupported:
            return 501;
        case ErrorCode::reverted:
            return 422;
        case ErrorCode::rate_limited:
            return 429;
        case ErrorCode::unavailable:
            return 503;
        case ErrorCode::timed_out:
            return 504;
        case ErrorCode::bad_response:
            return 502;
        case ErrorCode::internal:
            return 500;
    }
    bug("ErrorCode has no such value");
}

Response problem(const Error& error) {
    const std::string_view reason =
        error.reason.empty() ? to_string(error.code) : std::string_view{error.reason};
    if (error.code != ErrorCode::internal) {
        return problem(status_of(error.code), reason, error.detail);
    }
    // What went wrong inside is for our log, not for the caller.
    log::event(log::Level::error, "internal_error", {{"code", reason}, {"detail", error.detail}});
    return problem(status_of(error.code), reason, "An internal error occurred.");
}

Response problem(unsigned status, std::string_view code, std::string_view detail) {
    Response response = json_response(
        status, Json{
                    {"type", "about:blank"},
                    {"title", title_of(status)},
                    {"status", status},
                    {"detail", detail},
                    {"code", code}});
    response.content_type = "application/problem+json";
    response.reason = code;
    add_status_headers(response);
    return response;
}

}  // namespace chela::sidecar::http
