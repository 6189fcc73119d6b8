#include "chains/node/responses.hpp"

#include "chains/node/fields.hpp"
#include "chains/node/printable.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace chela::chains::node {
namespace {

// geth answers at most 1024 blocks; no caller of ours asks for nearly as many.
constexpr std::size_t kMaxHistoryBlocks = 1024;

Result<Wei> one_reward(const Json& block) {
    if (!block.is_array() || block.size() != 1) {
        return bad_answer("reward", "does not have one percentile a block");
    }
    const auto tip = read_quantity(block.front(), "reward");
    if (!tip) return std::unexpected{tip.error()};
    return Wei{*tip};
}

Result<const Json*> array_member(const Json& object, std::string_view name, std::size_t limit) {
    const auto value = member(object, name);
    if (!value) return value;
    if (!(*value)->is_array()) return bad_answer(name, "is not an array");
    if ((*value)->size() > limit) return bad_answer(name, "is longer than anything asked for");
    return value;
}

Result<bool> read_status(const Json& receipt) {
    const auto status = uint64_member(receipt, "status");
    if (!status) return std::unexpected{status.error()};
    if (*status > 1) return bad_answer("status", "is neither 0x0 nor 0x1");
    return *status == 1;
}

/// 0 when the member is absent.
Result<U256> optional_quantity(const Json& object, std::string_view name) {
    const Json* const value = optional_member(object, name);
    return value == nullptr ? U256{} : read_quantity(*value, name);
}

/// Source: EIP-4844, "Execution layer validation" (blobGasUsed, blobGasPrice); OP Stack
/// specification, "L1 cost" (l1Fee).
Result<Wei> read_other_fees(const Json& receipt) {
    const auto blob_gas = optional_quantity(receipt, "blobGasUsed");
    if (!blob_gas) return std::unexpected{blob_gas.error()};
    const auto blob_price = optional_quantity(receipt, "blobGasPrice");
    if (!blob_price) return std::unexpected{blob_price.error()};
    const auto l1_fee = optional_quantity(receipt, "l1Fee");
    if (!l1_fee) return std::unexpected{l1_fee.error()};
    const auto blob_fee = multiply(*blob_gas, *blob_price);
    const auto sum = blob_fee ? add(*blob_fee, *l1_fee) : blob_fee;
    if (!sum) return bad_answer("fees", "do not fit 256 bits");
    return Wei{*sum};
}

}  // namespace

Result<Wei> paid_fee(const Receipt& receipt) {
    const auto gas = multiply(U256{receipt.gas_used.value}, receipt.effective_gas_price.value);
    const auto sum = gas ? add(*gas, receipt.other_fees.value) : gas;
    if (!sum) return std::unexpected{sum.error()};
    return Wei{*sum};
}

Result<U256> read_quantity(const Json& result) {
    return read_quantity(result, "result");
}

Result<std::uint64_t> read_uint64(const Json& result) {
    return read_uint64(result, "result");
}

Result<TxHash> read_transaction_hash(const Json& result) {
    return read_fixed<TxHash>(result, "transaction hash");
}

Result<FeeHistory> read_fee_history(const Json& result) {
    const auto base_fees = array_member(result, "baseFeePerGas", kMaxHistoryBlocks + 1);
    if (!base_fees) return std::unexpected{base_fees.error()};
    const auto rewards = array_member(result, "reward", kMaxHistoryBlocks);
    if (!rewards) return std::unexpected{rewards.error()};
    if ((*base_fees)->size() != (*rewards)->size() + 1) {
        return bad_answer("baseFeePerGas", "does not have one entry more than reward");
    }
    FeeHistory history;
    for (const Json& entry : **base_fees) {
        const auto fee = read_quantity(entry, "baseFeePerGas");
        if (!fee) return std::unexpected{fee.error()};
        history.base_fees.push_back(Wei{*fee});
    }
    for (const Json& block : **rewards) {
        const auto tip = one_reward(block);
        if (!tip) return std::unexpected{tip.error()};
        history.tips.push_back(*tip);
    }
    return history;
}

Result<std::optional<Receipt>> read_receipt(const Json& result) {
    if (result.is_null()) return std::optional<Receipt>{};
    const auto hash = fixed_member<TxHash>(result, "transactionHash");
    if (!hash) return std::unexpected{hash.error()};
    const auto block_hash = fixed_member<BlockHash>(result, "blockHash");
    if (!block_hash) return std::unexpected{block_hash.error()};
    const auto number = member(result, "blockNumber");
    if (!number) return std::unexpected{number.error()};
    const auto block_number = read_block_number(**number, "blockNumber");
    if (!block_number) return std::unexpected{block_number.error()};
    const auto gas_used = uint64_member(result, "gasUsed");
    if (!gas_used) return std::unexpected{gas_used.error()};
    const auto gas_price = quantity_member(result, "effectiveGasPrice");
    if (!gas_price) return std::unexpected{gas_price.error()};
    const auto succeeded = read_status(result);
    if (!succeeded) return std::unexpected{succeeded.error()};
    const auto other_fees = read_other_fees(result);
    if (!other_fees) return std::unexpected{other_fees.error()};
    return Receipt{*hash,           *block_hash, *block_number, Gas{*gas_used},
                   Wei{*gas_price}, *succeeded,  *other_fees};
}

Result<std::optional<KnownTransaction>> read_known_transaction(const Json& result) {
    if (result.is_null()) return std::optional<KnownTransaction>{};
    const auto hash = fixed_member<TxHash>(result, "hash");
    if (!hash) return std::unexpected{hash.error()};
    KnownTransaction known{*hash, std::nullopt};
    if (const Json* const block = optional_member(result, "blockHash")) {
        const auto block_hash = read_fixed<BlockHash>(*block, "blockHash");
        if (!block_hash) return std::unexpected{block_hash.error()};
        known.block_hash = *block_hash;
    }
    return known;
}

Result<Bytes> read_code(const Json& result) {
    constexpr std::size_t kMaxCode = std::size_t{1024} * 1024;
    auto code = read_data(result, "code");
    if (code && code->size() > kMaxCode)
        return bad_answer("code", "is longer than any chain allows");
    return code;
}

bool is_rate_limit(std::string_view message) {
    constexpr std::array<std::string_view, 6> kWords{
        "too many requests", "rate limit", "rate-limit",
        "ratelimit",         "throttled",  "compute units per second"};  // Alchemy
    const auto text = lower_case(message);
    return std::ranges::any_of(
        kWords, [&](std::string_view words) { return text.find(words) != std::string::npos; });
}

}  // namespace chela::chains::node
