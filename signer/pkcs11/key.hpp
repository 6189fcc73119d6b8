#pragma once

#include "signer/key.hpp"
#include "signer/pkcs11/objects.hpp"
#include "signer/pkcs11/session_pool.hpp"

#include <cstdint>
#include <memory>
#include <mutex>

namespace chela::signer::pkcs11 {

/// Finds the pair and proves that it is the pinned one and cannot leave the token.
/// @return not_found only when the token answers and the session is logged in; denied; bad_response
/// as Token::key
[[nodiscard]] Attempt<FoundKey> find_pinned_key(
    const Lease& lease, BytesView id, const chains::PublicKey& expected);

/// A key of a token, known by CKA_ID and pinned public key; handles come and go.
class TokenKey final : public Key {
public:
    TokenKey(std::shared_ptr<SessionPool> pool, Bytes id, const chains::PublicKey& expected);

    [[nodiscard]] const chains::PublicKey& public_key() const override { return public_key_; }
    [[nodiscard]] const Address& address() const override { return address_; }
    [[nodiscard]] Result<chains::RecoverableSignature> sign(
        const chains::ApprovedPreimage& approved) override;
    [[nodiscard]] Status probe() override;

private:
    [[nodiscard]] Attempt<chains::RecoverableSignature> sign_with(
        const Lease& lease, const SigningHash& digest);
    [[nodiscard]] Attempt<CK_OBJECT_HANDLE> handle(const Lease& lease);
    void forget_handle();

    const std::shared_ptr<SessionPool> pool_;
    const Bytes id_;
    const chains::PublicKey public_key_;
    const Address address_;
    std::mutex mutex_;
    CK_OBJECT_HANDLE handle_{};
    std::uint64_t handle_generation_ = 0;  // 0: no handle
};

}  // namespace chela::signer::pkcs11
