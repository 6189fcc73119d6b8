#include "policy/decode/safe_transaction.hpp"

#include <array>
#include <utility>

namespace chela::policy {
namespace {

std::optional<Decoded> as_wrapper(
    const Frame& frame, std::string_view name, std::optional<std::vector<EffectNode>> inner) {
    if (!inner) return std::nullopt;
    Decoded out;
    out.nodes.push_back(wrapper_node(frame, name, *std::move(inner)));
    return out;
}

/// The first four arguments, which all functions have in common.
SafeTransaction transaction_of(const KnownCall& call) {
    return {
        .to = call.address(0),
        .value = Wei{call.number(1)},
        .data = call.bytes(2),
        .at = call.position(std::array{2UZ}),
        .operation = call.number(3),
        .safe_tx_gas = {},
        .base_gas = {},
        .gas_price = {},
        .gas_token = {},
        .refund_receiver = {}};
}

std::optional<Decoded> exec_transaction(Decoder& decoder, const KnownCall& call) {
    auto transaction = transaction_of(call);
    transaction.safe_tx_gas = call.number(4);
    transaction.base_gas = call.number(5);
    transaction.gas_price = call.number(6);
    transaction.gas_token = call.address(7);
    transaction.refund_receiver = call.address(8);
    return as_wrapper(
        call.frame, "Safe.execTransaction",
        decode_safe_transaction(decoder, call.frame, transaction));
}

std::optional<Decoded> from_module(Decoder& decoder, const KnownCall& call) {
    return as_wrapper(
        call.frame, "Safe.execTransactionFromModule",
        decode_safe_transaction(decoder, call.frame, transaction_of(call)));
}

std::optional<Decoded> approve_hash(Decoder&, const KnownCall& call) {
    Decoded out;
    out.nodes.push_back(opaque_node(
        call.frame, Opaque::Reason::unsupported,
        "approves a Safe transaction by its hash, unseen"));
    return out;
}

std::optional<Decoded> multi_send(Decoder& decoder, const KnownCall& call) {
    const auto at = call.position(std::array{0UZ});
    return as_wrapper(
        call.frame, "MultiSend.multiSend",
        decode_multisend(decoder, call.frame, call.frame.target, call.bytes(0), at));
}

constexpr std::string_view kBySafe =
    "what is inside is done by the called contract itself, which is its actor";

constexpr std::array kFunctions{
    KnownFunction{
        "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,"
        "bytes)",
        std::nullopt, kBySafe, exec_transaction},
    KnownFunction{
        "execTransactionFromModule(address,uint256,bytes,uint8)", std::nullopt, kBySafe,
        from_module},
    KnownFunction{
        "execTransactionFromModuleReturnData(address,uint256,bytes,uint8)", std::nullopt, kBySafe,
        from_module},
    KnownFunction{"approveHash(bytes32)", std::nullopt, "it is never understood", approve_hash},
    KnownFunction{"multiSend(bytes)", ContractKind::safe_multisend, {}, multi_send},
};

}  // namespace

std::span<const KnownFunction> safe_functions() {
    return kFunctions;
}

}  // namespace chela::policy
