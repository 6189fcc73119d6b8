#include "chains/fees/replacement.hpp"

#include <algorithm>
#include <utility>

namespace chela::chains::fees {
namespace {

constexpr std::uint64_t kTenth = 10;

std::unexpected<Error> too_high() {
    return fail(
        ErrorCode::out_of_range, "a fee that replaces this one does not fit 256 bits", "E_FEES");
}

std::unexpected<Error> other_kind() {
    return fail(
        ErrorCode::invalid_input, "these fees are not those of the transaction's type", "E_FEES");
}

using Least = Result<Wei> (*)(const Wei&);

/// A cap that holds less than the tip would be refused by every node.
Result<Eip1559Fees> raised(
    const Eip1559Fees& old, const std::optional<Eip1559Fees>& wanted, Least least) {
    const auto cap = least(old.max_fee_per_gas);
    if (!cap) return std::unexpected{cap.error()};
    const auto tip = least(old.max_priority_fee_per_gas);
    if (!tip) return std::unexpected{tip.error()};
    const auto market = wanted.value_or(Eip1559Fees{});
    Eip1559Fees out{
        std::max(*cap, market.max_fee_per_gas), std::max(*tip, market.max_priority_fee_per_gas)};
    out.max_fee_per_gas = std::max(out.max_fee_per_gas, out.max_priority_fee_per_gas);
    return out;
}

struct Replacement {
    const Market& market;

    Result<Fees> operator()(const LegacyFees& old) const {
        const auto price = least_above(old.gas_price);
        if (!price) return std::unexpected{price.error()};
        return LegacyFees{std::max(*price, market.gas_price)};
    }
    Result<Fees> operator()(const Eip1559Fees& old) const {
        return raised(old, market.eip1559, least_above);
    }
    Result<Fees> operator()(const BlobFees& old) const {
        const auto gas = raised(old.gas, market.eip1559, least_above_of_blobs);
        if (!gas) return std::unexpected{gas.error()};
        const auto blob = least_above_of_blobs(old.max_fee_per_blob_gas);
        if (!blob) return std::unexpected{blob.error()};
        return BlobFees{*gas, std::max(*blob, market.max_fee_per_blob_gas.value_or(Wei{}))};
    }
};

Status set_gas_price(Wei& gas_price, const Fees& fees) {
    const auto* legacy = std::get_if<LegacyFees>(&fees);
    if (legacy == nullptr) return other_kind();
    gas_price = legacy->gas_price;
    return {};
}

template <class Typed>
Status set_eip1559(Typed& tx, const Eip1559Fees& fees) {
    if (fees.max_priority_fee_per_gas > fees.max_fee_per_gas) {
        return fail(
            ErrorCode::invalid_input, "the priority fee is above the fee that holds it", "E_FEES");
    }
    tx.max_fee_per_gas = fees.max_fee_per_gas;
    tx.max_priority_fee_per_gas = fees.max_priority_fee_per_gas;
    return {};
}

template <class Typed>
Status set_eip1559(Typed& tx, const Fees& fees) {
    const auto* eip1559 = std::get_if<Eip1559Fees>(&fees);
    return eip1559 == nullptr ? other_kind() : set_eip1559(tx, *eip1559);
}

struct SetFees {
    const Fees& fees;

    Status operator()(LegacyTransaction& tx) const { return set_gas_price(tx.gas_price, fees); }
    Status operator()(Eip2930Transaction& tx) const { return set_gas_price(tx.gas_price, fees); }
    Status operator()(Eip1559Transaction& tx) const { return set_eip1559(tx, fees); }
    Status operator()(Eip7702Transaction& tx) const { return set_eip1559(tx, fees); }
    Status operator()(Eip4844Transaction& tx) const {
        const auto* blob = std::get_if<BlobFees>(&fees);
        if (blob == nullptr) return other_kind();
        tx.max_fee_per_blob_gas = blob->max_fee_per_blob_gas;
        return set_eip1559(tx, blob->gas);
    }
};

/// Of whatever type: the members that a cancellation keeps.
template <class To, class From>
To nothing_in_place_of(const From& tx, const Address& sender, Gas gas_limit) {
    To out;
    out.chain_id = tx.chain_id;
    out.nonce = tx.nonce;
    out.gas_limit = gas_limit;
    out.to = sender;
    return out;
}

struct Cancellation {
    const Address& sender;
    Gas gas_limit;

    template <class Legacy>
    Result<Transaction> legacy(const Legacy& tx) const {
        auto out = nothing_in_place_of<Legacy>(tx, sender, gas_limit);
        out.gas_price = tx.gas_price;
        return out;
    }
    template <class FeeMarket>
    Result<Transaction> fee_market(const FeeMarket& tx) const {
        auto out = nothing_in_place_of<Eip1559Transaction>(tx, sender, gas_limit);
        out.max_fee_per_gas = tx.max_fee_per_gas;
        out.max_priority_fee_per_gas = tx.max_priority_fee_per_gas;
        return out;
    }
    Result<Transaction> operator()(const LegacyTransaction& tx) const { return legacy(tx); }
    Result<Transaction> operator()(const Eip2930Transaction& tx) const { return legacy(tx); }
    Result<Transaction> operator()(const Eip1559Transaction& tx) const { return fee_market(tx); }
    Result<Transaction> operator()(const Eip7702Transaction& tx) const { return fee_market(tx); }
    Result<Transaction> operator()(const Eip4844Transaction&) const {
        return fail(
            ErrorCode::unsupported,
            "a blob transaction cannot be cancelled: nodes replace it by another blob transaction "
            "only",
            "E_CANCEL_BLOB");
    }
};

}  // namespace

Result<Wei> least_above(const Wei& old) {
    // ⌈old × 1.1⌉ = old + ⌈old / 10⌉, which overflows only when the fee itself does.
    const auto [tenth, rest] = divide(old.value, kTenth);
    const U256 rounding{rest == 0 && !old.value.is_zero() ? 0U : 1U};
    const auto bump = add(tenth, rounding);
    if (!bump) return too_high();
    const auto fee = add(old.value, *bump);
    if (!fee) return too_high();
    return Wei{*fee};
}

Result<Wei> least_above_of_blobs(const Wei& old) {
    const auto fee = add(old.value, old.value);
    if (!fee) return too_high();
    return Wei{std::max(*fee, U256{1})};
}

Result<Fees> replacement(const Fees& old, const Market& market) {
    return std::visit(Replacement{market}, old);
}

Result<Transaction> replaced(Transaction transaction, const Fees& fees) {
    if (auto ok = std::visit(SetFees{fees}, transaction); !ok) return std::unexpected{ok.error()};
    return transaction;
}

Result<Transaction> cancellation(
    const Transaction& transaction, const Address& sender, Gas gas_limit) {
    return std::visit(Cancellation{sender, gas_limit}, transaction);
}

}  // namespace chela::chains::fees
