#include "signer/pkcs11/generate.hpp"

#include "signer/pkcs11/ec_point.hpp"
#include "signer/pkcs11/objects.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <openssl/rand.h>

namespace chela::signer::pkcs11 {

namespace {

constexpr std::size_t kMaxLabel = 128;

struct Pair {
    CK_OBJECT_HANDLE public_key{};
    CK_OBJECT_HANDLE private_key{};
};

std::array<std::uint8_t, 16> random_id() {
    std::array<std::uint8_t, 16> id{};
    if (RAND_bytes(id.data(), static_cast<int>(id.size())) != 1) bug("no randomness for a CKA_ID");
    return id;
}

Attempt<void> check_label_is_free(const Session& session, const std::string& label) {
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

Attempt<Pair> generate_pair(const Session& session, const std::string& label, BytesView id) {
    const CK_BBOOL yes = CK_TRUE;
    const CK_BBOOL no = CK_FALSE;
    const CK_KEY_TYPE type = CKK_EC;
    std::array public_template{
        attribute(CKA_TOKEN, yes),
        attribute(CKA_PRIVATE, no),
        attribute(CKA_KEY_TYPE, type),
        attribute(CKA_VERIFY, yes),
        attribute(CKA_LABEL, label),
        attribute(CKA_ID, id),
        attribute(CKA_EC_PARAMS, BytesView{kSecp256k1Params}),
    };
    std::array private_template{
        attribute(CKA_TOKEN, yes),      attribute(CKA_PRIVATE, yes),
        attribute(CKA_KEY_TYPE, type),  attribute(CKA_SENSITIVE, yes),
        attribute(CKA_EXTRACTABLE, no), attribute(CKA_SIGN, yes),
        attribute(CKA_LABEL, label),    attribute(CKA_ID, id),
    };
    CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    Pair pair;
    const CK_RV answer = session.api.C_GenerateKeyPair(
        session.handle, &mechanism, public_template.data(), public_template.size(),
        private_template.data(), private_template.size(), &pair.public_key, &pair.private_key);
    if (answer == CKR_OK) return pair;
    auto failure = failed("C_GenerateKeyPair", answer).error();
    if (failure.remedy == Remedy::reinitialize) {
        // Not repeated: the key may have been made before the device was lost.
        failure.error.code = ErrorCode::timed_out;
        failure.error.detail += "; a key with the label may exist";
        failure.remedy = Remedy::give_up;
    }
    return std::unexpected{std::move(failure)};
}

// An undo: what it cannot destroy is named in the error that is already on its way.
std::string destroy(const Session& session, const Pair& pair) {
    const CK_RV private_half = session.api.C_DestroyObject(session.handle, pair.private_key);
    const CK_RV public_half = session.api.C_DestroyObject(session.handle, pair.public_key);
    if (private_half == CKR_OK && public_half == CKR_OK) return "; it was destroyed";
    return fmt::format("; it could not be destroyed (0x{:x}, 0x{:x})", private_half, public_half);
}

bool is_as_asked(const KeyInfo& info) {
    const KeyAttributes& has = info.attributes;
    return has.sensitive && !has.extractable && has.sign && has.is_private && has.token;
}

}  // namespace

Status check_key_label(const std::string& label) {
    if (!label.empty() && label.size() <= kMaxLabel) return {};
    return fail(
        ErrorCode::invalid_input, fmt::format("a key label has 1 to {} bytes", kMaxLabel),
        "E_LABEL");
}

Attempt<KeyInfo> generate_key(const Lease& lease, const std::string& label) {
    const Session session = lease.session();
    // Logged out, the private half of a taken label would not be seen.
    if (auto ready = lease.connection().check_ready(session.handle); !ready) {
        return std::unexpected{ready.error()};
    }
    if (auto is_free = check_label_is_free(session, label); !is_free) {
        return std::unexpected{is_free.error()};
    }
    const auto id = random_id();
    const auto pair = generate_pair(session, label, id);
    if (!pair) return std::unexpected{pair.error()};

    auto made = find_key(session, id);
    if (!made) {
        Failure failure = std::move(made.error());
        failure.error.detail += " (read back after it was made)" + destroy(session, *pair);
        failure.remedy = Remedy::give_up;
        return std::unexpected{std::move(failure)};
    }
    if (!is_as_asked(made->info)) {
        return give_up(
            ErrorCode::bad_response,
            "the token made a key that can leave it or cannot sign" + destroy(session, *pair),
            "E_KEY_ATTRIBUTES");
    }
    return std::move(made->info);
}

}  // namespace chela::signer::pkcs11
