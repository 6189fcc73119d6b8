#include "policy/decode/token_effects.hpp"

#include <array>

namespace chela::policy {
namespace {

// All or nothing, for ever. Source: makerdao/dss, Dai.permit.
std::optional<Decoded> permit(Decoder&, const KnownCall& call) {
    const auto asset = token_of(call.frame);
    if (!call.flag(4)) return only(call.frame, Revoke{asset, call.address(0), call.address(1)});
    return only(
        call.frame, Grant{asset, call.address(0), call.address(1), std::nullopt, std::nullopt});
}

constexpr std::array kFunctions{KnownFunction{
    "permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)", std::nullopt,
    "DAI and its forks have it, and the effect names the contract as its asset", permit}};

}  // namespace

std::span<const KnownFunction> dai_permit_functions() {
    return kFunctions;
}

}  // namespace chela::policy
