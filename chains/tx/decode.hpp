#pragma once

#include "chains/tx/transaction.hpp"

namespace chela::chains::tx {

/// The fields of signed bytes; the signature is not yet checked against anything.
struct UncheckedSigned {
    Transaction transaction;
    RecoverableSignature signature;
};

// One pair for each type. `encoded` is the whole transaction; for a typed one its first byte is
// already known.

/// @return invalid_input, with reason E_NO_REPLAY_PROTECTION for the six-field form before EIP-155
[[nodiscard]] Result<Transaction> decode_unsigned_legacy(BytesView encoded);
/// @return invalid_input, with reason E_NO_REPLAY_PROTECTION for v below 35
[[nodiscard]] Result<UncheckedSigned> decode_signed_legacy(BytesView encoded);

[[nodiscard]] Result<Transaction> decode_unsigned_eip1559(BytesView encoded);
[[nodiscard]] Result<UncheckedSigned> decode_signed_eip1559(BytesView encoded);

inline constexpr std::uint8_t kEip1559Type = 0x02;

}  // namespace chela::chains::tx
