#include "sidecar/http/gate.hpp"

#include "sidecar/http/ascii.hpp"
#include "sidecar/http/fields.hpp"
#include "sidecar/http/web_socket.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace chela::sidecar::http {

namespace {

auto refuse(unsigned status, std::string code, std::string detail) {
    return std::unexpected{Refusal{status, std::move(code), std::move(detail)}};
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "localhost:8787" → "localhost"; anything but a decimal port behind the name stays part of it.
std::string_view without_port(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    if (colon == std::string_view::npos) return host;
    const std::string_view port = host.substr(colon + 1);
    return is_digits(port) && port.size() <= 5 ? host.substr(0, colon) : host;
}

/// Decimal without sign and without leading zeros.
std::optional<std::uint64_t> parse_length(std::string_view text) {
    if (!is_digits(text) || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return std::nullopt;
    return value;
}

Gated<Framing> body_framing(const Head& head) {
    const std::size_t lengths = count_fields(head, "content-length");
    const std::size_t codings = count_fields(head, "transfer-encoding");
    if (lengths + codings > 1) {
        return refuse(400, "E_FRAMING", "The length of the body is stated more than once.");
    }
    if (codings == 1) {
        if (first_field(head, "transfer-encoding") != "chunked") {
            return refuse(400, "E_FRAMING", "The only transfer coding understood is chunked.");
        }
        return Framing{.chunked = true, .content_length = 0};
    }
    if (lengths == 0) return Framing{};
    const auto length = parse_length(first_field(head, "content-length"));
    if (!length) return refuse(400, "E_FRAMING", "Content-Length is not a decimal number.");
    return Framing{.chunked = false, .content_length = *length};
}

bool is_loopback_name(std::string_view host) {
    constexpr std::array<std::string_view, 3> kLocal{"127.0.0.1", "localhost", "[::1]"};
    return std::ranges::any_of(
        kLocal, [host](std::string_view name) { return equals_ignoring_case(host, name); });
}

/// Is it a program that names the very address it calls, port and all? A browser says
/// Sec-Fetch-Site to a loopback address as well, and chela serves no page that could have that
/// origin.
bool names_itself(const Head& head) {
    const std::string_view host = first_field(head, "host");
    const std::string_view name = without_port(host);
    return count_fields(head, "origin") == 1 && count_fields(head, "sec-fetch-site") == 0 &&
           name != host && is_loopback_name(name) &&
           first_field(head, "origin") == "http://" + std::string{host};
}

std::vector<std::pair<std::string, std::string>> trusted_fields(const Head& head) {
    auto fields = head.fields;
    std::erase_if(fields, [](const auto& field) { return is_untrusted_field(field.first); });
    return fields;
}

}  // namespace

Gated<Framing> check_framing(const Head& head, std::uint64_t max_body_bytes) {
    if (head.version != "HTTP/1.1") {
        return refuse(505, "E_HTTP_VERSION", "Only HTTP/1.1 is spoken here.");
    }
    for (const auto& [name, value] : head.fields) {
        if (is_twin_of_known_field(name)) {
            return refuse(400, "E_FRAMING", "A header name uses '_' where '-' is meant.");
        }
    }
    auto framing = body_framing(head);
    if (!framing) return framing;
    if (head.method == "GET" && (framing->chunked || framing->content_length > 0)) {
        return refuse(400, "E_FRAMING", "GET takes no body.");
    }
    if (framing->content_length > max_body_bytes) {
        return refuse(413, "E_BODY_TOO_LARGE", "The body is over the limit.");
    }
    return framing;
}

Gated<void> check_one_host(const Head& head) {
    if (count_fields(head, "host") == 1 && !first_field(head, "host").empty()) return {};
    return refuse(400, "E_HOST", "Exactly one Host header is needed.");
}

Gated<void> check_host(const Head& head, const std::vector<std::string>& allowed) {
    if (auto ok = check_one_host(head); !ok) return ok;
    const std::string_view host = without_port(first_field(head, "host"));
    const auto is_host = [&](std::string_view name) { return equals_ignoring_case(host, name); };
    if (is_loopback_name(host) || std::ranges::any_of(allowed, is_host)) return {};
    return refuse(421, "E_HOST_NOT_ALLOWED", "This server does not answer for that host.");
}

Gated<void> check_method(const Head& head) {
    constexpr std::array<std::string_view, 6> kServed{"GET",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "HEAD"};
    constexpr std::array<std::string_view, 3> kNever{"OPTIONS", "CONNECT", "TRACE"};
    if (head.method == "OPTIONS" && count_fields(head, "origin") > 0) {
        return refuse(403, "E_CROSS_ORIGIN", "No web page may call this server.");
    }
    if (std::ranges::find(kNever, head.method) != kNever.end()) {
        return refuse(405, "E_METHOD", "This method is not offered anywhere.");
    }
    if (std::ranges::find(kServed, head.method) == kServed.end()) {
        return refuse(501, "E_METHOD", "This method is not known.");
    }
    return {};
}

Gated<bool> check_upgrade(const Head& head, std::string_view path, const GateOptions& options) {
    const bool wants_another = count_fields(head, "upgrade") > 0 ||
                               count_fields(head, "http2-settings") > 0 ||
                               has_list_token(head, "connection", "upgrade");
    if (!wants_another) return false;
    const bool is_offered = is_web_socket_handshake(head) && options.offers_web_socket &&
                            options.offers_web_socket(path);
    if (is_offered) return true;
    return refuse(501, "E_UPGRADE", "No other protocol is offered on this connection.");
}

Gated<void> check_browser(const Head& head) {
    if (count_fields(head, "origin") > 0 && !names_itself(head)) {
        return refuse(403, "E_ORIGIN", "No web page may call this server.");
    }
    for (const auto& [name, value] : head.fields) {
        if (name == "sec-fetch-site" && value != "none" && value != "same-origin") {
            return refuse(403, "E_CROSS_SITE", "No web page may call this server.");
        }
    }
    return {};
}

Gated<void> check_singletons(const Head& head) {
    for (const std::string_view name :
         {"authorization", "content-type", "idempotency-key", "x-chela-token"}) {
        if (count_fields(head, name) > 1) {
            return refuse(
                400, "E_DUPLICATE_HEADER", "The header " + std::string{name} + " appears twice.");
        }
    }
    const std::size_t expects = count_fields(head, "expect");
    if (expects > 1 ||
        (expects == 1 && !equals_ignoring_case(first_field(head, "expect"), "100-continue"))) {
        return refuse(417, "E_EXPECT", "The only expectation understood is 100-continue.");
    }
    return {};
}

Gated<void> check_content_type(const Head& head, std::uint64_t body_bytes) {
    if (body_bytes == 0) return {};
    std::string_view type = first_field(head, "content-type");
    type = type.substr(0, type.find(';'));
    type = type.substr(0, type.find_last_not_of(" \t") + 1);
    if (equals_ignoring_case(type, "application/json")) return {};
    return refuse(415, "E_CONTENT_TYPE", "A body must be application/json.");
}

Gated<Admission> admit(const Head& head, const GateOptions& options) {
    const auto framing = check_framing(head, options.max_body_bytes);
    if (!framing) return std::unexpected{framing.error()};
    const auto host = options.hosts == HostCheck::any ? check_one_host(head)
                                                      : check_host(head, options.allowed_hosts);
    if (!host) return std::unexpected{host.error()};
    if (auto ok = check_method(head); !ok) return std::unexpected{ok.error()};
    if (auto ok = check_browser(head); !ok) return std::unexpected{ok.error()};
    if (auto ok = check_singletons(head); !ok) return std::unexpected{ok.error()};
    if (auto ok = check_content_type(head, framing->content_length); !ok) {
        return std::unexpected{ok.error()};
    }
    auto target = parse_target(head.target);
    if (!target) return refuse(400, target.error().reason, target.error().detail);
    const auto upgrade = check_upgrade(head, target->path, options);
    if (!upgrade) return std::unexpected{upgrade.error()};
    return Admission{
        .target = std::move(*target),
        .framing = *framing,
        .fields = trusted_fields(head),
        .close = has_list_token(head, "connection", "close"),
        .expects_continue = count_fields(head, "expect") == 1,
        .wants_web_socket = *upgrade};
}

}  // namespace chela::sidecar::http
