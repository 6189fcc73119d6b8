#pragma once

#include "chains/base/bytes.hpp"

namespace chela::chains {

/// 0x19 ‖ "Ethereum Signed Message:\n" ‖ the message's length in decimal bytes ‖ message.
/// @param message  any bytes; text is taken as its UTF-8
/// @return the bytes whose Keccak-256 is signed
/// Source: EIP-191, version 0x45.
[[nodiscard]] Bytes personal_message_bytes(BytesView message);

/// 0x19 0x00 ‖ validator ‖ data.
/// @param validator  the contract that will check the signature
/// @return the bytes whose Keccak-256 is signed
/// Source: EIP-191, version 0x00.
[[nodiscard]] Bytes validator_message_bytes(const Address& validator, BytesView data);

}  // namespace chela::chains
