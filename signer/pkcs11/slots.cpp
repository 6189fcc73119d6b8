#include "signer/pkcs11/slots.hpp"

namespace chela::signer::pkcs11 {

namespace {

Attempt<std::vector<CK_SLOT_ID>> slot_ids(CK_FUNCTION_LIST& api) {
    // The number of slots may grow between the two calls.
    constexpr int kTries = 3;
    for (int i = 0; i < kTries; ++i) {
        CK_ULONG count = 0;
        CK_RV answer = api.C_GetSlotList(CK_TRUE, nullptr, &count);
        if (answer != CKR_OK) return failed("C_GetSlotList", answer);
        std::vector<CK_SLOT_ID> ids(count);
        if (ids.empty()) return ids;
        answer = api.C_GetSlotList(CK_TRUE, ids.data(), &count);
        if (answer == CKR_BUFFER_TOO_SMALL) continue;
        if (answer != CKR_OK) return failed("C_GetSlotList", answer);
        ids.resize(std::min<std::size_t>(count, ids.size()));
        return ids;
    }
    return failed("C_GetSlotList", CKR_BUFFER_TOO_SMALL);
}

}  // namespace

Attempt<TokenSlots> list_token_slots(CK_FUNCTION_LIST& api) {
    const auto ids = slot_ids(api);
    if (!ids) return std::unexpected{ids.error()};
    TokenSlots found;
    for (const CK_SLOT_ID id : *ids) {
        TokenSlot slot{.slot = id};
        const CK_RV answer = api.C_GetTokenInfo(id, &slot.info);
        if (answer == CKR_OK) {
            found.tokens.push_back(slot);
        } else {
            found.silent.push_back(answer);
        }
    }
    return found;
}

}  // namespace chela::signer::pkcs11
