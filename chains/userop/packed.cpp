#include "chains/userop/packed.hpp"

#include "chains/base/i256.hpp"

#include <fmt/format.h>

namespace chela::chains {
namespace {

constexpr std::size_t kHalfBits = 128;

std::unexpected<Error> too_big(std::string_view name) {
    return fail(
        ErrorCode::out_of_range, fmt::format("user operation: {} does not fit 128 bits", name),
        "E_USER_OPERATION_RANGE");
}

/// @param first, second  below 2^128
Hash256 join(const U256& first, const U256& second) {
    const auto& high = first.limbs();
    const auto& low = second.limbs();
    return Hash256{U256{{low[0], low[1], high[0], high[1]}}.to_big_endian()};
}

Status check_range(const UserOperationV07& operation) {
    struct Half {
        std::string_view name;
        U256 value;
    };
    const auto paymaster = operation.paymaster.value_or(UserOperationPaymaster{});
    for (const auto& [name, value] :
         {Half{"callGasLimit", operation.call_gas_limit},
          Half{"verificationGasLimit", operation.verification_gas_limit},
          Half{"maxFeePerGas", operation.max_fee_per_gas},
          Half{"maxPriorityFeePerGas", operation.max_priority_fee_per_gas},
          Half{"paymasterVerificationGasLimit", paymaster.verification_gas_limit},
          Half{"paymasterPostOpGasLimit", paymaster.post_op_gas_limit}}) {
        if (!fits_bits(value, kHalfBits)) return too_big(name);
    }
    return {};
}

void append(Bytes& out, BytesView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

Result<PackedUserOperation> pack(const UserOperationV07& operation) {
    if (const auto checked = check_range(operation); !checked) {
        return std::unexpected{checked.error()};
    }
    PackedUserOperation out{
        .sender = operation.sender,
        .nonce = operation.nonce,
        .init_code = {},
        .call_data = operation.call_data,
        .account_gas_limits = join(operation.verification_gas_limit, operation.call_gas_limit),
        .pre_verification_gas = operation.pre_verification_gas,
        .gas_fees = join(operation.max_priority_fee_per_gas, operation.max_fee_per_gas),
        .paymaster_and_data = {}};
    if (const auto& factory = operation.factory) {
        append(out.init_code, factory->address.view());
        append(out.init_code, factory->data);
    }
    if (const auto& paymaster = operation.paymaster) {
        append(out.paymaster_and_data, paymaster->address.view());
        const auto limits = join(paymaster->verification_gas_limit, paymaster->post_op_gas_limit);
        append(out.paymaster_and_data, limits.view());
        append(out.paymaster_and_data, paymaster->data);
    }
    return out;
}

}  // namespace chela::chains
