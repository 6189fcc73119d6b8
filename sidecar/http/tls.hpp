#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace chela::sidecar::http {

enum class ClientCertificate : std::uint8_t { required, optional };

/// What a TLS listener shows, and whom it believes; all of it PEM.
struct TlsFiles {
    std::filesystem::path
        certificate;            ///< the server's own first, then those between it and a root
    std::filesystem::path key;  ///< unencrypted, mode 0600
    std::optional<std::filesystem::path> client_ca;  ///< empty: clients are not asked
    ClientCertificate client_certificate{ClientCertificate::required};
    bool operator==(const TlsFiles&) const = default;
};

struct ServerTls {
    std::shared_ptr<boost::asio::ssl::context> context;
    TimePoint valid_until;  ///< of the server's own certificate
    /// The certificates of client_ca and whether one must be shown, as text; empty: nobody is
    /// asked.
    std::string believed_clients;
};

/// TLS 1.3 and nothing older, without session tickets, resumption, early data or compression, so
/// that every connection shows and verifies certificates. ALPN, where a client offers it, must have
/// http/1.1. A client's certificate must chain to client_ca and be made for clients (extended key
/// usage clientAuth, said in so many words).
/// @return invalid_input E_TLS_CERTIFICATE, E_TLS_KEY, E_TLS_PAIR: the key is of another
/// certificate, E_TLS_EXPIRED or E_TLS_CLIENT_CA, each with the file and what to do; denied
/// E_FILE_MODE
/// Source: RFC 8446; RFC 7301; RFC 5280, 4.2.1.12.
[[nodiscard]] Result<ServerTls> make_server_tls(const TlsFiles& files, TimePoint now);

}  // namespace chela::sidecar::http
