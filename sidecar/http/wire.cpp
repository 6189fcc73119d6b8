#include "sidecar/http/wire.hpp"

#include "sidecar/http/ascii.hpp"

#include <algorithm>
#include <array>

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

namespace chela::sidecar::http {

namespace {

bool is_ours(std::string_view lower_case_name) {
    constexpr std::array<std::string_view, 9> kOurs{
        "connection", "content-length", "content-type",           "transfer-encoding",
        "keep-alive", "x-request-id",   "x-content-type-options", "cache-control",
        "server"};
    return lower_case_name.starts_with("access-control-") ||
           std::ranges::find(kOurs, lower_case_name) != kOurs.end();
}

bool is_sendable_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-';
    });
}

bool is_sendable_value(std::string_view value) {
    return std::ranges::all_of(value, [](char c) { return c >= 0x20 && c < 0x7f; });
}

Status append_field(std::string& out, std::string_view name, std::string_view value) {
    // A line break from a handler would let it write a second response.
    if (!is_sendable_name(name) || !is_sendable_value(value)) {
        return fail(ErrorCode::internal, "a response header cannot be sent: " + lower_case(name));
    }
    out += fmt::format("{}: {}\r\n", name, value);
    return {};
}

}  // namespace

Result<std::string> to_wire(
    const Response& response, std::string_view request_id, Persistence persistence, BodyUse use) {
    namespace beast_http = boost::beast::http;
    if (response.status < 200 || response.status > 599) {
        return fail(ErrorCode::internal, fmt::format("{} is no final status", response.status));
    }
    const bool has_body = response.status != 204 && response.status != 304;
    const bool is_sent = has_body && use == BodyUse::send;
    const bool is_stream = is_sent && response.stream;
    std::string_view body;
    if (is_sent && !is_stream) body = response.body;
    std::string out = fmt::format(
        "HTTP/1.1 {} {}\r\n", response.status,
        std::string_view{beast_http::obsolete_reason(beast_http::int_to_status(response.status))});
    for (const auto& [name, value] : response.headers) {
        if (is_ours(lower_case(name))) continue;
        if (auto done = append_field(out, name, value); !done) return std::unexpected{done.error()};
    }
    if (!body.empty() || is_stream) {
        if (auto done = append_field(out, "Content-Type", response.content_type); !done) {
            return std::unexpected{done.error()};
        }
    }
    if (is_stream) {
        out += "Transfer-Encoding: chunked\r\n";
    } else if (has_body) {
        out += fmt::format("Content-Length: {}\r\n", body.size());
    }
    out += "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n";
    out += fmt::format("X-Request-Id: {}\r\n", request_id);
    if (persistence == Persistence::close) out += "Connection: close\r\n";
    out += "\r\n";
    out += body;
    return out;
}

}  // namespace chela::sidecar::http
