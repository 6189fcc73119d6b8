#include "signer/pkcs11/new_pair.hpp"

#include "signer/pkcs11/objects.hpp"

#include <utility>

#include <fmt/format.h>
#include <openssl/rand.h>

namespace chela::signer::pkcs11 {

namespace {

constexpr std::size_t kMaxLabel = 128;

CK_RV destroy_one(const Session& session, CK_OBJECT_HANDLE object) {
    return object == 0 ? CKR_OK : session.api.C_DestroyObject(session.handle, object);
}

}  // namespace

KeyId random_id() {
    KeyId id{};
    if (RAND_bytes(id.data(), static_cast<int>(id.size())) != 1) bug("no randomness for a CKA_ID");
    return id;
}

Status check_key_label(const std::string& label) {
    if (!label.empty() && label.size() <= kMaxLabel) return {};
    return fail(
        ErrorCode::invalid_input, fmt::format("a key label has 1 to {} bytes", kMaxLabel),
        "E_LABEL");
}

Attempt<void> check_label_is_free(const Lease& lease, const std::string& label) {
    const Session session = lease.session();
    if (auto ready = lease.connection().check_ready(session.handle); !ready) return ready;
    for (const CK_OBJECT_CLASS kind : {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY}) {
        std::array query{attribute(CKA_CLASS, kind), attribute(CKA_LABEL, label)};
        const auto found = find_objects(session, query);
        if (!found) return std::unexpected{found.error()};
        if (found->empty()) continue;
        return give_up(
            ErrorCode::conflict, "a key with this label is in the token", "E_LABEL_TAKEN");
    }
    return {};
}

std::string destroy(const Session& session, const Pair& pair) {
    const CK_RV private_half = destroy_one(session, pair.private_key);
    const CK_RV public_half = destroy_one(session, pair.public_key);
    if (private_half == CKR_OK && public_half == CKR_OK) return "; it was destroyed";
    return fmt::format("; it could not be destroyed (0x{:x}, 0x{:x})", private_half, public_half);
}

Failure with_unknown_effect(Failure failure) {
    // A device or session that is lost half-way says nothing of what it did before.
    const bool is_unknown =
        failure.remedy == Remedy::reinitialize || failure.remedy == Remedy::new_session;
    if (is_unknown) {
        failure.error.code = ErrorCode::timed_out;
        failure.error.detail += "; a key with the label may exist";
        failure.remedy = Remedy::give_up;
    }
    return failure;
}

bool is_as_asked(const KeyAttributes& has) {
    const bool only_signs =
        has.sign && !has.decrypt && !has.sign_recover && !has.unwrap && !has.derive;
    return only_signs && has.sensitive && !has.extractable && has.is_private && has.token;
}

Attempt<FoundKey> read_back(const Session& session, const Pair& pair, const KeyId& id) {
    auto made = find_key(session, id);
    if (!made) {
        Failure failure = std::move(made.error());
        failure.error.detail += " (read back after it was made)" + destroy(session, pair);
        failure.remedy = Remedy::give_up;
        return std::unexpected{std::move(failure)};
    }
    if (is_as_asked(made->info.attributes)) return made;
    return give_up(
        ErrorCode::bad_response,
        "the token made a key that can leave it or does not sign alone" + destroy(session, pair),
        "E_KEY_ATTRIBUTES");
}

}  // namespace chela::signer::pkcs11
