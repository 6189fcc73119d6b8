#include "policy/decode/user_operation_parts.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace chela::policy {
namespace {

/// @return empty: no bytes; invalid_input: fewer than an address
Result<std::optional<Address>> leading_address(const Bytes& bytes, std::string_view name) {
    if (bytes.empty()) return std::nullopt;
    if (bytes.size() < Address::kSize) {
        return fail(ErrorCode::invalid_input, std::string{name} + " is shorter than an address");
    }
    Address out;
    std::ranges::copy(BytesView{bytes}.first(Address::kSize), out.bytes.begin());
    return out;
}

Result<Wei> cost(std::span<const U256> gas, const U256& price) {
    U256 sum;
    for (const auto& part : gas) {
        const auto next = add(sum, part);
        if (!next) return std::unexpected{next.error()};
        sum = *next;
    }
    const auto out = multiply(sum, price);
    if (!out) return std::unexpected{out.error()};
    return Wei{*out};
}

// With a paymaster the verification limit also bounds its two calls. Source: EntryPoint v0.6,
// _getRequiredPrefund.
Result<Wei> prefund(const chains::UserOperationV06& operation) {
    const U256 calls{operation.paymaster_and_data.empty() ? 1U : 3U};
    const auto verification = multiply(operation.verification_gas_limit, calls);
    if (!verification) return std::unexpected{verification.error()};
    return cost(
        std::array{*verification, operation.call_gas_limit, operation.pre_verification_gas},
        operation.max_fee_per_gas);
}

// Source: EntryPoint v0.7, _getRequiredPrefund.
Result<Wei> prefund(const chains::UserOperationV07& operation) {
    const auto paymaster = operation.paymaster.value_or(chains::UserOperationPaymaster{});
    return cost(
        std::array{
            operation.verification_gas_limit, operation.call_gas_limit,
            paymaster.verification_gas_limit, paymaster.post_op_gas_limit,
            operation.pre_verification_gas},
        operation.max_fee_per_gas);
}

Result<UserOperationParts> read(const chains::UserOperationV06& operation) {
    const auto factory = leading_address(operation.init_code, "the init code");
    if (!factory) return std::unexpected{factory.error()};
    const auto paymaster = leading_address(operation.paymaster_and_data, "the paymaster's data");
    if (!paymaster) return std::unexpected{paymaster.error()};
    const auto most = prefund(operation);
    if (!most) return std::unexpected{most.error()};
    return UserOperationParts{
        .chain = {},
        .entry_point = {},
        .sender = operation.sender,
        .call_data = operation.call_data,
        .init_code = operation.init_code,
        .factory = *factory,
        .eip7702_delegate = std::nullopt,
        .paymaster = *paymaster,
        .prefund = *most};
}

Result<UserOperationParts> read(const chains::UserOperationV07& operation) {
    const auto most = prefund(operation);
    if (!most) return std::unexpected{most.error()};
    UserOperationParts out{
        .chain = {},
        .entry_point = {},
        .sender = operation.sender,
        .call_data = operation.call_data,
        .init_code = {},
        .factory = std::nullopt,
        .eip7702_delegate = std::nullopt,
        .paymaster = std::nullopt,
        .prefund = *most};
    if (const auto& factory = operation.factory) {
        out.factory = factory->address;
        out.init_code.assign(factory->address.bytes.begin(), factory->address.bytes.end());
        out.init_code.insert(out.init_code.end(), factory->data.begin(), factory->data.end());
    }
    if (operation.paymaster) out.paymaster = operation.paymaster->address;
    return out;
}

Result<UserOperationParts> read(const chains::UserOperationV08& operation) {
    const auto& factory = operation.parts.factory;
    const bool has_marker = factory && factory->address == chains::kEip7702Marker;
    if (has_marker != operation.eip7702_delegate.has_value()) {
        return fail(ErrorCode::invalid_input, "the EIP-7702 marker and the delegate do not agree");
    }
    auto out = read(operation.parts);
    if (out) out->eip7702_delegate = operation.eip7702_delegate;
    return out;
}

/// The well-known contract of each version, in the order of the versions.
constexpr std::array kEntryPoints{
    chains::kEntryPointV06, chains::kEntryPointV07, chains::kEntryPointV08};
static_assert(
    kEntryPoints.size() == std::variant_size_v<decltype(chains::UserOperation::operation)>);

}  // namespace

Result<UserOperationParts> parts_of(const chains::UserOperation& operation) {
    const auto* const known = std::ranges::find(kEntryPoints, operation.entry_point);
    const auto version = operation.operation.index();
    if (known != kEntryPoints.end() &&
        static_cast<std::size_t>(known - kEntryPoints.begin()) != version) {
        return fail(ErrorCode::invalid_input, "the entry point is that of another version");
    }
    auto out = std::visit([](const auto& one) { return read(one); }, operation.operation);
    if (!out) return out;
    out->chain = operation.chain_id;
    out->entry_point = operation.entry_point;
    return out;
}

}  // namespace chela::policy
