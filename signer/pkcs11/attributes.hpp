#pragma once

#include "chains/base/bytes.hpp"
#include "signer/pkcs11/return_code.hpp"
#include "signer/pkcs11/token.hpp"

#include <span>
#include <string>
#include <type_traits>

#include <p11-kit/pkcs11.h>

namespace chela::signer::pkcs11 {

/// A session and the functions that work on it; what every object call needs.
struct Session {
    CK_FUNCTION_LIST& api;
    CK_SESSION_HANDLE handle;
};

/// A template entry that refers to `value`, which must outlive it.
template <class T>
    requires std::is_trivially_copyable_v<T> && (!std::is_pointer_v<T>)
[[nodiscard]] CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const T& value) {
    // PKCS#11 templates are not const-correct; the token only reads them.
    return {type, const_cast<void*>(static_cast<const void*>(&value)), sizeof(T)};
}
[[nodiscard]] CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, BytesView value);
[[nodiscard]] CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const std::string& value);

/// @return the value; empty when the object does not have the attribute or keeps it secret
[[nodiscard]] Attempt<Bytes> read_bytes(
    const Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);

/// An attribute that the token does not answer counts as its worst value; a use beside signing that
/// it does not answer counts as not allowed.
[[nodiscard]] Attempt<KeyAttributes> read_key_attributes(
    const Session& session, CK_OBJECT_HANDLE private_key);

}  // namespace chela::signer::pkcs11
