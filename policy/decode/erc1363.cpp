#include "policy/decode/token_effects.hpp"

#include <array>

namespace chela::policy {
namespace {

constexpr std::string_view kWhy =
    "ERC-1363 and ERC-677 have it, and the effect names the contract as its asset";

std::optional<Decoded> transfer_and_call(Decoder&, const KnownCall& call) {
    auto out = only(
        call.frame,
        Transfer{
            token_of(call.frame), call.frame.actor, call.address(0), call.number(1), std::nullopt});
    if (call.arguments.size() == 3) {
        add_hook(out, call.frame, call.address(0), call.bytes(2));
    }
    return out;
}

std::optional<Decoded> transfer_from_and_call(Decoder&, const KnownCall& call) {
    auto out = only(
        call.frame,
        Transfer{
            token_of(call.frame), call.address(0), call.address(1), call.number(2), std::nullopt});
    if (call.arguments.size() == 4) {
        add_hook(out, call.frame, call.address(1), call.bytes(3));
    }
    return out;
}

// The spender's code runs at once, so that even an approval of nothing is a Grant, not a Revoke.
std::optional<Decoded> approve_and_call(Decoder&, const KnownCall& call) {
    auto out = only(
        call.frame, Grant{
                        token_of(call.frame), call.frame.actor, call.address(0),
                        bound_of(call.number(1)), std::nullopt});
    if (call.arguments.size() == 3) {
        add_hook(out, call.frame, call.address(0), call.bytes(2));
    }
    return out;
}

constexpr std::array kFunctions{
    KnownFunction{"transferAndCall(address,uint256)", std::nullopt, kWhy, transfer_and_call},
    // Source: ERC-677 has this form, too.
    KnownFunction{"transferAndCall(address,uint256,bytes)", std::nullopt, kWhy, transfer_and_call},
    KnownFunction{
        "transferFromAndCall(address,address,uint256)", std::nullopt, kWhy, transfer_from_and_call},
    KnownFunction{
        "transferFromAndCall(address,address,uint256,bytes)", std::nullopt, kWhy,
        transfer_from_and_call},
    KnownFunction{"approveAndCall(address,uint256)", std::nullopt, kWhy, approve_and_call},
    // Older tokens have this form with another hook.
    KnownFunction{"approveAndCall(address,uint256,bytes)", std::nullopt, kWhy, approve_and_call},
};

}  // namespace

std::span<const KnownFunction> erc1363_functions() {
    return kFunctions;
}

}  // namespace chela::policy
