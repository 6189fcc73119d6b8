#include "signer/pkcs11/self_test.hpp"

#include "signer/pkcs11/raw_signature.hpp"

namespace chela::signer::pkcs11 {

namespace {

// Something is wrong with this key, not with the token.
bool is_about_the_key(const Error& error) {
    return error.code == ErrorCode::not_found || error.code == ErrorCode::denied ||
           error.reason == "E_KEY_CHANGED" || error.reason == "E_KEY_AMBIGUOUS";
}

Attempt<void> test_on(
    const Session& session,
    Connection& connection,
    std::span<const PinnedKey> keys,
    KeyPolicy policy) {
    for (const PinnedKey& key : keys) {
        const auto found = find_pinned_key(session, connection, key, policy);
        if (!found && is_about_the_key(found.error().error)) continue;
        if (!found) return std::unexpected{found.error()};
        return prove_key(session, found->private_key, key.public_key, FixedText::self_test);
    }
    return {};
}

}  // namespace

Attempt<void> self_test(Connection& connection, std::span<const PinnedKey> keys, KeyPolicy policy) {
    if (keys.empty()) return {};
    const auto session = connection.open_session(Access::read_only);
    if (!session) return std::unexpected{session.error()};
    auto tested = test_on({connection.api(), *session}, connection, keys, policy);
    connection.close_session(*session);
    return tested;
}

}  // namespace chela::signer::pkcs11
