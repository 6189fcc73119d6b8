#pragma once

#include "tests/support/pkcs11_faults/script.hpp"

namespace chela::test {

/// Damages a signature that the real module gave as the plan says. Hold script_mutex.
/// @param signature  r‖s in a buffer of *size bytes
void damage_signature(Script& plan, CK_BYTE_PTR signature, CK_ULONG_PTR size);

/// The handle that C_SignInit shall use instead of `asked`. Hold script_mutex.
[[nodiscard]] CK_OBJECT_HANDLE swapped(Script& plan, CK_OBJECT_HANDLE asked);

}  // namespace chela::test
