#pragma once

#include "chains/base/units.hpp"
#include "chains/tx/transaction.hpp"

#include <variant>

namespace chela::chains::fees {

/// Of types 0 and 1: what a unit of gas costs. It pays base fee and tip.
struct LegacyFees {
    Wei gas_price;
    bool operator==(const LegacyFees&) const = default;
};

/// Of types 2 and 4: the most that a unit of gas costs, and the part of it that goes to the block's
/// producer. Source: EIP-1559.
struct Eip1559Fees {
    Wei max_fee_per_gas;
    Wei max_priority_fee_per_gas;
    bool operator==(const Eip1559Fees&) const = default;
};

/// Of type 3: as Eip1559Fees, and the most that a unit of blob gas costs. Source: EIP-4844.
struct BlobFees {
    Eip1559Fees gas;
    Wei max_fee_per_blob_gas;
    bool operator==(const BlobFees&) const = default;
};

using Fees = std::variant<LegacyFees, Eip1559Fees, BlobFees>;

/// What the transaction offers.
[[nodiscard]] Fees fees_of(const Transaction& transaction);

}  // namespace chela::chains::fees
