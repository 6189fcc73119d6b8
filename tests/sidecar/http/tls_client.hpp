#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/types.h>

namespace chela::sidecar::http::test {

/// A blocking TLS client over a socket of its own; every wait ends after 10 s.
class TlsClient {
public:
    struct Options {
        std::filesystem::path ca;
        std::filesystem::path certificate;  ///< empty: it shows none
        std::filesystem::path key;
        std::string alpn;  ///< as on the wire: "\x02h2"; empty: none is offered
        int newest = 0;    ///< TLS1_2_VERSION …; 0: whatever there is
    };
    /// Shakes hands. A refusal of its certificate shows only with the first read.
    TlsClient(std::uint16_t port, const Options& options);
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;
    ~TlsClient();

    [[nodiscard]] bool is_connected() const { return is_connected_; }
    [[nodiscard]] std::string protocol() const;
    [[nodiscard]] std::string version() const;
    /// The common name of the server's certificate.
    [[nodiscard]] std::string server_name() const;
    [[nodiscard]] unsigned tickets() const { return tickets_; }

    bool send(std::string_view bytes);
    /// Reads until `end` is there. @return all that came; shorter when the connection ended
    std::string read_until(std::string_view end);
    /// GET with Host localhost. @return status and body, "" when the connection ended first
    std::string get(const std::string& path);
    /// Did the server say that it ends, rather than just vanish? Reads on until the end.
    bool is_ended_properly();

private:
    int socket_ = -1;
    SSL_CTX* context_ = nullptr;
    SSL* connection_ = nullptr;
    bool is_connected_ = false;
    unsigned tickets_ = 0;
    std::string received_;
};

}  // namespace chela::sidecar::http::test
