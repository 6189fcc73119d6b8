#pragma once

#include "sidecar/auth/identity.hpp"
#include "sidecar/http/message.hpp"

#include <span>
#include <string>
#include <string_view>

namespace chela::sidecar::auth {

// Whose caller is it? Null: nobody's. Refusals are about this caller, who is known and does not
// pass.

/// @return denied E_PEER_PROGRAM or E_PEER_UNVERIFIED: it does not run the identity's executable
[[nodiscard]] Result<const Identity*> by_unix_peer(
    std::span<const Identity> identities, const http::UnixPeer& peer);

/// In the same time whoever it is.
[[nodiscard]] const Identity* by_client_token(
    std::span<const Identity> identities, std::string_view token);

/// By its SPIFFE ID or a DNS name, exactly as configured.
/// @return unauthenticated E_CERTIFICATE_EXPIRED, by `now`; E_CERTIFICATE_NAMES: its names cannot
/// be relied on, or belong to several identities; E_NO_CREDENTIALS: they belong to none
[[nodiscard]] Result<const Identity*> by_certificate(
    std::span<const Identity> identities, const http::TlsPeer& peer, TimePoint now);

[[nodiscard]] const Identity* by_service_account(
    std::span<const Identity> identities, const ServiceAccount& account);

/// What to say to one who would send a key where others can read it: unauthenticated
/// E_CREDENTIAL_READABLE.
[[nodiscard]] std::unexpected<Error> credential_readable();

/// The SPIFFE ID that a client certificate has; "" without any.
/// @return unauthenticated E_CERTIFICATE_NAMES: it has one, and another URI beside it, or one that
/// is not well-formed
/// Source: SPIFFE X.509-SVID, 2 ("exactly one URI SAN").
[[nodiscard]] Result<std::string> spiffe_id_of(const http::TlsPeer& peer);

}  // namespace chela::sidecar::auth
