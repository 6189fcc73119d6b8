#include "tests/sidecar/node/certificate.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace chela::test {
namespace {

void require(bool holds) {
    if (!holds) throw std::runtime_error{"OpenSSL did not make the test's certificate"};
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

std::string text_of(const Bio& bio) {
    std::string out(BIO_ctrl_pending(bio.get()), '\0');
    require(
        BIO_read(bio.get(), out.data(), static_cast<int>(out.size())) ==
        static_cast<int>(out.size()));
    return out;
}

void add_alternative_name(X509* certificate, const std::string& name) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension{
        X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, name.c_str()),
        X509_EXTENSION_free};
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

}  // namespace

SelfSigned make_self_signed(const std::string& alternative_name) {
    constexpr long kOneDay = 24L * 60 * 60;
    const Key key{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free};
    const Certificate certificate{X509_new(), X509_free};
    require(key && certificate);
    require(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    require(ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1) == 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kOneDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kOneDay);
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    const std::string common_name = "chela test";
    require(
        X509_NAME_add_entry_by_txt(
            name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.data()),
            static_cast<int>(common_name.size()), -1, 0) == 1);
    require(X509_set_issuer_name(certificate.get(), name) == 1);
    require(X509_set_pubkey(certificate.get(), key.get()) == 1);
    add_alternative_name(certificate.get(), alternative_name);
    require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

    const Bio key_text{BIO_new(BIO_s_mem()), BIO_free};
    const Bio certificate_text{BIO_new(BIO_s_mem()), BIO_free};
    require(
        PEM_write_bio_PrivateKey(
            key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    require(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
    return {text_of(key_text), text_of(certificate_text)};
}

}  // namespace chela::test
