#include "policy/decode/token_effects.hpp"

#include <array>

namespace chela::policy {
namespace {

constexpr std::string_view kWhy = "ERC-3009 has it, and the effect names the contract as its asset";

std::optional<Decoded> transfer(Decoder&, const KnownCall& call) {
    return only(
        call.frame,
        Transfer{
            token_of(call.frame), call.address(0), call.address(1), call.number(2), std::nullopt});
}

// Whom the authorization that ends was for is not in the call: nobody, the zero address.
std::optional<Decoded> cancel(Decoder&, const KnownCall& call) {
    return only(call.frame, Revoke{token_of(call.frame), call.address(0), Address{}});
}

// The forms with `bytes` are those of FiatTokenV2_2. Source: ERC-3009; circlefin/stablecoin-evm.
constexpr std::array kFunctions{
    KnownFunction{
        "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,"
        "bytes32)",
        std::nullopt, kWhy, transfer},
    KnownFunction{
        "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
        std::nullopt, kWhy, transfer},
    KnownFunction{
        "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,"
        "bytes32)",
        std::nullopt, kWhy, transfer},
    KnownFunction{
        "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
        std::nullopt, kWhy, transfer},
    KnownFunction{
        "cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)", std::nullopt, kWhy, cancel},
    KnownFunction{"cancelAuthorization(address,bytes32,bytes)", std::nullopt, kWhy, cancel},
};

}  // namespace

std::span<const KnownFunction> erc3009_functions() {
    return kFunctions;
}

}  // namespace chela::policy
