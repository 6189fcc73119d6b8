#include "sidecar/flow/token_source.hpp"

#include "signer/pkcs11/attest.hpp"

#include <utility>

namespace chela::sidecar::flow {

namespace {

Result<KeySource::Made> made(const Result<signer::pkcs11::KeyInfo>& info) {
    if (!info) return std::unexpected{info.error()};
    return KeySource::Made{info->id, info->public_key, info->address};
}

}  // namespace

Status TokenSource::probe() {
    const auto status = token_.status();
    if (!status) return std::unexpected{status.error()};
    return {};
}

Result<KeySource::Made> TokenSource::generate(const std::string& label) {
    return made(token_.generate(label));
}

Result<KeySource::Made> TokenSource::import(const std::string& label, signer::Secret private_key) {
    return made(token_.import(label, std::move(private_key)));
}

Result<KeySource::Made> TokenSource::adopt(const signer::pkcs11::KeyChoice& choice) {
    return made(token_.adopt(choice));
}

Result<std::shared_ptr<signer::Key>> TokenSource::open(const store::SigningKeyRecord& record) {
    return token_.key(record.token_id, record.public_key);
}

Result<std::string> TokenSource::prove(const store::SigningKeyRecord& record) {
    const auto info = token_.prove(record.token_id);
    if (!info) return std::unexpected{info.error()};
    if (info->public_key != record.public_key)
        return fail(
            ErrorCode::bad_response, "the private key in the token is not the one that was pinned",
            "E_KEY_CHANGED");
    if (info->attributes.extractable || !info->attributes.sensitive)
        return "in the token, which would give it out";
    return is_proof_of_origin(signer::pkcs11::attest(info->attributes))
               ? "in the token, cannot leave it"
               : "in the token, cannot leave it any more; it was outside before";
}

}  // namespace chela::sidecar::flow
