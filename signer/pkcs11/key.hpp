#pragma once

#include "signer/key.hpp"
#include "signer/own_digest.hpp"
#include "signer/pkcs11/pinned_key.hpp"
#include "signer/pkcs11/session_pool.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace chela::signer::pkcs11 {

/// A pinned key and the handle that it has now; handles come and go. Shared by the key and the
/// calls it makes, which may outlive it. Threads: safe.
class CachedKey {
public:
    CachedKey(PinnedKey pinned, KeyPolicy policy) : pinned_{std::move(pinned)}, policy_{policy} {}

    [[nodiscard]] const PinnedKey& pinned() const { return pinned_; }

    /// Searches the token for it and checks it.
    [[nodiscard]] Attempt<FoundKey> find(const Lease& lease) const;
    /// As Key::probe, on a leased session: what was found and checked is asked whether it is still
    /// there, and found anew only when it is not. A search costs most tokens more than a signature.
    [[nodiscard]] Attempt<void> check_there(const Lease& lease);
    /// @return r‖s as raw_signature gives it; who gets it must prove it before anybody else does
    [[nodiscard]] Attempt<Bytes> sign_unproven(const Lease& lease, const OwnDigest& digest);
    /// The next call finds and checks the key afresh.
    void forget_handle();

private:
    [[nodiscard]] std::optional<CK_OBJECT_HANDLE> remembered_handle(const Lease& lease);
    [[nodiscard]] Attempt<CK_OBJECT_HANDLE> handle(const Lease& lease);

    const PinnedKey pinned_;
    const KeyPolicy policy_;
    std::mutex mutex_;
    CK_OBJECT_HANDLE handle_{};
    std::uint64_t handle_generation_ = 0;  // 0: no handle
};

/// A key of a token, known by CKA_ID and pinned public key.
class TokenKey final : public Key {
public:
    TokenKey(std::shared_ptr<SessionPool> pool, PinnedKey pinned, KeyOrigin origin);

    /// Is it in the token, the pinned one, and such that it cannot leave? One without a public half
    /// must sign a text of ours to show it.
    /// @return as Token::key
    [[nodiscard]] Status check();

    [[nodiscard]] const chains::PublicKey& public_key() const override {
        return key_->pinned().public_key;
    }
    [[nodiscard]] const Address& address() const override { return address_; }
    [[nodiscard]] Result<chains::RecoverableSignature> sign(
        const chains::ApprovedPreimage& approved) override;
    [[nodiscard]] Result<chains::RecoverableSignature> sign_before(
        const chains::ApprovedPreimage& approved, Deadline deadline) override;
    [[nodiscard]] Status probe() override;
    [[nodiscard]] KeyOrigin origin() const override { return origin_; }

private:
    [[nodiscard]] Result<chains::RecoverableSignature> sign_and_prove(
        const OwnDigest& digest, Deadline deadline);

    const std::shared_ptr<SessionPool> pool_;
    const std::shared_ptr<CachedKey> key_;
    const Address address_;
    const KeyOrigin origin_;
};

}  // namespace chela::signer::pkcs11
