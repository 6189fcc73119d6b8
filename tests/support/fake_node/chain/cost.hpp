#pragma once

#include "chains/tx/transaction.hpp"

#include <cstdint>

namespace chela::test::fake_node {

/// a + b. What does not fit 256 bits is the largest amount, which no account has.
[[nodiscard]] Wei plus(Wei a, Wei b);
/// a - b; a larger b is a bug of the caller.
[[nodiscard]] Wei minus(Wei a, Wei b);
/// a · n, as `plus` at the limit.
[[nodiscard]] Wei times(Wei a, std::uint64_t n);

/// What a transaction offers for its gas. A legacy one offers its price as tip and as cap.
struct Offer {
    Wei tip;
    Wei cap;
    Wei blob_cap;  ///< zero without blobs
};
[[nodiscard]] Offer offer_of(const chains::Transaction& tx);

/// min(cap, base fee + tip). Source: EIP-1559, effective_gas_price.
[[nodiscard]] Wei gas_price(const Offer& offer, Wei base_fee);
/// What is left of it for the block's producer. @param base_fee  at most the cap
[[nodiscard]] Wei effective_tip(const Offer& offer, Wei base_fee);

[[nodiscard]] bool has_blobs(const chains::Transaction& tx);
[[nodiscard]] std::uint64_t blob_gas(const chains::Transaction& tx);
/// gas limit × cap + blob gas × blob cap + value: what the sender must be able to pay.
[[nodiscard]] Wei worst_cost(const chains::Transaction& tx);

/// Source: Yellow Paper, appendix G; EIP-2028, EIP-2930, EIP-3860, EIP-7702.
[[nodiscard]] Gas intrinsic_gas(const chains::Transaction& tx);
/// Source: EIP-7623.
[[nodiscard]] Gas floor_gas(const chains::Transaction& tx);

}  // namespace chela::test::fake_node
