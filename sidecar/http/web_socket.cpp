#include "sidecar/http/web_socket.hpp"

#include "sidecar/http/ascii.hpp"
#include "sidecar/http/fields.hpp"

#include <algorithm>

namespace chela::sidecar::http {
namespace {

/// 16 bytes in base64.
bool is_key(std::string_view text) {
    constexpr std::size_t kDigits = 22;
    const auto is_digit = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '+' || c == '/';
    };
    return text.size() == kDigits + 2 && text.ends_with("==") &&
           std::ranges::all_of(text.substr(0, kDigits), is_digit);
}

}  // namespace

bool is_web_socket_handshake(const Head& head) {
    return head.method == "GET" && count_fields(head, "upgrade") == 1 &&
           equals_ignoring_case(first_field(head, "upgrade"), "websocket") &&
           has_list_token(head, "connection", "upgrade") &&
           count_fields(head, "http2-settings") == 0 &&
           count_fields(head, "sec-websocket-version") == 1 &&
           first_field(head, "sec-websocket-version") == "13" &&
           count_fields(head, "sec-websocket-key") == 1 &&
           is_key(first_field(head, "sec-websocket-key"));
}

}  // namespace chela::sidecar::http
