#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "chains/tx/transaction.hpp"

#include <optional>

namespace chela::chains::fees {

/// The most that a transaction's fees may come to. Zero allows none.
struct FeeCaps {
    Wei max_fee;                         ///< of the whole transaction, blobs included
    std::optional<Wei> max_fee_per_gas;  ///< of a unit of gas
};

/// Whether the worst case stays within the caps. Bumps and cancellations are asked as well.
/// @return denied E_FEE_CAP: above one of them; out_of_range E_FEE_CAP: the worst case does not fit
/// 256 bits
[[nodiscard]] Status within(const FeeCaps& caps, const Transaction& transaction);

}  // namespace chela::chains::fees
