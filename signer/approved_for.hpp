#pragma once

#include "chains/base/result.hpp"
#include "chains/preimage/preimage.hpp"

namespace chela::signer {

/// Before any key signs: is it the one that the gate approved this for?
/// @return denied E_SIGNER_MISMATCH
[[nodiscard]] Status check_approved_for(
    const chains::ApprovedPreimage& approved, const Address& address);

}  // namespace chela::signer
