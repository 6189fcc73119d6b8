#include "signer/pkcs11/key.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "signer/pkcs11/process.hpp"
#include "signer/pkcs11/with_session.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

constexpr std::size_t kSignatureSize = 64;

Attempt<void> check_attributes(const KeyAttributes& attributes) {
    if (attributes.extractable || !attributes.sensitive) {
        return give_up(
            ErrorCode::denied,
            "the key can be read out of the token (extractable or not sensitive)",
            "E_KEY_EXTRACTABLE");
    }
    if (!attributes.sign) {
        return give_up(ErrorCode::denied, "the key is not made for signing", "E_KEY_CANNOT_SIGN");
    }
    return {};
}

Attempt<Bytes> raw_signature(
    const Session& session, CK_OBJECT_HANDLE key, const SigningHash& digest) {
    CK_MECHANISM mechanism{CKM_ECDSA, nullptr, 0};
    const CK_RV began = session.api.C_SignInit(session.handle, &mechanism, key);
    if (began != CKR_OK) return failed("C_SignInit", began);
    auto input = digest.bytes;
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

// To somebody who holds a Key, a key that is not there is a key that cannot sign now.
Error as_offline(Error error) {
    if (error.code != ErrorCode::not_found) return error;
    return {ErrorCode::unavailable, std::move(error.detail), "E_KEY_OFFLINE"};
}

}  // namespace

Attempt<FoundKey> find_pinned_key(
    const Lease& lease, BytesView id, const chains::PublicKey& expected) {
    auto found = find_key(lease.session(), id);
    if (!found && found.error().error.code == ErrorCode::not_found) {
        // A token that was pulled out, or logged out, also shows no keys.
        auto ready = lease.connection().check_ready(lease.session().handle);
        if (!ready) return std::unexpected{ready.error()};
    }
    if (!found) return found;
    if (found->info.public_key != expected) {
        return give_up(
            ErrorCode::bad_response,
            fmt::format("the key {} of the token is not the one that was pinned", to_hex(id)),
            "E_KEY_CHANGED");
    }
    if (auto safe = check_attributes(found->info.attributes); !safe) {
        return std::unexpected{safe.error()};
    }
    return found;
}

TokenKey::TokenKey(std::shared_ptr<SessionPool> pool, Bytes id, const chains::PublicKey& expected)
    : pool_{std::move(pool)},
      id_{std::move(id)},
      public_key_{expected},
      address_{chains::address_of(expected)} {}

Result<chains::RecoverableSignature> TokenKey::sign(const chains::ApprovedPreimage& approved) {
    if (auto same = refuse_after_fork(); !same) return std::unexpected{same.error()};
    if (approved.signer() != address_) {
        return fail(
            ErrorCode::denied,
            fmt::format(
                "approved for {}, but this key is {}", to_checksum(approved.signer()),
                to_checksum(address_)),
            "E_SIGNER_MISMATCH");
    }
    const SigningHash digest{chains::keccak256(approved.preimage().bytes()).bytes};
    auto signature = with_session<chains::RecoverableSignature>(
        *pool_, Access::read_only,
        [this, &digest](const Lease& lease) { return sign_with(lease, digest); });
    if (!signature) return std::unexpected{as_offline(std::move(signature.error()))};
    return signature;
}

Attempt<chains::RecoverableSignature> TokenKey::sign_with(
    const Lease& lease, const SigningHash& digest) {
    const auto key = handle(lease);
    if (!key) return std::unexpected{key.error()};
    auto raw = raw_signature(lease.session(), *key, digest);
    if (!raw) {
        if (raw.error().remedy == Remedy::find_key_again) forget_handle();
        return std::unexpected{std::move(raw.error())};
    }
    auto signature = chains::make_recoverable(digest, *raw, public_key_);
    if (signature) return *signature;
    // The handle may have come to mean another key: it is found and checked afresh, once. Nothing
    // of this signature leaves.
    forget_handle();
    return std::unexpected{Failure{std::move(signature.error()), Remedy::find_key_again}};
}

Attempt<CK_OBJECT_HANDLE> TokenKey::handle(const Lease& lease) {
    {
        const std::lock_guard lock{mutex_};
        if (handle_generation_ == lease.generation()) return handle_;
    }
    const auto found = find_pinned_key(lease, id_, public_key_);
    if (!found) return std::unexpected{found.error()};
    const std::lock_guard lock{mutex_};
    handle_ = found->private_key;
    handle_generation_ = lease.generation();
    return handle_;
}

void TokenKey::forget_handle() {
    const std::lock_guard lock{mutex_};
    handle_generation_ = 0;
}

Status TokenKey::probe() {
    auto there =
        with_session<void>(*pool_, Access::read_only, [this](const Lease& lease) -> Attempt<void> {
            const auto found = find_pinned_key(lease, id_, public_key_);
            if (!found) return std::unexpected{found.error()};
            return {};
        });
    if (!there) return std::unexpected{as_offline(std::move(there.error()))};
    return {};
}

}  // namespace chela::signer::pkcs11
