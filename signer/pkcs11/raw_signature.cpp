#include "signer/pkcs11/raw_signature.hpp"

#include <utility>

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

constexpr std::size_t kSignatureSize = 64;

}  // namespace

Attempt<Bytes> raw_signature(
    const Session& session, CK_OBJECT_HANDLE key, const OwnDigest& digest) {
    CK_MECHANISM mechanism{CKM_ECDSA, nullptr, 0};
    const CK_RV began = session.api.C_SignInit(session.handle, &mechanism, key);
    if (began != CKR_OK) return failed("C_SignInit", began);
    auto input = digest.hash().bytes;
    // Room for a DER signature too: a token that gives one is told from one that gives 64 bytes.
    Bytes signature(2 * kSignatureSize);
    CK_ULONG size = signature.size();
    const CK_RV answer =
        session.api.C_Sign(session.handle, input.data(), input.size(), signature.data(), &size);
    if (answer != CKR_OK) return failed("C_Sign", answer);
    if (size != kSignatureSize) {
        return give_up(
            ErrorCode::bad_response, fmt::format("the token gave a signature of {} bytes", size),
            "E_SIGNATURE_LENGTH");
    }
    signature.resize(kSignatureSize);
    return signature;
}

Attempt<void> prove_key(
    const Session& session,
    CK_OBJECT_HANDLE key,
    const chains::PublicKey& public_key,
    FixedText text) {
    const OwnDigest digest = OwnDigest::of(text);
    const auto raw = raw_signature(session, key, digest);
    if (!raw) return std::unexpected{raw.error()};
    auto proven = chains::make_recoverable(digest.hash(), *raw, public_key);
    if (!proven) return std::unexpected{Failure{std::move(proven.error()), Remedy::give_up}};
    return {};
}

}  // namespace chela::signer::pkcs11
