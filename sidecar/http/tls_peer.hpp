#pragma once

#include "sidecar/http/message.hpp"

#include <memory>
#include <string>

#include <openssl/types.h>

namespace chela::sidecar::http {

/// Who the client is, after a handshake that verified its certificate.
/// @return null: it showed none
[[nodiscard]] std::shared_ptr<const TlsPeer> tls_peer(const SSL* connection);

/// Why a handshake failed, with what was wrong with the client's certificate if that was it.
/// @param what  the TLS library's word for it
[[nodiscard]] std::string handshake_failure(const SSL* connection, const std::string& what);

/// The first moment at which a certificate does not hold any more.
/// @return 1970: it cannot be told
[[nodiscard]] TimePoint end_of(const X509* certificate);

}  // namespace chela::sidecar::http
