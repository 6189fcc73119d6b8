#include "signer/pkcs11/adopt.hpp"

#include "signer/pkcs11/raw_signature.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace chela::signer::pkcs11 {

namespace {

/// Whose signature over `text` this could be: one key for each parity of R.
Attempt<std::vector<chains::PublicKey>> candidates(
    const Session& session, CK_OBJECT_HANDLE key, FixedText text) {
    const OwnDigest digest = OwnDigest::of(text);
    const auto raw = raw_signature(session, key, digest);
    if (!raw) return std::unexpected{raw.error()};
    const auto low = chains::normalize_signature(*raw);
    if (!low) {
        return give_up(
            ErrorCode::bad_response, "the key's signature is not one of secp256k1",
            "E_KEY_PUBLIC_UNKNOWN");
    }
    std::vector<chains::PublicKey> keys;
    for (const std::uint8_t parity : {std::uint8_t{0}, std::uint8_t{1}}) {
        const auto recovered = chains::recover(digest.hash(), {low->r, low->s, parity});
        if (recovered) keys.push_back(*recovered);
    }
    return keys;
}

/// Each signature leaves two keys possible; only the right one is in both pairs.
Attempt<chains::PublicKey> find_public_key(const Session& session, CK_OBJECT_HANDLE key) {
    const auto first = candidates(session, key, FixedText::find_key_one);
    if (!first) return std::unexpected{first.error()};
    const auto second = candidates(session, key, FixedText::find_key_two);
    if (!second) return std::unexpected{second.error()};
    std::vector<chains::PublicKey> common;
    std::ranges::copy_if(*first, std::back_inserter(common), [&](const chains::PublicKey& one) {
        return std::ranges::find(*second, one) != second->end();
    });
    if (common.size() == 1) return common.front();
    return give_up(
        ErrorCode::bad_response, "the key's signatures do not give a public key of secp256k1",
        "E_KEY_PUBLIC_UNKNOWN");
}

Attempt<KeyInfo> describe_half(
    const Session& session, const PrivateHalf& half, const KeyAttributes& attributes) {
    auto pair = find_key(session, half.id);
    if (pair) {
        auto proven = prove_key(session, half.handle, pair->info.public_key, FixedText::prove_key);
        if (!proven) return std::unexpected{std::move(proven.error())};
        return std::move(pair->info);
    }
    if (pair.error().error.code != ErrorCode::not_found) return std::unexpected{pair.error()};
    const auto public_key = find_public_key(session, half.handle);
    if (!public_key) return std::unexpected{public_key.error()};
    return KeyInfo{
        .label = half.label,
        .id = half.id,
        .public_key = *public_key,
        .address = chains::address_of(*public_key),
        .attributes = attributes};
}

}  // namespace

Attempt<KeyInfo> adopt_key(const Lease& lease, const KeyChoice& choice, KeyPolicy policy) {
    const Session session = lease.session();
    // Logged out, no private key would be seen.
    if (auto ready = lease.connection().check_ready(session.handle); !ready) {
        return std::unexpected{ready.error()};
    }
    const auto halves = find_private_halves(session, choice);
    if (!halves) return std::unexpected{halves.error()};
    const auto half = only_one(*halves);
    if (!half) return std::unexpected{half.error()};
    if (half->id.empty()) {
        return give_up(
            ErrorCode::unsupported, "the key has no CKA_ID; give it one to use it", "E_KEY_ID");
    }
    const auto attributes = read_key_attributes(session, half->handle);
    if (!attributes) return std::unexpected{attributes.error()};
    if (auto safe = check_attributes(*attributes, policy); !safe) {
        return std::unexpected{safe.error()};
    }
    // Somebody else's import: nobody here knows where the key was before.
    if (policy == KeyPolicy::must_stay && !was_always_inside(*attributes)) {
        return give_up(
            ErrorCode::denied,
            "the key was outside the token, or could be read out of it, before (CKA_LOCAL, "
            "CKA_ALWAYS_SENSITIVE or CKA_NEVER_EXTRACTABLE is false)",
            "E_KEY_EXTRACTABLE");
    }
    return describe_half(session, *half, *attributes);
}

}  // namespace chela::signer::pkcs11
