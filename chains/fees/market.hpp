#pragma once

#include "chains/base/result.hpp"
#include "chains/fees/fees.hpp"
#include "chains/node/responses.hpp"

#include <chrono>
#include <optional>

namespace chela::chains::fees {

/// What a transaction of each kind pays to be taken soon. Empty: this chain, or this question to
/// the node, knows no such price.
struct Market {
    Wei gas_price;
    std::optional<Eip1559Fees> eip1559;
    std::optional<Wei> max_fee_per_blob_gas;
};

struct MarketOptions {
    /// A tip of zero is legal but some clients' pools drop it; one wei costs nothing.
    Wei minimum_tip{U256{1}};
    /// For how long the maximum fee holds while every block is full and the base fee rises by an
    /// eighth each time. Twice the base fee, the least that is offered, holds for five such blocks.
    std::chrono::milliseconds patience{0};
    std::chrono::milliseconds block_time{12'000};  ///< over 0
    /// Of the next block.
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::optional<Wei> blob_base_fee{};
};

/// tip: as estimate(). Maximum fee: the next base fee × 9/8 for each block of `patience`, at least
/// ×2 and at most ×10, + tip. Gas price: the next base fee × 9/8 + tip, since all of it is paid.
/// Blob gas: the next blob base fee ×2, at least 1 wei.
/// @return out_of_range: does not fit 256 bits; bad_response: an empty history
/// Source: EIP-1559, BASE_FEE_MAX_CHANGE_DENOMINATOR; EIP-4844, MIN_BASE_FEE_PER_BLOB_GAS.
[[nodiscard]] Result<Market> market(const node::FeeHistory& history, const MarketOptions& options);

/// Of a chain without EIP-1559: what its node calls the gas price, at least the minimum tip.
[[nodiscard]] Market market(Wei gas_price, const MarketOptions& options);

}  // namespace chela::chains::fees
