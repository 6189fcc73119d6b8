#include "chains/fees/caps.hpp"

namespace chela::chains::fees {
namespace {

std::unexpected<Error> above(const std::string& what, const Wei& amount, const Wei& cap) {
    return fail(
        ErrorCode::denied,
        what + " of " + to_decimal(amount.value) + " wei is above the cap of " +
            to_decimal(cap.value) + " wei",
        "E_FEE_CAP");
}

}  // namespace

Status within(const FeeCaps& caps, const Transaction& transaction) {
    const auto fee = max_fee(transaction);
    if (!fee) return fail(fee.error().code, fee.error().detail, "E_FEE_CAP");
    if (*fee > caps.max_fee) return above("a worst-case fee", *fee, caps.max_fee);
    const auto price = max_gas_price(transaction);
    if (caps.max_fee_per_gas && price > *caps.max_fee_per_gas)
        return above("a fee per unit of gas", price, *caps.max_fee_per_gas);
    return {};
}

}  // namespace chela::chains::fees
