#include "signer/approved_for.hpp"

#include "chains/base/address.hpp"

#include <fmt/format.h>

namespace chela::signer {

Status check_approved_for(const chains::ApprovedPreimage& approved, const Address& address) {
    if (approved.signer() == address) return {};
    return fail(
        ErrorCode::denied,
        fmt::format(
            "approved for {}, but this key is {}", to_checksum(approved.signer()),
            to_checksum(address)),
        "E_SIGNER_MISMATCH");
}

}  // namespace chela::signer
