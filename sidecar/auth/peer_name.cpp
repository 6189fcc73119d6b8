#include "sidecar/auth/peer_name.hpp"

#include <algorithm>
#include <ranges>
#include <string>

namespace chela::sidecar::auth {

namespace {

constexpr std::string_view kScheme = "spiffe://";
constexpr std::size_t kLongestId = 2'048;
constexpr std::size_t kLongestDomain = 255;
constexpr std::size_t kLongestHost = 253;
constexpr std::size_t kLongestLabel = 63;

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_domain_char(char c) {
    return is_lower_or_digit(c) || c == '.' || c == '-' || c == '_';
}

bool is_path_char(char c) {
    return is_domain_char(c) || (c >= 'A' && c <= 'Z');
}

bool is_segment(std::string_view text) {
    return !text.empty() && text != "." && text != ".." && std::ranges::all_of(text, is_path_char);
}

bool is_label(std::string_view text) {
    const auto is_inner = [](char c) { return is_lower_or_digit(c) || c == '-' || c == '_'; };
    return !text.empty() && text.size() <= kLongestLabel && std::ranges::all_of(text, is_inner) &&
           text.front() != '-' && text.back() != '-';
}

/// Of the parts between the separators, empty ones as well.
template <class Check>
bool all_parts(std::string_view text, char separator, Check is_good) {
    for (;;) {
        const auto end = text.find(separator);
        if (!is_good(text.substr(0, end))) return false;
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
}

auto malformed(std::string what) {
    return fail(ErrorCode::invalid_input, std::move(what));
}

}  // namespace

Status check_spiffe_id(std::string_view text) {
    if (!text.starts_with(kScheme)) return malformed("a SPIFFE ID begins with spiffe://");
    if (text.size() > kLongestId) return malformed("a SPIFFE ID has at most 2048 characters");
    text.remove_prefix(kScheme.size());
    const auto slash = text.find('/');
    const auto domain = text.substr(0, slash);
    if (domain.empty() || domain.size() > kLongestDomain ||
        !std::ranges::all_of(domain, is_domain_char))
        return malformed(
            "the trust domain of a SPIFFE ID has lower-case letters, digits, dots, dashes and "
            "underscores, and nothing else");
    if (slash == std::string_view::npos)
        return malformed("the SPIFFE ID of a workload has a path behind the trust domain");
    if (!all_parts(text.substr(slash + 1), '/', is_segment))
        return malformed(
            "the path of a SPIFFE ID has segments of letters, digits, dots, dashes and "
            "underscores, none of them empty, \".\" or \"..\"");
    return {};
}

Status check_dns_name(std::string_view text) {
    if (text.size() <= kLongestHost && all_parts(text, '.', is_label)) return {};
    return malformed("a DNS name has lower-case letters, digits and dashes between dots, and no *");
}

}  // namespace chela::sidecar::auth
