#include "policy/decode/token_effects.hpp"
#include "policy/decode/typed_data.hpp"

#include <array>

namespace chela::policy {
namespace {

Asset token_of(const KnownMessage& in) {
    return {in.chain, in.contract};
}

// The deadline limits when the allowance can be given, not how long it lasts. Source: EIP-2612.
EffectTree permit(Decoder&, const KnownMessage& in) {
    const auto& owner = in.address("owner");
    return {
        .roots = {in.node_of(
            owner, allowance(token_of(in), owner, in.address("spender"), in.number("value")))},
        .valid_until = in.number("deadline")};
}

// All or nothing, for ever; expiry 0 is a deadline that never comes. Source: makerdao/dss,
// Dai.permit.
EffectTree dai_permit(Decoder&, const KnownMessage& in) {
    const auto& holder = in.address("holder");
    const auto& spender = in.address("spender");
    const auto& expiry = in.number("expiry");
    Effect effect = Revoke{token_of(in), holder, spender};
    if (in.flag("allowed")) {
        effect = Grant{token_of(in), holder, spender, std::nullopt, std::nullopt};
    }
    return {
        .roots = {in.node_of(holder, std::move(effect))},
        .valid_until = expiry.is_zero() ? Expiry{} : Expiry{expiry}};
}

EffectTree transfer(Decoder&, const KnownMessage& in) {
    const auto& from = in.address("from");
    return {
        .roots = {in.node_of(
            from,
            Transfer{token_of(in), from, in.address("to"), in.number("value"), std::nullopt})},
        .valid_until = in.number("validBefore")};
}

// Whom the authorization that ends was for is not in the message: nobody, the zero address.
EffectTree cancel(Decoder&, const KnownMessage& in) {
    return {
        .roots = {in.node_of(
            in.address("authorizer"), Revoke{token_of(in), in.address("authorizer"), Address{}})},
        .valid_until = std::nullopt};
}

constexpr std::array kTypes{
    // Source: EIP-2612.
    KnownType{
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)",
        std::nullopt, permit},
    // Source: makerdao/dss, Dai.PERMIT_TYPEHASH.
    KnownType{
        "Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)",
        std::nullopt, dai_permit},
    // Source: ERC-3009.
    KnownType{
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,"
        "uint256 validBefore,bytes32 nonce)",
        std::nullopt, transfer},
    KnownType{
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,"
        "uint256 validBefore,bytes32 nonce)",
        std::nullopt, transfer},
    KnownType{"CancelAuthorization(address authorizer,bytes32 nonce)", std::nullopt, cancel},
};

}  // namespace

std::span<const KnownType> token_types() {
    return kTypes;
}

}  // namespace chela::policy
