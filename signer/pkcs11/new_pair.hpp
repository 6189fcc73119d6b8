#pragma once

#include "signer/pkcs11/attributes.hpp"
#include "signer/pkcs11/session_pool.hpp"
#include "signer/pkcs11/token.hpp"

#include <array>
#include <string>

namespace chela::signer::pkcs11 {

/// The two objects of a key that is being made; 0: not there.
struct Pair {
    CK_OBJECT_HANDLE public_key{};
    CK_OBJECT_HANDLE private_key{};
};

using KeyId = std::array<std::uint8_t, 16>;
[[nodiscard]] KeyId random_id();

/// @param label  1 to 128 bytes
/// @return invalid_input, reason E_LABEL
[[nodiscard]] Status check_key_label(const std::string& label);

/// Is the session logged in (else the private half of a taken label is not seen), and the label
/// free?
/// @return conflict, reason E_LABEL_TAKEN
[[nodiscard]] Attempt<void> check_label_is_free(const Lease& lease, const std::string& label);

/// An undo, for a key that is not what was asked for.
/// @return what to add to the error that is already on its way
[[nodiscard]] std::string destroy(const Session& session, const Pair& pair);

/// A failure after which the objects may exist: never repeated.
[[nodiscard]] Failure with_unknown_effect(Failure failure);

/// Sensitive, not extractable, for signing alone, a private token object.
[[nodiscard]] bool is_as_asked(const KeyAttributes& has);

/// Reads back the pair that was just made, and destroys it when it is not as asked.
/// @return bad_response, reason E_KEY_ATTRIBUTES
[[nodiscard]] Attempt<FoundKey> read_back(
    const Session& session, const Pair& pair, const KeyId& id);

}  // namespace chela::signer::pkcs11
