#include "tests/bench/raw_module.hpp"

#include "chains/base/result.hpp"
#include "tests/integration/signer/soft_token.hpp"

#include <string_view>

namespace chela::bench {

namespace {

void must(CK_RV code, std::string_view call) {
    if (code != CKR_OK) bug(std::string{call} + " failed: " + std::to_string(code));
}

CK_SLOT_ID slot_with(CK_FUNCTION_LIST& module, const std::string& label) {
    CK_ULONG count = 0;
    must(module.C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList");
    std::vector<CK_SLOT_ID> slots(count);
    must(module.C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
    for (const CK_SLOT_ID slot : slots) {
        CK_TOKEN_INFO info{};
        must(module.C_GetTokenInfo(slot, &info), "C_GetTokenInfo");
        const std::string_view name{reinterpret_cast<const char*>(info.label), sizeof(info.label)};
        if (name.substr(0, name.find_last_not_of(' ') + 1) == label) return slot;
    }
    bug("the benchmark's token is gone");
}

CK_OBJECT_HANDLE find_key(CK_FUNCTION_LIST& module, CK_SESSION_HANDLE session, Bytes id) {
    CK_OBJECT_CLASS wanted = CKO_PRIVATE_KEY;
    std::array<CK_ATTRIBUTE, 2> query{
        CK_ATTRIBUTE{CKA_CLASS, &wanted, sizeof(wanted)},
        CK_ATTRIBUTE{CKA_ID, id.data(), id.size()}};
    must(module.C_FindObjectsInit(session, query.data(), query.size()), "C_FindObjectsInit");
    CK_OBJECT_HANDLE key{};
    CK_ULONG found = 0;
    must(module.C_FindObjects(session, &key, 1, &found), "C_FindObjects");
    must(module.C_FindObjectsFinal(session), "C_FindObjectsFinal");
    if (found != 1) bug("the benchmark's key is gone");
    return key;
}

}  // namespace

RawModule::RawModule(const std::string& label, const Bytes& key_id, unsigned sessions)
    : module_{p11_kit_module_load(CHELA_SOFTHSM_MODULE, P11_KIT_MODULE_CRITICAL)} {
    if (module_ == nullptr) bug("the module cannot be loaded");
    must(p11_kit_module_initialize(module_), "C_Initialize");
    const CK_SLOT_ID slot = slot_with(*module_, label);
    for (unsigned i = 0; i < sessions; ++i) {
        CK_SESSION_HANDLE session{};
        must(
            module_->C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session),
            "C_OpenSession");
        sessions_.push_back(session);
    }
    std::string pin = test::kUserPin;
    const CK_RV login = module_->C_Login(
        sessions_.front(), CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()), pin.size());
    if (login != CKR_USER_ALREADY_LOGGED_IN) must(login, "C_Login");
    key_ = find_key(*module_, sessions_.front(), key_id);
}

RawModule::~RawModule() {
    for (const CK_SESSION_HANDLE session : sessions_)
        module_->C_CloseSession(session);
    p11_kit_module_finalize(module_);
    p11_kit_module_release(module_);
}

std::array<std::uint8_t, 64> RawModule::sign(unsigned session, const SigningHash& digest) {
    CK_MECHANISM mechanism{CKM_ECDSA, nullptr, 0};
    must(module_->C_SignInit(sessions_[session], &mechanism, key_), "C_SignInit");
    auto input = digest.bytes;
    std::array<std::uint8_t, 64> out{};
    CK_ULONG size = out.size();
    must(
        module_->C_Sign(sessions_[session], input.data(), input.size(), out.data(), &size),
        "C_Sign");
    if (size != out.size()) bug("C_Sign gave another length");
    return out;
}

}  // namespace chela::bench
