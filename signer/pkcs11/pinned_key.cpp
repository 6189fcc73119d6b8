#include "signer/pkcs11/pinned_key.hpp"

#include "chains/base/hex.hpp"

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

// A private key alone under the id: what is missing of it is what was pinned.
Attempt<FoundKey> find_lone_key(const Session& session, const PinnedKey& wanted) {
    const auto halves = find_private_halves(session, {.id = wanted.id, .label = {}});
    if (!halves) return std::unexpected{halves.error()};
    const auto half = only_one(*halves);
    if (!half) return std::unexpected{half.error()};
    const auto attributes = read_key_attributes(session, half->handle);
    if (!attributes) return std::unexpected{attributes.error()};
    return FoundKey{
        .private_key = half->handle,
        .info =
            {.label = half->label,
             .id = half->id,
             .public_key = wanted.public_key,
             .address = chains::address_of(wanted.public_key),
             .attributes = *attributes},
        .has_public_half = false};
}

}  // namespace

bool was_always_inside(const KeyAttributes& attributes) {
    return attributes.always_sensitive && attributes.never_extractable;
}

KeyPolicy key_policy(const PoolOptions& options) {
    return options.allows_extractable_keys ? KeyPolicy::may_leave : KeyPolicy::must_stay;
}

Attempt<void> check_attributes(const KeyAttributes& attributes, KeyPolicy policy) {
    if (!attributes.sign) {
        return give_up(ErrorCode::denied, "the key is not made for signing", "E_KEY_CANNOT_SIGN");
    }
    if (policy == KeyPolicy::may_leave) return {};
    if (attributes.extractable || !attributes.sensitive) {
        return give_up(
            ErrorCode::denied,
            "the key can be read out of the token (extractable or not sensitive)",
            "E_KEY_EXTRACTABLE");
    }
    // An imported key was outside by the operator's own act; one made inside has no such excuse.
    if (attributes.local && !was_always_inside(attributes)) {
        return give_up(
            ErrorCode::denied, "the key could once be read out of the token", "E_KEY_EXTRACTABLE");
    }
    return {};
}

Attempt<FoundKey> find_pinned_key(
    const Session& session, Connection& connection, const PinnedKey& wanted, KeyPolicy policy) {
    auto found = find_key(session, wanted.id);
    if (!found && found.error().error.code == ErrorCode::not_found) {
        // A token that was pulled out, or logged out, also shows no keys.
        auto ready = connection.check_ready(session.handle);
        if (!ready) return std::unexpected{ready.error()};
        found = find_lone_key(session, wanted);
    }
    if (!found) return found;
    if (found->info.public_key != wanted.public_key) {
        return give_up(
            ErrorCode::bad_response,
            fmt::format(
                "the key {} of the token is not the one that was pinned", to_hex(wanted.id)),
            "E_KEY_CHANGED");
    }
    if (auto safe = check_attributes(found->info.attributes, policy); !safe) {
        return std::unexpected{safe.error()};
    }
    return found;
}

}  // namespace chela::signer::pkcs11
