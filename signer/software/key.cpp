#include "signer/software/key.hpp"

#include "signer/approved_for.hpp"
#include "signer/own_digest.hpp"
#include "signer/private_key.hpp"

#include <array>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace chela::signer::software {

namespace {

// Blinds the arithmetic against side channels; signing only reads the context afterwards.
secp256k1_context* make_context() {
    secp256k1_context* const context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    std::array<unsigned char, 32> seed{};
    if (RAND_priv_bytes(seed.data(), static_cast<int>(seed.size())) != 1 ||
        secp256k1_context_randomize(context, seed.data()) != 1) {
        bug("no randomness to blind libsecp256k1");
    }
    OPENSSL_cleanse(seed.data(), seed.size());
    return context;
}

std::unexpected<Error> mismatch() {
    return fail(
        ErrorCode::bad_response, "the signature does not recover to the key that made it",
        "E_SIGNATURE_MISMATCH");
}

Result<chains::RecoverableSignature> sign_digest(
    const secp256k1_context* context, const Secret& private_key, const SigningHash& digest) {
    const auto* const key = reinterpret_cast<const unsigned char*>(private_key.reveal().data());
    secp256k1_ecdsa_recoverable_signature made{};
    if (secp256k1_ecdsa_sign_recoverable(
            context, &made, digest.bytes.data(), key, secp256k1_nonce_function_rfc6979, nullptr) !=
        1) {
        return mismatch();
    }
    std::array<std::uint8_t, 64> compact{};
    int recovery_id = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(
        context, compact.data(), &recovery_id, &made);
    // 2 and 3 stand for r ≥ n, which Ethereum cannot express.
    if (recovery_id < 0 || recovery_id > 1) return mismatch();
    const auto r = U256::from_big_endian(BytesView{compact}.first(32));
    const auto s = U256::from_big_endian(BytesView{compact}.last(32));
    if (!r || !s) return mismatch();
    return chains::RecoverableSignature{*r, *s, static_cast<std::uint8_t>(recovery_id)};
}

}  // namespace

void SoftwareKey::FreeContext::operator()(secp256k1_context_struct* context) const {
    secp256k1_context_destroy(context);
}

SoftwareKey::SoftwareKey(
    Secret private_key,
    const chains::PublicKey& public_key,
    std::string place,
    std::shared_ptr<SignerMetrics> metrics)
    : private_key_{std::move(private_key)},
      public_key_{public_key},
      address_{chains::address_of(public_key)},
      place_{std::move(place)},
      metrics_{std::move(metrics)},
      context_{make_context()} {}

Result<std::shared_ptr<Key>> SoftwareKey::make(
    Secret private_key, std::string place, std::shared_ptr<SignerMetrics> metrics) {
    const auto public_key = public_key_of(private_key);
    if (!public_key) return std::unexpected{public_key.error()};
    return std::shared_ptr<Key>{
        new SoftwareKey{std::move(private_key), *public_key, std::move(place), std::move(metrics)}};
}

Result<chains::RecoverableSignature> SoftwareKey::sign(const chains::ApprovedPreimage& approved) {
    const auto began = std::chrono::steady_clock::now();
    if (auto ok = check_approved_for(approved, address_); !ok) return std::unexpected{ok.error()};
    const OwnDigest digest = OwnDigest::of(approved);
    const auto signature = sign_digest(context_.get(), private_key_, digest.hash());
    // recover() also refuses a high s.
    const auto signer = signature ? chains::recover(digest.hash(), *signature)
                                  : Result<chains::PublicKey>{std::unexpected{signature.error()}};
    if (!signer || *signer != public_key_) {
        if (metrics_ != nullptr) metrics_->failed("E_SIGNATURE_MISMATCH");
        return mismatch();
    }
    if (metrics_ != nullptr) metrics_->signature_made(std::chrono::steady_clock::now() - began);
    return signature;
}

Status SoftwareKey::probe() {
    return {};
}

KeyOrigin SoftwareKey::origin() const {
    return {.back_end = BackEnd::software_keystore, .place = place_};
}

}  // namespace chela::signer::software
