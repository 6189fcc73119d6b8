#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "chains/fees/fees.hpp"
#include "chains/node/responses.hpp"

namespace chela::chains::fees {

/// tip = median of the non-zero tips (at least `minimum_tip`), max fee = 2 × next base fee + tip.
/// @return out_of_range: does not fit 256 bits; bad_response: an empty history
[[nodiscard]] Result<Eip1559Fees> estimate(const node::FeeHistory& history, Wei minimum_tip);

/// The smallest gas limit that leaves room for state that changes before inclusion: a plain 21000
/// stays, anything else ×1.2.
[[nodiscard]] Gas with_headroom(Gas estimate);

/// 21000 (53000 for a creation) + calldata cost: a node refuses less. Source: EIP-2028, EIP-3860
/// (initcode words).
[[nodiscard]] Gas intrinsic_gas(bool is_creation, BytesView data);

}  // namespace chela::chains::fees
