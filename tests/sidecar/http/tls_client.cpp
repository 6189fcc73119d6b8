#include "tests/sidecar/http/tls_client.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace chela::sidecar::http::test {

namespace {

int connect_to(std::uint16_t port) {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error{"the test's client does not connect"};
    return made;
}

void require(bool holds) {
    if (!holds) throw std::runtime_error{"OpenSSL refuses what the test's client wants"};
}

}  // namespace

TlsClient::TlsClient(std::uint16_t port, const Options& options)
    : socket_{connect_to(port)},
      context_{SSL_CTX_new(TLS_client_method())} {
    require(context_ != nullptr);
    require(SSL_CTX_load_verify_locations(context_, options.ca.c_str(), nullptr) == 1);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    if (!options.certificate.empty()) {
        require(SSL_CTX_use_certificate_chain_file(context_, options.certificate.c_str()) == 1);
        require(SSL_CTX_use_PrivateKey_file(context_, options.key.c_str(), SSL_FILETYPE_PEM) == 1);
    }
    if (options.newest != 0) require(SSL_CTX_set_max_proto_version(context_, options.newest) == 1);
    if (!options.alpn.empty()) {
        require(
            SSL_CTX_set_alpn_protos(
                context_, reinterpret_cast<const unsigned char*>(options.alpn.data()),
                static_cast<unsigned>(options.alpn.size())) == 0);
    }
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_set_app_data(context_, this);
    SSL_CTX_sess_set_new_cb(context_, [](SSL* connection, SSL_SESSION*) {
        auto* const self =
            static_cast<TlsClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
        ++self->tickets_;
        return 0;
    });
    connection_ = SSL_new(context_);
    require(connection_ != nullptr && SSL_set_fd(connection_, socket_) == 1);
    is_connected_ = SSL_connect(connection_) == 1;
    ERR_clear_error();
}

TlsClient::~TlsClient() {
    SSL_free(connection_);
    SSL_CTX_free(context_);
    ::close(socket_);
}

std::string TlsClient::protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(connection_, &name, &size);
    return name == nullptr ? std::string{} : std::string{reinterpret_cast<const char*>(name), size};
}

std::string TlsClient::version() const {
    return SSL_get_version(connection_);
}

std::string TlsClient::server_name() const {
    std::array<char, 100> name{};
    const X509* const certificate = SSL_get0_peer_certificate(connection_);
    if (certificate == nullptr) return {};
    X509_NAME_get_text_by_NID(
        X509_get_subject_name(certificate), NID_commonName, name.data(),
        static_cast<int>(name.size()));
    return name.data();
}

bool TlsClient::send(std::string_view bytes) {
    return SSL_write(connection_, bytes.data(), static_cast<int>(bytes.size())) ==
           static_cast<int>(bytes.size());
}

std::string TlsClient::read_until(std::string_view end) {
    std::array<char, 4096> part{};
    while (received_.find(end) == std::string::npos) {
        const int count = SSL_read(connection_, part.data(), static_cast<int>(part.size()));
        if (count <= 0) break;
        received_.append(part.data(), static_cast<std::size_t>(count));
    }
    const auto found = received_.find(end);
    const auto size = found == std::string::npos ? received_.size() : found + end.size();
    std::string out = received_.substr(0, size);
    received_.erase(0, size);
    return out;
}

std::string TlsClient::get(const std::string& path) {
    if (!send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")) return {};
    const std::string head = read_until("\r\n\r\n");
    if (!head.starts_with("HTTP/1.1 ")) return {};
    return head.substr(9, 3) + " " + read_until("}");
}

bool TlsClient::is_ended_properly() {
    std::array<char, 4096> part{};
    int count = 1;
    while (count > 0)
        count = SSL_read(connection_, part.data(), static_cast<int>(part.size()));
    return SSL_get_error(connection_, count) == SSL_ERROR_ZERO_RETURN;
}

}  // namespace chela::sidecar::http::test
