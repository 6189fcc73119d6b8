#include "signer/pkcs11/generate.hpp"

#include "signer/pkcs11/ec_point.hpp"
#include "signer/pkcs11/new_pair.hpp"
#include "signer/pkcs11/objects.hpp"

#include <array>
#include <utility>

namespace chela::signer::pkcs11 {

namespace {

Attempt<Pair> generate_pair(const Session& session, const std::string& label, const KeyId& id) {
    const CK_BBOOL yes = CK_TRUE;
    const CK_BBOOL no = CK_FALSE;
    const CK_KEY_TYPE type = CKK_EC;
    std::array public_template{
        attribute(CKA_TOKEN, yes),
        attribute(CKA_PRIVATE, no),
        attribute(CKA_KEY_TYPE, type),
        attribute(CKA_VERIFY, yes),
        attribute(CKA_LABEL, label),
        attribute(CKA_ID, BytesView{id}),
        attribute(CKA_EC_PARAMS, BytesView{kSecp256k1Params}),
    };
    std::array private_template{
        attribute(CKA_TOKEN, yes),      attribute(CKA_PRIVATE, yes),
        attribute(CKA_KEY_TYPE, type),  attribute(CKA_SENSITIVE, yes),
        attribute(CKA_EXTRACTABLE, no), attribute(CKA_SIGN, yes),
        attribute(CKA_DECRYPT, no),     attribute(CKA_SIGN_RECOVER, no),
        attribute(CKA_UNWRAP, no),      attribute(CKA_DERIVE, no),
        attribute(CKA_LABEL, label),    attribute(CKA_ID, BytesView{id}),
    };
    CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    Pair pair;
    const CK_RV answer = session.api.C_GenerateKeyPair(
        session.handle, &mechanism, public_template.data(), public_template.size(),
        private_template.data(), private_template.size(), &pair.public_key, &pair.private_key);
    if (answer == CKR_OK) return pair;
    return std::unexpected{with_unknown_effect(failed("C_GenerateKeyPair", answer).error())};
}

}  // namespace

Attempt<KeyInfo> generate_key(const Lease& lease, const std::string& label) {
    const Session session = lease.session();
    if (auto is_free = check_label_is_free(lease, label); !is_free) {
        return std::unexpected{is_free.error()};
    }
    const KeyId id = random_id();
    const auto pair = generate_pair(session, label, id);
    if (!pair) return std::unexpected{pair.error()};
    auto made = read_back(session, *pair, id);
    if (!made) return std::unexpected{std::move(made.error())};
    return std::move(made->info);
}

}  // namespace chela::signer::pkcs11
