#include "tests/integration/signer/raw_token.hpp"

#include "chains/base/result.hpp"
#include "signer/pkcs11/attributes.hpp"
#include "signer/pkcs11/ec_point.hpp"
#include "signer/pkcs11/objects.hpp"
#include "signer/pkcs11/slots.hpp"

#include <array>
#include <vector>

#include <fmt/format.h>

namespace chela::test {

namespace p11 = signer::pkcs11;

namespace {

void must(CK_RV answer, std::string_view call) {
    if (answer != CKR_OK) bug(fmt::format("{} answered 0x{:x}", call, answer));
}

CK_BBOOL as_byte(bool value) {
    return value ? CK_TRUE : CK_FALSE;
}

}  // namespace

RawToken::RawToken(const std::string& label)
    : module_{p11_kit_module_load(CHELA_SOFTHSM_MODULE, P11_KIT_MODULE_CRITICAL)} {
    if (module_ == nullptr) bug("SoftHSM cannot be loaded");
    must(p11_kit_module_initialize(module_), "C_Initialize");
    const auto slots = p11::list_token_slots(*module_);
    if (!slots) bug(slots.error().error.detail);
    bool is_found = false;
    for (const auto& token : slots->tokens) {
        if (p11::unpadded(token.info.label) != label) continue;
        slot_ = token.slot;
        is_found = true;
    }
    if (!is_found) bug("no token " + label);
    must(
        module_->C_OpenSession(
            slot_, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session_),
        "C_OpenSession");
}

RawToken::~RawToken() {
    module_->C_CloseSession(session_);
    p11_kit_module_finalize(module_);
    p11_kit_module_release(module_);
}

CK_RV RawToken::login(const std::string& pin) {
    std::vector<unsigned char> bytes{pin.begin(), pin.end()};
    return module_->C_Login(session_, CKU_USER, bytes.data(), bytes.size());
}

void RawToken::logout() {
    must(module_->C_Logout(session_), "C_Logout");
}

CK_FLAGS RawToken::flags() const {
    CK_TOKEN_INFO info{};
    must(module_->C_GetTokenInfo(slot_, &info), "C_GetTokenInfo");
    return info.flags;
}

void RawToken::make_key(const Bytes& id, const std::string& label, KeyOptions options) {
    const CK_BBOOL yes = CK_TRUE;
    const CK_BBOOL extractable = as_byte(options.extractable);
    const CK_BBOOL sensitive = as_byte(options.sensitive);
    const CK_BBOOL sign = as_byte(options.sign);
    std::array public_half{
        p11::attribute(CKA_TOKEN, yes), p11::attribute(CKA_ID, BytesView{id}),
        p11::attribute(CKA_LABEL, label),
        p11::attribute(CKA_EC_PARAMS, BytesView{p11::kSecp256k1Params})};
    std::array private_half{
        p11::attribute(CKA_TOKEN, yes),
        p11::attribute(CKA_PRIVATE, yes),
        p11::attribute(CKA_EXTRACTABLE, extractable),
        p11::attribute(CKA_SENSITIVE, sensitive),
        p11::attribute(CKA_SIGN, sign),
        p11::attribute(CKA_ID, BytesView{id}),
        p11::attribute(CKA_LABEL, label)};
    CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    CK_OBJECT_HANDLE public_key = 0;
    CK_OBJECT_HANDLE private_key = 0;
    must(
        module_->C_GenerateKeyPair(
            session_, &mechanism, public_half.data(), public_half.size(), private_half.data(),
            private_half.size(), &public_key, &private_key),
        "C_GenerateKeyPair");
}

void RawToken::destroy_public_half(const Bytes& id) {
    const CK_OBJECT_CLASS kind = CKO_PUBLIC_KEY;
    std::array query{p11::attribute(CKA_CLASS, kind), p11::attribute(CKA_ID, BytesView{id})};
    const auto found = p11::find_objects({*module_, session_}, query);
    if (!found || found->size() != 1) bug("one public key expected");
    must(module_->C_DestroyObject(session_, found->front()), "destroy");
}

std::size_t RawToken::destroy_key(const Bytes& id) {
    std::array query{p11::attribute(CKA_ID, BytesView{id})};
    return destroy(query);
}

std::size_t RawToken::destroy_labelled(const std::string& label) {
    std::array query{p11::attribute(CKA_LABEL, label)};
    return destroy(query);
}

std::size_t RawToken::destroy(std::span<CK_ATTRIBUTE> query) {
    const auto found = p11::find_objects({*module_, session_}, query);
    if (!found) bug(found.error().error.detail);
    for (const auto handle : *found)
        must(module_->C_DestroyObject(session_, handle), "destroy");
    return found->size();
}

CK_RV RawToken::try_to_read_secret(const Bytes& id) {
    const CK_OBJECT_CLASS kind = CKO_PRIVATE_KEY;
    std::array query{p11::attribute(CKA_CLASS, kind), p11::attribute(CKA_ID, BytesView{id})};
    const auto found = p11::find_objects({*module_, session_}, query);
    if (!found || found->size() != 1) bug("one private key expected");
    std::array<unsigned char, 256> room{};
    CK_ATTRIBUTE value{CKA_VALUE, room.data(), room.size()};
    return module_->C_GetAttributeValue(session_, found->front(), &value, 1);
}

}  // namespace chela::test
