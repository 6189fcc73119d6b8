#include "sidecar/auth/service_accounts.hpp"

#include "sidecar/auth/base64url.hpp"
#include "sidecar/auth/compact_jws.hpp"

namespace chela::sidecar::auth {

namespace asio = boost::asio;

ServiceAccounts::ServiceAccounts(
    std::shared_ptr<IssuerKeys> keys, std::shared_ptr<const Clock> clock, Expected expected)
    : keys_{std::move(keys)},
      clock_{std::move(clock)},
      expected_{std::move(expected)} {}

bool ServiceAccounts::is_issuer_of(std::string_view token) const {
    return claimed_issuer(token) == expected_.issuer;
}

asio::awaitable<Result<ServiceAccount>> ServiceAccounts::verify(
    std::string token, Deadline deadline) const {
    const auto parts = split_jws(token);
    if (!parts) co_return std::unexpected{parts.error()};
    const auto header_text = decode_jws_part(parts->header);
    if (!header_text) co_return std::unexpected{header_text.error()};
    const auto header = parse_service_header(*header_text);
    if (!header) co_return std::unexpected{header.error()};
    const auto payload = decode_jws_part(parts->payload);
    if (!payload) co_return std::unexpected{payload.error()};
    const auto claims = parse_service_claims(*payload);
    if (!claims) co_return std::unexpected{claims.error()};
    // Before any key is asked for: what can be refused at once costs the issuer nothing.
    if (auto ok =
            check_service_claims(*claims, expected_.issuer, expected_.audience, clock_->now());
        !ok)
        co_return std::unexpected{ok.error()};
    const auto signature = parse_base64url(parts->signature);
    if (!signature)
        co_return fail(
            ErrorCode::unauthenticated, "A part of the token is not base64url.",
            "E_TOKEN_MALFORMED");
    const auto key = co_await keys_->key(header->kid, deadline);
    if (!key) co_return std::unexpected{key.error()};
    // The key decides how it is verified, never the token.
    if ((*key)->algorithm() != header->algorithm)
        co_return fail(
            ErrorCode::unauthenticated, "The token's algorithm is not that of the key it names.",
            "E_TOKEN_ALGORITHM");
    if (!(*key)->is_signed(parts->signing_input, *signature))
        co_return fail(
            ErrorCode::unauthenticated, "The token's signature is wrong.", "E_TOKEN_SIGNATURE");
    co_return claims->account;
}

}  // namespace chela::sidecar::auth
