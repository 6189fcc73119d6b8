#include "policy/decode/token_effects.hpp"

#include <algorithm>
#include <array>

namespace chela::policy {
namespace {

constexpr std::string_view kWhy =
    "every token has it, and the effect names the contract as its asset";

// ERC-721 shares approve and transferFrom and puts a token id in the amount's place: where the
// contract is not known to count, a number may stand for one whole token, the one with id 0
// included. Source: ERC-721, "Specification".
U256 worst_amount(const Decoder& decoder, const KnownCall& call, std::size_t index) {
    const U256& number = call.number(index);
    return is_fungible(decoder, call.frame) ? number : std::max(number, U256{1});
}

std::optional<Decoded> transfer(Decoder&, const KnownCall& call) {
    return only(
        call.frame,
        Transfer{
            token_of(call.frame), call.frame.actor, call.address(0), call.number(1), std::nullopt});
}

std::optional<Decoded> transfer_from(Decoder& decoder, const KnownCall& call) {
    return only(
        call.frame, Transfer{
                        token_of(call.frame), call.address(0), call.address(1),
                        worst_amount(decoder, call, 2), std::nullopt});
}

// Source: ERC-20, "approve": it sets the allowance. 2^256-1 is never lowered by what is taken:
// OpenZeppelin ERC20._spendAllowance, WETH9.transferFrom, Dai.transferFrom.
std::optional<Decoded> approve(Decoder& decoder, const KnownCall& call) {
    return only(
        call.frame, allowance(
                        token_of(call.frame), call.frame.actor, call.address(0),
                        worst_amount(decoder, call, 1)));
}

// It adds to an allowance that was a grant of its own, so the grants add up, too.
std::optional<Decoded> increase_allowance(Decoder&, const KnownCall& call) {
    return only(
        call.frame, Grant{
                        token_of(call.frame), call.frame.actor, call.address(0),
                        bound_of(call.number(1)), std::nullopt});
}

std::optional<Decoded> decrease_allowance(Decoder&, const KnownCall& call) {
    return only(call.frame, Revoke{token_of(call.frame), call.frame.actor, call.address(0)});
}

// The deadline limits when the allowance can be given, not how long it lasts. Source: EIP-2612.
std::optional<Decoded> permit(Decoder&, const KnownCall& call) {
    return only(
        call.frame,
        allowance(token_of(call.frame), call.address(0), call.address(1), call.number(2)));
}

// The bytes may be as long as somebody likes, and on a rollup each costs: even an end of an
// allowance must be permitted here.
std::optional<Decoded> permit_by_bytes(Decoder&, const KnownCall& call) {
    return only(
        call.frame, Grant{
                        token_of(call.frame), call.address(0), call.address(1),
                        bound_of(call.number(2)), std::nullopt});
}

constexpr std::array kFunctions{
    KnownFunction{"transfer(address,uint256)", std::nullopt, kWhy, transfer},
    KnownFunction{"transferFrom(address,address,uint256)", std::nullopt, kWhy, transfer_from},
    KnownFunction{"approve(address,uint256)", std::nullopt, kWhy, approve},
    // Source: OpenZeppelin ERC20 up to 4.8; Approval under the older names, up to 1.x.
    KnownFunction{"increaseAllowance(address,uint256)", std::nullopt, kWhy, increase_allowance},
    KnownFunction{"decreaseAllowance(address,uint256)", std::nullopt, kWhy, decrease_allowance},
    KnownFunction{"increaseApproval(address,uint256)", std::nullopt, kWhy, increase_allowance},
    KnownFunction{"decreaseApproval(address,uint256)", std::nullopt, kWhy, decrease_allowance},
    KnownFunction{
        "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", std::nullopt, kWhy,
        permit},
    // Source: circlefin/stablecoin-evm, FiatTokenV2_2: the signature as bytes, for ERC-1271.
    KnownFunction{
        "permit(address,address,uint256,uint256,bytes)", std::nullopt, kWhy, permit_by_bytes},
};

}  // namespace

std::span<const KnownFunction> erc20_functions() {
    return kFunctions;
}

}  // namespace chela::policy
