#pragma once

#include "sidecar/http/head.hpp"
#include "sidecar/http/target.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chela::sidecar::http {

/// Why a request ends before the router; answered as a problem, then the connection is closed.
struct Refusal {
    unsigned status{};
    std::string code;
    std::string detail;
};

template <class T>
using Gated = std::expected<T, Refusal>;

/// any: of a server that tells nothing which a web page may not know.
enum class HostCheck : std::uint8_t { listed, any };

struct GateOptions {
    std::vector<std::string> allowed_hosts;  ///< lower case, besides 127.0.0.1, localhost and [::1]
    std::uint64_t max_body_bytes{};
    HostCheck hosts{HostCheck::listed};
    /// Of a path; empty: nowhere.
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::function<bool(std::string_view)> offers_web_socket{};
};

/// How the body is delimited.
struct Framing {
    bool chunked{};
    std::uint64_t content_length{};  ///< 0 when chunked or absent
};

/// A head that may go on to the router.
struct Admission {
    Target target;
    Framing framing;
    std::vector<std::pair<std::string, std::string>> fields;  ///< without those nobody may trust
    bool close{};  ///< the client asked for the connection to end
    bool expects_continue{};
    bool wants_web_socket{};
};

/// All checks below in order; the first that fails answers.
[[nodiscard]] Gated<Admission> admit(const Head& head, const GateOptions& options);

/// Version 1.1 (else 505 E_HTTP_VERSION), one unambiguous body length, no header that a proxy might
/// map onto another one by
/// '_' = '-', no body with GET (else 400 E_FRAMING), no announced body over the limit (413
/// E_BODY_TOO_LARGE). Source: RFC 9112, 6.
[[nodiscard]] Gated<Framing> check_framing(const Head& head, std::uint64_t max_body_bytes);

/// Exactly one Host (400 E_HOST).
[[nodiscard]] Gated<void> check_one_host(const Head& head);

/// Exactly one Host (400 E_HOST) that is allowed, with or without a decimal port (421
/// E_HOST_NOT_ALLOWED): what stops DNS rebinding.
[[nodiscard]] Gated<void> check_host(const Head& head, const std::vector<std::string>& allowed);

/// GET, POST, PUT, PATCH, DELETE; HEAD goes on to the router, which offers it nowhere. OPTIONS with
/// Origin is a CORS preflight: 403 E_CROSS_ORIGIN; OPTIONS, CONNECT and TRACE are 405, anything
/// else 501, all E_METHOD.
[[nodiscard]] Gated<void> check_method(const Head& head);

/// A wish to leave HTTP/1.1 (Upgrade, h2c, HTTP2-Settings) is 501 E_UPGRADE rather than ignored: a
/// client that asks for a tunnel must not think it has one. A WebSocket is offered where
/// `options` says so. @return is it a handshake?
[[nodiscard]] Gated<bool> check_upgrade(
    const Head& head, std::string_view path, const GateOptions& options);

/// No browser page speaks to chela: an Origin is 403 E_ORIGIN, a Sec-Fetch-Site other than none and
/// same-origin 403 E_CROSS_SITE. A program that is no browser may name the loopback address and
/// port that it calls as its origin, as clients of the Model Context Protocol may.
[[nodiscard]] Gated<void> check_browser(const Head& head);

/// Headers that decide something appear once (400 E_DUPLICATE_HEADER); Expect is 100-continue (417
/// E_EXPECT).
[[nodiscard]] Gated<void> check_singletons(const Head& head);

/// A body that is not empty is application/json (415 E_CONTENT_TYPE); a plain HTML form cannot send
/// that.
[[nodiscard]] Gated<void> check_content_type(const Head& head, std::uint64_t body_bytes);

}  // namespace chela::sidecar::http
