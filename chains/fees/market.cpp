#include "chains/fees/market.hpp"

#include "chains/fees/estimate.hpp"

#include <algorithm>

namespace chela::chains::fees {
namespace {

constexpr std::uint64_t kRise = 8;  // a full block raises the base fee by an eighth
constexpr std::uint64_t kLeastFactor = 2;
constexpr std::uint64_t kMostFactor = 10;

/// fee × 9/8, rounded up.
Result<U256> risen(const U256& fee) {
    const auto [eighth, rest] = divide(fee, kRise);
    const auto higher = add(fee, eighth);
    return higher && rest != 0 ? add(*higher, U256{1}) : higher;
}

/// The base fee that is not passed while `patience` lasts.
Result<U256> highest_base_fee(const U256& next, const MarketOptions& options) {
    const auto least = multiply(next, U256{kLeastFactor});
    if (!least) return least;
    U256 fee = next;
    for (auto time = options.block_time; time <= options.patience; time += options.block_time) {
        const auto higher = risen(fee);
        if (!higher) return higher;
        fee = *higher;
        // Multiplying could overflow where the fee itself does not.
        if (divide(fee, kMostFactor).quotient >= next) return multiply(next, U256{kMostFactor});
    }
    return std::max(fee, *least);
}

Result<Wei> blob_price(const Wei& base_fee) {
    const auto doubled = add(base_fee.value, base_fee.value);
    if (!doubled) return std::unexpected{doubled.error()};
    return Wei{std::max(*doubled, U256{1})};
}

}  // namespace

Result<Market> market(const node::FeeHistory& history, const MarketOptions& options) {
    if (options.block_time <= std::chrono::milliseconds{0}) bug("a chain without a block time");
    const auto estimated = estimate(history, options.minimum_tip);
    if (!estimated) return std::unexpected{estimated.error()};
    const U256 next = history.base_fees.back().value;
    const U256 tip = estimated->max_priority_fee_per_gas.value;
    const auto highest = highest_base_fee(next, options);
    if (!highest) return std::unexpected{highest.error()};
    const auto cap = add(*highest, tip);
    if (!cap) return std::unexpected{cap.error()};
    const auto soon = risen(next);
    if (!soon) return std::unexpected{soon.error()};
    const auto price = add(*soon, tip);
    if (!price) return std::unexpected{price.error()};
    Market out{
        .gas_price = Wei{*price},
        .eip1559 = Eip1559Fees{Wei{*cap}, Wei{tip}},
        .max_fee_per_blob_gas = {}};
    if (options.blob_base_fee) {
        const auto blob = blob_price(*options.blob_base_fee);
        if (!blob) return std::unexpected{blob.error()};
        out.max_fee_per_blob_gas = *blob;
    }
    return out;
}

Market market(Wei gas_price, const MarketOptions& options) {
    return {
        .gas_price = std::max(gas_price, options.minimum_tip),
        .eip1559 = {},
        .max_fee_per_blob_gas = {}};
}

}  // namespace chela::chains::fees
