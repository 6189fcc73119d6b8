// Private keys looked at alone, when their public halves are missing or in doubt.
#include "signer/pkcs11/ec_point.hpp"
#include "signer/pkcs11/objects.hpp"

#include <algorithm>
#include <utility>

namespace chela::signer::pkcs11 {

Attempt<std::vector<PrivateHalf>> find_private_halves(
    const Session& session, const KeyChoice& choice) {
    const CK_OBJECT_CLASS kind = CKO_PRIVATE_KEY;
    const CK_KEY_TYPE type = CKK_EC;
    std::vector<CK_ATTRIBUTE> query{attribute(CKA_CLASS, kind), attribute(CKA_KEY_TYPE, type)};
    if (!choice.id.empty()) query.push_back(attribute(CKA_ID, BytesView{choice.id}));
    if (!choice.label.empty()) query.push_back(attribute(CKA_LABEL, choice.label));
    const auto handles = find_objects(session, query);
    if (!handles) return std::unexpected{handles.error()};
    std::vector<PrivateHalf> halves;
    for (const CK_OBJECT_HANDLE handle : *handles) {
        const auto params = read_bytes(session, handle, CKA_EC_PARAMS);
        if (!params) return std::unexpected{params.error()};
        if (!params->empty() && !std::ranges::equal(*params, kSecp256k1Params)) continue;
        auto id = read_bytes(session, handle, CKA_ID);
        if (!id) return std::unexpected{id.error()};
        const auto label = read_bytes(session, handle, CKA_LABEL);
        if (!label) return std::unexpected{label.error()};
        halves.push_back({handle, std::move(*id), {label->begin(), label->end()}});
    }
    return halves;
}

Attempt<PrivateHalf> only_one(const std::vector<PrivateHalf>& halves) {
    if (halves.empty()) {
        return give_up(
            ErrorCode::not_found, "the token has no such private key", "E_KEY_NOT_FOUND");
    }
    if (halves.size() > 1) {
        return give_up(
            ErrorCode::bad_response, "more than one private key of the token fits",
            "E_KEY_AMBIGUOUS");
    }
    return halves.front();
}

}  // namespace chela::signer::pkcs11
