#include "signer/pkcs11/attributes.hpp"

#include <array>

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

constexpr CK_ULONG kMaxAttribute = 4096;

// These two speak about single attributes; the others in the template are filled in. Source:
// PKCS#11 v2.40, 5.7, C_GetAttributeValue.
bool is_about_one_attribute(CK_RV answer) {
    return answer == CKR_ATTRIBUTE_TYPE_INVALID || answer == CKR_ATTRIBUTE_SENSITIVE;
}

bool is_true(const CK_ATTRIBUTE& entry, CK_BBOOL value, bool when_missing) {
    if (entry.ulValueLen != sizeof(CK_BBOOL)) return when_missing;
    return value != CK_FALSE;
}

}  // namespace

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, BytesView value) {
    return {type, const_cast<std::uint8_t*>(value.data()), value.size()};
}

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const std::string& value) {
    return {type, const_cast<char*>(value.data()), value.size()};
}

Attempt<Bytes> read_bytes(const Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
    CK_ATTRIBUTE entry{type, nullptr, 0};
    CK_RV answer = session.api.C_GetAttributeValue(session.handle, object, &entry, 1);
    if (is_about_one_attribute(answer)) return Bytes{};
    if (answer != CKR_OK) return failed("C_GetAttributeValue", answer);
    if (entry.ulValueLen > kMaxAttribute) {
        return give_up(
            ErrorCode::bad_response,
            fmt::format("attribute 0x{:x} of a key is over {} bytes", type, kMaxAttribute),
            "E_TOKEN_RESPONSE");
    }
    Bytes value(entry.ulValueLen);
    if (value.empty()) return value;
    entry.pValue = value.data();
    answer = session.api.C_GetAttributeValue(session.handle, object, &entry, 1);
    if (answer != CKR_OK) return failed("C_GetAttributeValue", answer);
    if (entry.ulValueLen > value.size()) {
        return give_up(
            ErrorCode::bad_response, "the token filled more than the buffer it was given",
            "E_TOKEN_RESPONSE");
    }
    value.resize(entry.ulValueLen);
    return value;
}

Attempt<KeyAttributes> read_key_attributes(const Session& session, CK_OBJECT_HANDLE private_key) {
    struct Wanted {
        CK_ATTRIBUTE_TYPE type;
        bool KeyAttributes::* member;
        bool when_missing;
    };
    static constexpr std::array<Wanted, 12> kWanted{{
        {CKA_SENSITIVE, &KeyAttributes::sensitive, false},
        {CKA_ALWAYS_SENSITIVE, &KeyAttributes::always_sensitive, false},
        {CKA_EXTRACTABLE, &KeyAttributes::extractable, true},
        {CKA_NEVER_EXTRACTABLE, &KeyAttributes::never_extractable, false},
        {CKA_LOCAL, &KeyAttributes::local, false},
        {CKA_SIGN, &KeyAttributes::sign, false},
        {CKA_PRIVATE, &KeyAttributes::is_private, false},
        {CKA_TOKEN, &KeyAttributes::token, false},
        {CKA_DECRYPT, &KeyAttributes::decrypt, false},
        {CKA_SIGN_RECOVER, &KeyAttributes::sign_recover, false},
        {CKA_UNWRAP, &KeyAttributes::unwrap, false},
        {CKA_DERIVE, &KeyAttributes::derive, false},
    }};
    KeyAttributes out;
    for (const Wanted& wanted : kWanted) {
        CK_BBOOL value = CK_FALSE;
        CK_ATTRIBUTE entry{wanted.type, &value, sizeof value};
        const CK_RV answer =
            session.api.C_GetAttributeValue(session.handle, private_key, &entry, 1);
        if (answer != CKR_OK && !is_about_one_attribute(answer)) {
            return failed("C_GetAttributeValue", answer);
        }
        if (answer != CKR_OK) entry.ulValueLen = CK_UNAVAILABLE_INFORMATION;
        out.*wanted.member = is_true(entry, value, wanted.when_missing);
    }
    return out;
}

}  // namespace chela::signer::pkcs11
