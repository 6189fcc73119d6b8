#include "signer/pkcs11/key.hpp"

#include "signer/approved_for.hpp"
#include "signer/pkcs11/process.hpp"
#include "signer/pkcs11/raw_signature.hpp"
#include "signer/pkcs11/with_session.hpp"

#include <string_view>
#include <utility>

namespace chela::signer::pkcs11 {

namespace {

constexpr std::string_view kMismatch = "E_SIGNATURE_MISMATCH";

// To somebody who holds a Key, a key that is not there is a key that cannot sign now.
Error as_offline(Error error) {
    if (error.code != ErrorCode::not_found) return error;
    return {ErrorCode::unavailable, std::move(error.detail), "E_KEY_OFFLINE"};
}

std::unexpected<Failure> changed() {
    return give_up(
        ErrorCode::bad_response, "the key in the token does not sign as the one that was pinned",
        "E_KEY_CHANGED");
}

}  // namespace

Attempt<FoundKey> CachedKey::find(const Lease& lease) const {
    return find_pinned_key(lease.session(), lease.connection(), pinned_, policy_);
}

Attempt<Bytes> CachedKey::sign_unproven(const Lease& lease, const OwnDigest& digest) {
    const auto key = handle(lease);
    if (!key) return std::unexpected{key.error()};
    auto raw = raw_signature(lease.session(), *key, digest);
    if (!raw && raw.error().remedy == Remedy::find_key_again) forget_handle();
    return raw;
}

Attempt<void> CachedKey::check_there(const Lease& lease) {
    if (const auto remembered = remembered_handle(lease)) {
        const auto id = read_bytes(lease.session(), *remembered, CKA_ID);
        if (id && *id == pinned_.id) return {};
        forget_handle();
    }
    const auto found = handle(lease);
    if (!found) return std::unexpected{found.error()};
    return {};
}

std::optional<CK_OBJECT_HANDLE> CachedKey::remembered_handle(const Lease& lease) {
    const std::lock_guard lock{mutex_};
    if (handle_generation_ != lease.generation()) return std::nullopt;
    return handle_;
}

Attempt<CK_OBJECT_HANDLE> CachedKey::handle(const Lease& lease) {
    if (const auto remembered = remembered_handle(lease)) return *remembered;
    const auto found = find(lease);
    if (!found) return std::unexpected{found.error()};
    const std::lock_guard lock{mutex_};
    handle_ = found->private_key;
    handle_generation_ = lease.generation();
    return handle_;
}

void CachedKey::forget_handle() {
    const std::lock_guard lock{mutex_};
    handle_generation_ = 0;
}

TokenKey::TokenKey(std::shared_ptr<SessionPool> pool, PinnedKey pinned, KeyOrigin origin)
    : pool_{std::move(pool)},
      key_{std::make_shared<CachedKey>(std::move(pinned), key_policy(pool_->options()))},
      address_{chains::address_of(key_->pinned().public_key)},
      origin_{std::move(origin)} {}

Status TokenKey::check() {
    auto checked = with_session<void>(
        pool_, Access::read_only, SessionPool::Clock::now() + pool_->options().call_limit,
        [key = key_](const Lease& lease) -> Attempt<void> {
            const auto found = key->find(lease);
            if (!found) return std::unexpected{found.error()};
            if (found->has_public_half) return {};
            auto proven = prove_key(
                lease.session(), found->private_key, key->pinned().public_key,
                FixedText::prove_key);
            if (!proven && proven.error().error.reason == kMismatch) return changed();
            return proven;
        });
    if (checked) pool_->remember(key_->pinned());
    return checked;
}

Result<chains::RecoverableSignature> TokenKey::sign(const chains::ApprovedPreimage& approved) {
    return sign_before(approved, SessionPool::Clock::now() + pool_->options().sign_limit);
}

Result<chains::RecoverableSignature> TokenKey::sign_before(
    const chains::ApprovedPreimage& approved, Deadline deadline) {
    const auto began = SessionPool::Clock::now();
    if (auto same = refuse_after_fork(); !same) return std::unexpected{same.error()};
    if (auto ok = check_approved_for(approved, address_); !ok) return std::unexpected{ok.error()};
    const OwnDigest digest = OwnDigest::of(approved);
    auto signature = sign_and_prove(digest, deadline);
    // The handle may have come to mean another key: it is found and checked afresh, once.
    if (!signature && signature.error().reason == kMismatch)
        signature = sign_and_prove(digest, deadline);
    if (!signature) return std::unexpected{as_offline(std::move(signature.error()))};
    if (SignerMetrics* const metrics = pool_->options().runtime.metrics.get()) {
        metrics->signature_made(SessionPool::Clock::now() - began);
    }
    return signature;
}

// The proof runs on the caller's thread, so that the session goes on to the next signature.
Result<chains::RecoverableSignature> TokenKey::sign_and_prove(
    const OwnDigest& digest, Deadline deadline) {
    const auto raw = with_session<Bytes>(
        pool_, Access::read_only, deadline,
        [key = key_, digest](const Lease& lease) { return key->sign_unproven(lease, digest); });
    if (!raw) return std::unexpected{raw.error()};
    auto proven = chains::make_recoverable(digest.hash(), *raw, key_->pinned().public_key);
    if (proven) return proven;
    key_->forget_handle();
    if (SignerMetrics* const metrics = pool_->options().runtime.metrics.get())
        metrics->failed(proven.error().reason);
    return proven;
}

Status TokenKey::probe() {
    auto there = with_session<void>(
        pool_, Access::read_only, SessionPool::Clock::now() + pool_->options().sign_limit,
        [key = key_](const Lease& lease) { return key->check_there(lease); });
    if (!there) return std::unexpected{as_offline(std::move(there.error()))};
    return {};
}

}  // namespace chela::signer::pkcs11
