#pragma once

#include "chains/base/bytes.hpp"
#include "chains/tx/transaction.hpp"

namespace chela::chains::simulation {

/// Which transaction a simulation is of: Keccak-256 of chain id (32 bytes) ‖ signer ‖ the unsigned
/// encoding with nonce 0, since the nonce is given after the simulation. Two transactions that
/// differ in anything but the nonce have different digests.
[[nodiscard]] Hash256 transaction_digest(const Transaction& transaction, const Address& signer);

}  // namespace chela::chains::simulation
