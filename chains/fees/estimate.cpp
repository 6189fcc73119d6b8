#include "chains/fees/estimate.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace chela::chains::fees {
namespace {

// Source: Yellow Paper, appendix G; EIP-2028; EIP-3860.
constexpr std::uint64_t kTransaction = 21'000;
constexpr std::uint64_t kCreation = 32'000;
constexpr std::uint64_t kZeroByte = 4;
constexpr std::uint64_t kOtherByte = 16;
constexpr std::uint64_t kInitcodeWord = 2;
constexpr std::uint64_t kWordSize = 32;

/// @param tips  not empty
Result<U256> median(std::vector<U256> tips) {
    std::ranges::sort(tips);
    const std::size_t middle = tips.size() / 2;
    if (tips.size() % 2 == 1) return tips[middle];
    const U256 lower = tips[middle - 1];
    const auto gap = subtract(tips[middle], lower);
    if (!gap) return gap;
    return add(lower, divide(*gap, 2).quotient);
}

}  // namespace

Result<Eip1559Fees> estimate(const node::FeeHistory& history, Wei minimum_tip) {
    if (history.base_fees.empty()) {
        return fail(ErrorCode::bad_response, "the node's fee history is empty", "E_NODE_ANSWER");
    }
    // Empty blocks report 0, which says nothing about what a block's producer takes.
    std::vector<U256> tips;
    for (const Wei& tip : history.tips) {
        if (!tip.value.is_zero()) tips.push_back(tip.value);
    }
    U256 tip = minimum_tip.value;
    if (!tips.empty()) {
        const auto middle = median(std::move(tips));
        if (!middle) return std::unexpected{middle.error()};
        tip = std::max(tip, *middle);
    }
    const auto doubled = multiply(history.base_fees.back().value, U256{2});
    if (!doubled) return std::unexpected{doubled.error()};
    const auto cap = add(*doubled, tip);
    if (!cap) return std::unexpected{cap.error()};
    return Eip1559Fees{Wei{*cap}, Wei{tip}};
}

Gas with_headroom(Gas estimate) {
    if (estimate.value == kTransaction) return estimate;
    const std::uint64_t extra = estimate.value / 5 + (estimate.value % 5 == 0 ? 0 : 1);
    // A node that names a number this large lies; the largest limit fails every later check.
    if (estimate.value > std::numeric_limits<std::uint64_t>::max() - extra) {
        return Gas{std::numeric_limits<std::uint64_t>::max()};
    }
    return Gas{estimate.value + extra};
}

Gas intrinsic_gas(bool is_creation, BytesView data) {
    const auto zeros = static_cast<std::uint64_t>(std::ranges::count(data, std::uint8_t{0}));
    std::uint64_t gas = kTransaction + zeros * kZeroByte + (data.size() - zeros) * kOtherByte;
    if (is_creation) gas += kCreation + kInitcodeWord * ((data.size() + kWordSize - 1) / kWordSize);
    return Gas{gas};
}

}  // namespace chela::chains::fees
