#pragma once

#include "chains/base/units.hpp"
#include "chains/crypto/ecdsa.hpp"

namespace chela::chains {

/// Lets `address` be the code of the account that signs it. Source: EIP-7702.
struct Authorization {
    ChainId chain_id;  ///< 0: good on every chain
    Address address;   ///< zero: takes the code away again
    Nonce nonce;       ///< of the account that signs, not of whoever sends
    bool operator==(const Authorization&) const = default;
};

/// An authorization as a transaction carries it. The chain skips one that is not valid, so that a
/// transaction may hold any: nothing here is checked until the authority is recovered.
struct SignedAuthorization {
    Authorization authorization;
    std::uint8_t y_parity{};
    U256 r;
    U256 s;
    bool operator==(const SignedAuthorization&) const = default;
};

/// 0x05 ‖ rlp([chainId, address, nonce]): what the account signs.
[[nodiscard]] Bytes encode_unsigned(const Authorization& authorization);
/// Keccak-256 of encode_unsigned.
[[nodiscard]] SigningHash signing_hash(const Authorization& authorization);

/// @param encoded  what encode_unsigned gives, byte for byte
/// @return invalid_input: not canonical, or a chain id or nonce over 64 bits; unsupported: another
/// first byte
[[nodiscard]] Result<Authorization> decode_authorization(BytesView encoded);

/// The account that signed. An error is a tuple that the chain would skip, whatever its state.
/// @return invalid_input: no key recovers, a parity over 1 or (E_HIGH_S) a high s; out_of_range:
/// the nonce is 2^64-1
[[nodiscard]] Result<Address> recover_authority(const SignedAuthorization& signed_authorization);

}  // namespace chela::chains
