#include "sidecar/http/fields.hpp"

#include "sidecar/http/ascii.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace chela::sidecar::http {

namespace {

constexpr std::array<std::string_view, 15> kKnown{
    "host",           "authorization",     "content-type",    "content-length",
    "connection",     "transfer-encoding", "idempotency-key", "x-chela-token",
    "origin",         "sec-fetch-site",    "expect",          "upgrade",
    "http2-settings", "x-request-id",      "traceparent"};

constexpr std::array<std::string_view, 8> kUntrusted{
    "forwarded",     "x-original-url",         "x-rewrite-url",     "x-real-ip",
    "x-http-method", "x-http-method-override", "x-method-override", "x-original-host"};

}  // namespace

std::size_t count_fields(const Head& head, std::string_view name) {
    const auto count =
        std::ranges::count_if(head.fields, [&](const auto& field) { return field.first == name; });
    return static_cast<std::size_t>(count);
}

std::string_view first_field(const Head& head, std::string_view name) {
    for (const auto& [field, value] : head.fields) {
        if (field == name) return value;
    }
    return {};
}

bool has_list_token(const Head& head, std::string_view name, std::string_view token) {
    for (const auto& [field, value] : head.fields) {
        if (field != name) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(','), rest.size());
            if (equals_ignoring_case(trimmed(rest.substr(0, end)), token)) return true;
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return false;
}

bool is_untrusted_field(std::string_view name) {
    return name.starts_with("x-forwarded-") ||
           std::ranges::find(kUntrusted, name) != kUntrusted.end();
}

bool is_twin_of_known_field(std::string_view name) {
    if (name.find('_') == std::string_view::npos) return false;
    std::string mapped{name};
    std::ranges::replace(mapped, '_', '-');
    return is_untrusted_field(mapped) || std::ranges::find(kKnown, mapped) != kKnown.end();
}

}  // namespace chela::sidecar::http
