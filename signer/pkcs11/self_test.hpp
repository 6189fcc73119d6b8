#pragma once

#include "signer/pkcs11/connection.hpp"
#include "signer/pkcs11/pinned_key.hpp"

#include <span>

namespace chela::signer::pkcs11 {

/// Lets the first of `keys` that is still in the token, as pinned, sign a text of our own and
/// checks the signature: a device that came back without its keys' use is not back. Needs exclusive
/// use of a connected `connection`.
/// @return ok also when none of the keys is there: each use of one will say so itself;
///         bad_response, reason E_SIGNATURE_MISMATCH; the failure table
[[nodiscard]] Attempt<void> self_test(
    Connection& connection, std::span<const PinnedKey> keys, KeyPolicy policy);

}  // namespace chela::signer::pkcs11
