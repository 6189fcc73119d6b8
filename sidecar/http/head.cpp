#include "sidecar/http/head.hpp"

#include "sidecar/http/ascii.hpp"

#include <algorithm>

namespace chela::sidecar::http {

namespace {

auto refuse(std::string detail) {
    return fail(ErrorCode::invalid_input, std::move(detail), "E_FRAMING");
}

/// Source: RFC 9110, 5.6.2.
bool is_token_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_token_character);
}

bool is_target_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f;
}

bool is_value_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

bool is_version(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
           is_digit(text[7]);
}

/// Takes the next line without its CRLF off the front.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    return line;
}

Status parse_request_line(std::string_view line, Head& head) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        return refuse("The request line is not a method, a target and a version.");
    }
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method)) return refuse("The method is not a token.");
    if (target.empty() || !std::ranges::all_of(target, is_target_character)) {
        return refuse("The target holds spaces or control characters.");
    }
    if (!is_version(version)) return refuse("The HTTP version is malformed.");
    head.method = method;
    head.target = target;
    head.version = version;
    return {};
}

Status parse_field(std::string_view line, Head& head) {
    if (line.starts_with(' ') || line.starts_with('\t')) {
        return refuse("A header line is folded.");
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        return refuse("A header line is not a name, a colon and a value.");
    }
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!std::ranges::all_of(value, is_value_character)) {
        return refuse("A header value holds control characters.");
    }
    head.fields.emplace_back(lower_case(line.substr(0, colon)), value);
    return {};
}

}  // namespace

HeadScan scan_head(std::string_view received, std::size_t from, std::size_t max_bytes) {
    // The end mark may lie across the border of two reads.
    std::size_t at = from < 3 ? 0 : from - 3;
    for (; at < received.size(); ++at) {
        if (at >= max_bytes) return {HeadState::too_large, 0};
        const char c = received[at];
        if (c == '\0') return {HeadState::malformed, 0};
        if (c == '\n' && (at == 0 || received[at - 1] != '\r')) return {HeadState::malformed, 0};
        if (c == '\r' && at + 1 < received.size() && received[at + 1] != '\n') {
            return {HeadState::malformed, 0};
        }
        if (c == '\n' && at >= 3 && received.substr(at - 3, 4) == "\r\n\r\n") {
            return {HeadState::complete, at + 1};
        }
    }
    return {HeadState::incomplete, 0};
}

Result<Head> parse_head(std::string_view text, std::size_t max_fields) {
    if (!text.ends_with("\r\n\r\n")) return refuse("The head has no end.");
    text.remove_suffix(2);
    Head head;
    if (auto good = parse_request_line(take_line(text), head); !good) {
        return std::unexpected{good.error()};
    }
    while (!text.empty()) {
        if (head.fields.size() == max_fields) {
            return fail(ErrorCode::too_large, "The request has too many headers.", "E_HEADERS");
        }
        if (auto good = parse_field(take_line(text), head); !good) {
            return std::unexpected{good.error()};
        }
    }
    return head;
}

}  // namespace chela::sidecar::http
