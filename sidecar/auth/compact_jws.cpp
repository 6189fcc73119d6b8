#include "sidecar/auth/compact_jws.hpp"

#include "sidecar/auth/base64url.hpp"

#include <algorithm>

namespace chela::sidecar::auth {

namespace {

auto malformed(std::string detail) {
    return fail(ErrorCode::unauthenticated, std::move(detail), "E_TOKEN_MALFORMED");
}

}  // namespace

Result<JwsParts> split_jws(std::string_view token) {
    if (token.size() > kMaxTokenBytes) return malformed("The token is longer than 8 KiB.");
    if (std::ranges::count(token, '.') != 2)
        return malformed("The token does not have three parts.");
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    return JwsParts{
        token.substr(0, first), token.substr(first + 1, last - first - 1), token.substr(last + 1),
        token.substr(0, last)};
}

Result<std::string> decode_jws_part(std::string_view part) {
    const auto bytes = parse_base64url(part);
    if (!bytes) return malformed("A part of the token is not base64url.");
    return std::string{bytes->begin(), bytes->end()};
}

}  // namespace chela::sidecar::auth
