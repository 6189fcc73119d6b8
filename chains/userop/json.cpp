#include "chains/userop/json.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

Json common_members(const auto& operation) {
    return {
        {"sender", to_checksum(operation.sender)},
        {"nonce", to_quantity(operation.nonce)},
        {"callData", to_hex(operation.call_data)},
        {"callGasLimit", to_quantity(operation.call_gas_limit)},
        {"verificationGasLimit", to_quantity(operation.verification_gas_limit)},
        {"preVerificationGas", to_quantity(operation.pre_verification_gas)},
        {"maxFeePerGas", to_quantity(operation.max_fee_per_gas)},
        {"maxPriorityFeePerGas", to_quantity(operation.max_priority_fee_per_gas)}};
}

struct Members {
    Json operator()(const UserOperationV06& operation) const {
        Json out = common_members(operation);
        out["initCode"] = to_hex(operation.init_code);
        out["paymasterAndData"] = to_hex(operation.paymaster_and_data);
        return out;
    }
    Json operator()(const UserOperationV07& operation) const {
        Json out = common_members(operation);
        if (const auto& factory = operation.factory) {
            out["factory"] = to_checksum(factory->address);
            out["factoryData"] = to_hex(factory->data);
        }
        if (const auto& paymaster = operation.paymaster) {
            out["paymaster"] = to_checksum(paymaster->address);
            out["paymasterVerificationGasLimit"] = to_quantity(paymaster->verification_gas_limit);
            out["paymasterPostOpGasLimit"] = to_quantity(paymaster->post_op_gas_limit);
            out["paymasterData"] = to_hex(paymaster->data);
        }
        return out;
    }
    Json operator()(const UserOperationV08& operation) const {
        Json out = (*this)(operation.parts);
        if (operation.eip7702_delegate) {
            out["eip7702Auth"] = {{"address", to_checksum(*operation.eip7702_delegate)}};
        }
        return out;
    }
};

}  // namespace

std::string_view to_string(UserOperationVersion version) {
    switch (version) {
        case UserOperationVersion::v06:
            return "0.6";
        case UserOperationVersion::v07:
            return "0.7";
        case UserOperationVersion::v08:
            return "0.8";
    }
    bug("a version of user operations that does not exist");
}

std::optional<UserOperationVersion> parse_user_operation_version(std::string_view text) {
    for (const auto version :
         {UserOperationVersion::v06, UserOperationVersion::v07, UserOperationVersion::v08}) {
        if (text == to_string(version)) return version;
    }
    return std::nullopt;
}

UserOperationVersion version_of(const UserOperation& operation) {
    static_assert(std::variant_size_v<decltype(operation.operation)> == 3);
    return static_cast<UserOperationVersion>(operation.operation.index());
}

std::optional<UserOperationVersion> version_of_entry_point(const Address& entry_point) {
    if (entry_point == kEntryPointV06) return UserOperationVersion::v06;
    if (entry_point == kEntryPointV07) return UserOperationVersion::v07;
    if (entry_point == kEntryPointV08) return UserOperationVersion::v08;
    return std::nullopt;
}

Json to_json(const UserOperation& operation) {
    return std::visit(Members{}, operation.operation);
}

}  // namespace chela::chains
