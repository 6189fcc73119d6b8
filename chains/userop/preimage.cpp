#include "chains/userop/preimage.hpp"

#include "chains/crypto/keccak.hpp"
#include "chains/userop/packed.hpp"
#include "chains/userop/words.hpp"

#include <string_view>

namespace chela::chains {
namespace {

constexpr std::string_view kDomainText =
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
constexpr std::string_view kOperationText =
    "PackedUserOperation(address sender,uint256 nonce,bytes initCode,bytes callData,"
    "bytes32 accountGasLimits,uint256 preVerificationGas,bytes32 gasFees,bytes paymasterAndData)";

Bytes bound_to(const Words& packed, const Address& entry_point, ChainId chain_id) {
    return Words{}.add_hash_of(packed.bytes()).add(entry_point).add(U256{chain_id.value}).bytes();
}

/// The members as both encodings have them, bytes by their hash.
Words& add_members(Words& out, const PackedUserOperation& packed, BytesView init_code) {
    return out.add(packed.sender)
        .add(packed.nonce)
        .add_hash_of(init_code)
        .add_hash_of(packed.call_data)
        .add(packed.account_gas_limits)
        .add(packed.pre_verification_gas)
        .add(packed.gas_fees)
        .add_hash_of(packed.paymaster_and_data);
}

/// The init code as it is hashed: the delegate stands for the marker.
Result<Bytes> init_code_of(const UserOperationV08& operation, const Bytes& init_code) {
    const auto& factory = operation.parts.factory;
    const bool has_marker = factory && factory->address == kEip7702Marker;
    if (has_marker != operation.eip7702_delegate.has_value()) {
        return fail(
            ErrorCode::invalid_input,
            has_marker ? "user operation: the EIP-7702 delegate of the sender is missing"
                       : "user operation: a delegate without the EIP-7702 factory",
            "E_USER_OPERATION_DELEGATE");
    }
    if (!has_marker) return init_code;
    const auto& delegate = operation.eip7702_delegate->bytes;
    Bytes out{delegate.begin(), delegate.end()};
    out.insert(out.end(), factory->data.begin(), factory->data.end());
    return out;
}

}  // namespace

Bytes preimage_bytes(
    const UserOperationV06& operation, const Address& entry_point, ChainId chain_id) {
    Words packed;
    packed.add(operation.sender)
        .add(operation.nonce)
        .add_hash_of(operation.init_code)
        .add_hash_of(operation.call_data)
        .add(operation.call_gas_limit)
        .add(operation.verification_gas_limit)
        .add(operation.pre_verification_gas)
        .add(operation.max_fee_per_gas)
        .add(operation.max_priority_fee_per_gas)
        .add_hash_of(operation.paymaster_and_data);
    return bound_to(packed, entry_point, chain_id);
}

Result<Bytes> preimage_bytes(
    const UserOperationV07& operation, const Address& entry_point, ChainId chain_id) {
    const auto packed = pack(operation);
    if (!packed) return std::unexpected{packed.error()};
    Words words;
    return bound_to(add_members(words, *packed, packed->init_code), entry_point, chain_id);
}

Result<Bytes> preimage_bytes(
    const UserOperationV08& operation, const Address& entry_point, ChainId chain_id) {
    const auto packed = pack(operation.parts);
    if (!packed) return std::unexpected{packed.error()};
    const auto init_code = init_code_of(operation, packed->init_code);
    if (!init_code) return init_code;
    Words domain;
    domain.add(hash_of_text(kDomainText))
        .add(hash_of_text("ERC4337"))
        .add(hash_of_text("1"))
        .add(U256{chain_id.value})
        .add(entry_point);
    Words members;
    members.add(hash_of_text(kOperationText));
    add_members(members, *packed, *init_code);
    Bytes out{0x19, 0x01};
    for (const Words* const words : {&domain, &members}) {
        const Hash256 hash = keccak256(words->bytes());
        out.insert(out.end(), hash.bytes.begin(), hash.bytes.end());
    }
    return out;
}

Result<Bytes> preimage_bytes(const UserOperation& operation) {
    return std::visit(
        [&operation](const auto& version) -> Result<Bytes> {
            return preimage_bytes(version, operation.entry_point, operation.chain_id);
        },
        operation.operation);
}

}  // namespace chela::chains
