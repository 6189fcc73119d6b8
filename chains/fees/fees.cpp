#include "chains/fees/fees.hpp"

namespace chela::chains::fees {
namespace {

struct FeesOf {
    Fees operator()(const LegacyTransaction& tx) const { return LegacyFees{tx.gas_price}; }
    Fees operator()(const Eip2930Transaction& tx) const { return LegacyFees{tx.gas_price}; }
    Fees operator()(const Eip1559Transaction& tx) const {
        return Eip1559Fees{tx.max_fee_per_gas, tx.max_priority_fee_per_gas};
    }
    Fees operator()(const Eip4844Transaction& tx) const {
        return BlobFees{{tx.max_fee_per_gas, tx.max_priority_fee_per_gas}, tx.max_fee_per_blob_gas};
    }
    Fees operator()(const Eip7702Transaction& tx) const {
        return Eip1559Fees{tx.max_fee_per_gas, tx.max_priority_fee_per_gas};
    }
};

}  // namespace

Fees fees_of(const Transaction& transaction) {
    return std::visit(FeesOf{}, transaction);
}

}  // namespace chela::chains::fees
