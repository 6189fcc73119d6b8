#include "sidecar/http/tls_peer.hpp"

#include "sidecar/http/ascii.hpp"

#include <algorithm>
#include <optional>
#include <ranges>

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace chela::sidecar::http {

namespace {

struct Free {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
    void operator()(ASN1_TIME* time) const { ASN1_TIME_free(time); }
};

/// Printable ASCII: a NUL or a blank within a name is a trick. @return nothing: it is not
std::optional<std::string> text_of(const ASN1_IA5STRING* name) {
    const auto size = ASN1_STRING_length(name);
    std::string text{
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(name)),
        static_cast<std::size_t>(std::max(size, 0))};
    const bool is_clean = std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
    if (text.empty() || !is_clean) return std::nullopt;
    return text;
}

/// @return was it understood?
bool add_name(TlsPeer& peer, const GENERAL_NAME& name) {
    int type = 0;
    const void* const value = GENERAL_NAME_get0_value(&name, &type);
    if (type != GEN_URI && type != GEN_DNS) return true;
    auto text = text_of(static_cast<const ASN1_IA5STRING*>(value));
    if (!text) return false;
    if (type == GEN_URI) {
        peer.uris.push_back(*std::move(text));
    } else {
        peer.dns_names.push_back(lower_case(*text));
    }
    return true;
}

void read_names(TlsPeer& peer, const X509* certificate) {
    int position = -1;
    const std::unique_ptr<GENERAL_NAMES, Free> names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, &position, nullptr))};
    // -1: there is none; -2: there are several.
    if (!names && position != -1) {
        peer.fault = "its alternative names cannot be read";
        return;
    }
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        if (!add_name(peer, *sk_GENERAL_NAME_value(names.get(), i)))
            peer.fault = "one of its alternative names is not plain text";
    }
}

}  // namespace

TimePoint end_of(const X509* certificate) {
    const std::unique_ptr<ASN1_TIME, Free> epoch{ASN1_TIME_set(nullptr, 0)};
    int days = 0;
    int seconds = 0;
    if (!epoch ||
        ASN1_TIME_diff(&days, &seconds, epoch.get(), X509_get0_notAfter(certificate)) != 1)
        return TimePoint{};
    // The named second itself still counts. Source: RFC 5280, 4.1.2.5.
    return TimePoint{std::chrono::days{days} + std::chrono::seconds{seconds + 1}};
}

std::shared_ptr<const TlsPeer> tls_peer(const SSL* connection) {
    const X509* const certificate = SSL_get0_peer_certificate(connection);
    if (certificate == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return nullptr;
    auto peer = std::make_shared<TlsPeer>();
    read_names(*peer, certificate);
    peer->valid_until = end_of(certificate);
    STACK_OF(X509)* const chain = SSL_get0_verified_chain(connection);
    for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i)
        peer->valid_until = std::min(peer->valid_until, end_of(sk_X509_value(chain, i)));
    return peer;
}

std::string handshake_failure(const SSL* connection, const std::string& what) {
    const long verdict = SSL_get_verify_result(connection);
    if (verdict == X509_V_OK) return what;
    return fmt::format("{}: {}", what, X509_verify_cert_error_string(verdict));
}

}  // namespace chela::sidecar::http
