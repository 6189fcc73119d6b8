#include "sidecar/http/target.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace chela::sidecar::http {

namespace {

constexpr std::size_t kMaxPartBytes = 2 * 1024;

auto refuse_path(std::string detail) {
    return fail(ErrorCode::invalid_input, std::move(detail), "E_PATH");
}

auto refuse_query(std::string detail) {
    return fail(ErrorCode::invalid_input, std::move(detail), "E_QUERY");
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '~' || c == '-';
}

/// What may stand for itself in a query's name or value.
bool is_query_literal(char c) {
    return is_unreserved(c) || std::string_view{"!$'()*,;:@/?"}.find(c) != std::string_view::npos;
}

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
    return std::nullopt;
}

/// Bytes that follow a lead byte, and the range of the first of them. Source: RFC 3629, 4.
struct Utf8Tail {
    std::size_t length;
    std::uint8_t low;
    std::uint8_t high;
};

std::optional<Utf8Tail> utf8_tail(std::uint8_t lead) {
    if (lead < 0x80) return Utf8Tail{0, 0, 0};
    if (lead < 0xc2 || lead > 0xf4) return std::nullopt;
    if (lead < 0xe0) return Utf8Tail{1, 0x80, 0xbf};
    if (lead < 0xf0) {
        const std::uint8_t low = lead == 0xe0 ? 0xa0 : 0x80;
        const std::uint8_t high = lead == 0xed ? 0x9f : 0xbf;
        return Utf8Tail{2, low, high};
    }
    const std::uint8_t low = lead == 0xf0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xf4 ? 0x8f : 0xbf;
    return Utf8Tail{3, low, high};
}

/// Well-formed UTF-8 without C0, DEL and C1 controls?
bool is_plain_text(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<std::uint8_t>(text[i]);
        if (lead < 0x20 || lead == 0x7f) return false;
        const auto tail = utf8_tail(lead);
        if (!tail || text.size() - i <= tail->length) return false;
        for (std::size_t k = 1; k <= tail->length; ++k) {
            const auto byte = static_cast<std::uint8_t>(text[i + k]);
            const std::uint8_t low = k == 1 ? tail->low : std::uint8_t{0x80};
            const std::uint8_t high = k == 1 ? tail->high : std::uint8_t{0xbf};
            if (byte < low || byte > high) return false;
            if (lead == 0xc2 && byte < 0xa0) return false;
        }
        i += tail->length;
    }
    return true;
}

Result<std::string> decode_component(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_query_literal(text[i])) {
            out.push_back(text[i]);
            continue;
        }
        if (text[i] != '%') return refuse_query("A query character is not percent-encoded.");
        if (text.size() - i < 3) return refuse_query("A percent sign needs two hex digits.");
        const auto high = hex_digit(text[i + 1]);
        const auto low = hex_digit(text[i + 2]);
        if (!high || !low) return refuse_query("A percent sign needs two hex digits.");
        out.push_back(static_cast<char>(*high * 16 + *low));
        i += 2;
    }
    if (!is_plain_text(out)) {
        return refuse_query("A query value is not UTF-8 or holds control characters.");
    }
    return out;
}

Status check_path(std::string_view path) {
    if (path.size() > kMaxPartBytes) return refuse_path("The path is longer than 2 KiB.");
    if (!path.starts_with('/')) return refuse_path("The target must be a path that starts with /.");
    std::string_view rest = path;
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        rest.remove_prefix(end);
        if (segment == "." || segment == "..") return refuse_path("The path has a dot segment.");
        if (segment.empty() && !rest.empty()) return refuse_path("The path has an empty segment.");
        for (const char c : segment) {
            if (!is_unreserved(c)) {
                return refuse_path("Path segments may only hold letters, digits and . _ ~ -");
            }
        }
    }
    return {};
}

Result<std::map<std::string, std::string>> parse_query(std::string_view query) {
    if (query.size() > kMaxPartBytes) return refuse_query("The query is longer than 2 KiB.");
    std::map<std::string, std::string> out;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        if (end + 1 == query.size()) return refuse_query("The query ends with &.");
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0) {
            return refuse_query("The query must be name=value pairs.");
        }
        auto name = decode_component(pair.substr(0, equals));
        if (!name) return std::unexpected{name.error()};
        auto value = decode_component(pair.substr(equals + 1));
        if (!value) return std::unexpected{value.error()};
        if (!out.emplace(std::move(*name), std::move(*value)).second) {
            return refuse_query("A query name appears twice.");
        }
    }
    return out;
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
    const std::size_t mark = text.find('?');
    const std::string_view path = text.substr(0, mark);
    if (auto good = check_path(path); !good) return std::unexpected{good.error()};
    Target target{.path = std::string{path}, .query = {}};
    if (mark != std::string_view::npos) {
        auto query = parse_query(text.substr(mark + 1));
        if (!query) return std::unexpected{query.error()};
        target.query = std::move(*query);
    }
    return target;
}

}  // namespace chela::sidecar::http
