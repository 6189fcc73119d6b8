#include "sidecar/http/tls.hpp"

#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/edge/text_file.hpp"
#include "sidecar/http/tls_peer.hpp"
#include "signer/secret.hpp"

#include <limits>
#include <set>
#include <span>
#include <string_view>

#include <boost/asio/ssl/context.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace chela::sidecar::http {

namespace ssl = boost::asio::ssl;

namespace {

constexpr int kLongestChain = 8;

struct Free {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Certificate = std::unique_ptr<X509, Free>;

auto refuse(const std::filesystem::path& file, std::string_view what, std::string reason) {
    return fail(
        ErrorCode::invalid_input, fmt::format("{} {}", file.string(), what), std::move(reason));
}

/// Never asks at a terminal.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

Bio reader(std::string_view text) {
    if (text.size() > std::numeric_limits<int>::max()) bug("a PEM file of over 2 GiB");
    Bio bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    if (!bio) bug("out of memory in OpenSSL");
    return bio;
}

/// All certificates of a PEM file, in order. @return empty: none, or one that is broken
std::vector<Certificate> read_certificates(std::string_view pem) {
    ERR_clear_error();
    const Bio bio = reader(pem);
    std::vector<Certificate> all;
    while (Certificate next{PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)})
        all.push_back(std::move(next));
    const bool is_at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!is_at_end) all.clear();
    return all;
}

Result<std::vector<Certificate>> load_certificates(
    const std::filesystem::path& file, const std::string& reason) {
    const auto pem = read_text_file(file);
    if (!pem) return fail(pem.error().code, pem.error().detail, reason);
    auto all = read_certificates(*pem);
    if (all.empty()) return refuse(file, "is not a file of PEM certificates", reason);
    return all;
}

/// HTTP/1.1 is all there is: a client that speaks other protocols only must hear it.
int choose_protocol(
    SSL*,
    const unsigned char** chosen,
    unsigned char* chosen_size,
    const unsigned char* offered,
    unsigned int offered_size,
    void*) {
    static constexpr std::string_view kHttp11 = "\x08http/1.1";
    unsigned char* match = nullptr;
    const int found = SSL_select_next_proto(
        &match, chosen_size, reinterpret_cast<const unsigned char*>(kHttp11.data()),
        static_cast<unsigned>(kHttp11.size()), offered, offered_size);
    if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = match;
    return SSL_TLSEXT_ERR_OK;
}

/// A certificate that says nothing of its purposes would be good for all of them.
int check_client(int is_good, X509_STORE_CTX* verification) {
    if (is_good == 0 || X509_STORE_CTX_get_error_depth(verification) != 0) return is_good;
    X509* const certificate = X509_STORE_CTX_get_current_cert(verification);
    const bool says_it = (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0;
    if (says_it && (X509_get_extended_key_usage(certificate) & XKU_SSL_CLIENT) != 0) return 1;
    X509_STORE_CTX_set_error(verification, X509_V_ERR_INVALID_PURPOSE);
    return 0;
}

Result<std::shared_ptr<ssl::context>> empty_context() {
    std::shared_ptr<ssl::context> made;
    try {
        made = std::make_shared<ssl::context>(ssl::context::tls_server);
    } catch (const boost::system::system_error& error) {
        return fail(ErrorCode::internal, "TLS is not usable: " + error.code().message());
    }
    SSL_CTX* const context = made->native_handle();
    SSL_CTX_set_security_level(context, 2);  // RSA of 2,048 bits and the like
    SSL_CTX_set_options(
        context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_num_tickets(context, 0) != 1 || SSL_CTX_set_max_early_data(context, 0) != 1)
        return fail(ErrorCode::internal, "TLS 1.3 is not usable");
    return made;
}

Status use_certificates(
    SSL_CTX* context, const TlsFiles& files, std::span<const Certificate> chain, TimePoint now) {
    if (end_of(chain.front().get()) <= now) {
        return refuse(
            files.certificate,
            fmt::format(
                "ended at {}; renew the certificate", to_rfc3339(end_of(chain.front().get()))),
            "E_TLS_EXPIRED");
    }
    bool is_taken = SSL_CTX_use_certificate(context, chain.front().get()) == 1;
    for (const auto& between : chain.subspan(1))
        is_taken = is_taken && SSL_CTX_add1_chain_cert(context, between.get()) == 1;
    ERR_clear_error();
    if (is_taken) return {};
    return refuse(
        files.certificate,
        "has a certificate that is too weak to be used; its key must be ECDSA, Ed25519 or RSA of "
        "2048 bits or more, its signature SHA-256 or better",
        "E_TLS_CERTIFICATE");
}

Status use_key(SSL_CTX* context, const TlsFiles& files) {
    const auto pem = signer::read_secret_file(files.key);
    if (!pem) return std::unexpected{pem.error()};
    const Bio bio = reader(pem->reveal());
    const std::unique_ptr<EVP_PKEY, Free> key{
        PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)};
    ERR_clear_error();
    if (!key) return refuse(files.key, "is not an unencrypted PEM private key", "E_TLS_KEY");
    const bool is_taken =
        SSL_CTX_use_PrivateKey(context, key.get()) == 1 && SSL_CTX_check_private_key(context) == 1;
    ERR_clear_error();
    if (is_taken) return {};
    return refuse(
        files.key,
        fmt::format(
            "is not the key of the first certificate in {}; put the pair that belongs together",
            files.certificate.string()),
        "E_TLS_PAIR");
}

/// In whatever order they come.
std::string text_of(std::span<const Certificate> roots, ClientCertificate demand) {
    std::set<Bytes> ids;
    for (const auto& root : roots) {
        Bytes id(EVP_MAX_MD_SIZE);
        unsigned size = 0;
        if (X509_digest(root.get(), EVP_sha256(), id.data(), &size) != 1)
            bug("a certificate without a SHA-256");
        id.resize(size);
        ids.insert(std::move(id));
    }
    std::string out = demand == ClientCertificate::required ? "required" : "optional";
    for (const auto& id : ids)
        out += ' ' + to_hex(id);
    return out;
}

/// @return as ServerTls::believed_clients
Result<std::string> believe_clients(SSL_CTX* context, const TlsFiles& files) {
    if (!files.client_ca) return std::string{};
    const auto roots = load_certificates(*files.client_ca, "E_TLS_CLIENT_CA");
    if (!roots) return std::unexpected{roots.error()};
    for (const auto& root : *roots) {
        // The names go to the client, which finds the certificate to show by them.
        const bool is_taken =
            X509_check_ca(root.get()) == 1 &&
            X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get()) == 1 &&
            SSL_CTX_add_client_CA(context, root.get()) == 1;
        if (!is_taken) {
            ERR_clear_error();
            return refuse(
                *files.client_ca,
                "holds a certificate that is not one of a certificate authority (basicConstraints "
                "CA:TRUE)",
                "E_TLS_CLIENT_CA");
        }
    }
    const int demands = files.client_certificate == ClientCertificate::required
                            ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
                            : SSL_VERIFY_PEER;
    SSL_CTX_set_verify(context, demands, check_client);
    SSL_CTX_set_verify_depth(context, kLongestChain);
    return text_of(*roots, files.client_certificate);
}

}  // namespace

Result<ServerTls> make_server_tls(const TlsFiles& files, TimePoint now) {
    auto made = empty_context();
    if (!made) return std::unexpected{made.error()};
    SSL_CTX* const context = (*made)->native_handle();
    const auto chain = load_certificates(files.certificate, "E_TLS_CERTIFICATE");
    if (!chain) return std::unexpected{chain.error()};
    if (auto ok = use_certificates(context, files, *chain, now); !ok)
        return std::unexpected{ok.error()};
    if (auto ok = use_key(context, files); !ok) return std::unexpected{ok.error()};
    auto believed = believe_clients(context, files);
    if (!believed) return std::unexpected{believed.error()};
    return ServerTls{*std::move(made), end_of(chain->front().get()), *std::move(believed)};
}

}  // namespace chela::sidecar::http
