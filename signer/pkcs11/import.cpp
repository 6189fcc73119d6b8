#include "signer/pkcs11/import.hpp"

#include "signer/pkcs11/ec_point.hpp"
#include "signer/pkcs11/new_pair.hpp"
#include "signer/pkcs11/objects.hpp"
#include "signer/pkcs11/raw_signature.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace chela::signer::pkcs11 {

namespace {

/// CKA_EC_POINT: a DER OCTET STRING around 04‖X‖Y. Source: PKCS#11 v2.40 Current Mechanisms, 2.3.3.
std::array<std::uint8_t, 67> ec_point_of(const chains::PublicKey& key) {
    std::array<std::uint8_t, 67> point{0x04, 0x41, 0x04};
    std::ranges::copy(key.bytes, point.begin() + 3);
    return point;
}

Attempt<CK_OBJECT_HANDLE> create(const Session& session, std::span<CK_ATTRIBUTE> description) {
    CK_OBJECT_HANDLE object = 0;
    const CK_RV answer =
        session.api.C_CreateObject(session.handle, description.data(), description.size(), &object);
    if (answer == CKR_OK) return object;
    return std::unexpected{with_unknown_effect(failed("C_CreateObject", answer).error())};
}

Attempt<CK_OBJECT_HANDLE> create_public_half(
    const Session& session,
    const std::string& label,
    const KeyId& id,
    const chains::PublicKey& public_key) {
    const CK_BBOOL yes = CK_TRUE;
    const CK_BBOOL no = CK_FALSE;
    const CK_OBJECT_CLASS kind = CKO_PUBLIC_KEY;
    const CK_KEY_TYPE type = CKK_EC;
    const auto point = ec_point_of(public_key);
    std::array description{
        attribute(CKA_CLASS, kind),
        attribute(CKA_KEY_TYPE, type),
        attribute(CKA_TOKEN, yes),
        attribute(CKA_PRIVATE, no),
        attribute(CKA_VERIFY, yes),
        attribute(CKA_LABEL, label),
        attribute(CKA_ID, BytesView{id}),
        attribute(CKA_EC_PARAMS, BytesView{kSecp256k1Params}),
        attribute(CKA_EC_POINT, BytesView{point}),
    };
    return create(session, description);
}

Attempt<CK_OBJECT_HANDLE> create_private_half(
    const Session& session, const std::string& label, const KeyId& id, const Secret& private_key) {
    const CK_BBOOL yes = CK_TRUE;
    const CK_BBOOL no = CK_FALSE;
    const CK_OBJECT_CLASS kind = CKO_PRIVATE_KEY;
    const CK_KEY_TYPE type = CKK_EC;
    const auto* const value = reinterpret_cast<const std::uint8_t*>(private_key.reveal().data());
    std::array description{
        attribute(CKA_CLASS, kind),
        attribute(CKA_KEY_TYPE, type),
        attribute(CKA_TOKEN, yes),
        attribute(CKA_PRIVATE, yes),
        attribute(CKA_SENSITIVE, yes),
        attribute(CKA_EXTRACTABLE, no),
        attribute(CKA_SIGN, yes),
        attribute(CKA_DECRYPT, no),
        attribute(CKA_SIGN_RECOVER, no),
        attribute(CKA_UNWRAP, no),
        attribute(CKA_DERIVE, no),
        attribute(CKA_LABEL, label),
        attribute(CKA_ID, BytesView{id}),
        attribute(CKA_EC_PARAMS, BytesView{kSecp256k1Params}),
        // Straight from the locked page.
        attribute(CKA_VALUE, BytesView{value, private_key.reveal().size()}),
    };
    return create(session, description);
}

Attempt<void> check_key_is_new(const Session& session, const chains::PublicKey& public_key) {
    const auto known = find_keys(session);
    if (!known) return std::unexpected{known.error()};
    const bool is_known = std::ranges::any_of(
        *known, [&public_key](const FoundKey& key) { return key.info.public_key == public_key; });
    if (!is_known) return {};
    return give_up(ErrorCode::conflict, "this key is in the token already", "E_KEY_EXISTS");
}

// What was half made goes before the error is told.
Failure undone(const Session& session, const Pair& pair, Failure failure) {
    failure.error.detail += destroy(session, pair);
    failure.remedy = Remedy::give_up;
    return failure;
}

}  // namespace

Attempt<KeyInfo> import_key(
    const Lease& lease,
    const std::string& label,
    const Secret& private_key,
    const chains::PublicKey& public_key) {
    const Session session = lease.session();
    if (auto is_free = check_label_is_free(lease, label); !is_free) {
        return std::unexpected{is_free.error()};
    }
    if (auto is_new = check_key_is_new(session, public_key); !is_new) {
        return std::unexpected{is_new.error()};
    }
    const KeyId id = random_id();
    Pair pair;
    // The private half first: if this process ends in between, adopt() takes it in by its label.
    const auto private_half = create_private_half(session, label, id, private_key);
    if (!private_half) return std::unexpected{private_half.error()};
    pair.private_key = *private_half;
    const auto public_half = create_public_half(session, label, id, public_key);
    if (!public_half) return std::unexpected{undone(session, pair, public_half.error())};
    pair.public_key = *public_half;
    auto made = read_back(session, pair, id);
    if (!made) return std::unexpected{std::move(made.error())};
    auto proven = prove_key(session, made->private_key, public_key, FixedText::prove_key);
    if (!proven) return std::unexpected{undone(session, pair, std::move(proven.error()))};
    return std::move(made->info);
}

}  // namespace chela::signer::pkcs11
