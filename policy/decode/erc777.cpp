#include "policy/decode/token_effects.hpp"

#include <array>

namespace chela::policy {
namespace {

constexpr std::string_view kWhy = "ERC-777 has it, and the effect names the contract as its asset";

Effect transfer_of(
    const KnownCall& call, const Address& from, const Address& to, const U256& amount) {
    return Transfer{token_of(call.frame), from, to, amount, std::nullopt};
}

std::optional<Decoded> send(Decoder&, const KnownCall& call) {
    auto out =
        only(call.frame, transfer_of(call, call.frame.actor, call.address(0), call.number(1)));
    add_hook(out, call.frame, call.address(0), call.bytes(2));
    return out;
}

// The receiver's tokensReceived hook is given the data of the holder and that of the operator.
std::optional<Decoded> operator_send(Decoder&, const KnownCall& call) {
    auto out =
        only(call.frame, transfer_of(call, call.address(0), call.address(1), call.number(2)));
    add_hook(out, call.frame, call.address(1), call.bytes(3));
    add_hook(out, call.frame, call.address(1), call.bytes(4));
    return out;
}

std::optional<Decoded> burn(Decoder&, const KnownCall& call) {
    return only(call.frame, transfer_of(call, call.frame.actor, Address{}, call.number(0)));
}

std::optional<Decoded> operator_burn(Decoder&, const KnownCall& call) {
    return only(call.frame, transfer_of(call, call.address(0), Address{}, call.number(1)));
}

// An operator may move all, for ever. Source: ERC-777, "Operators".
std::optional<Decoded> authorize_operator(Decoder&, const KnownCall& call) {
    return only(
        call.frame,
        Grant{token_of(call.frame), call.frame.actor, call.address(0), std::nullopt, std::nullopt});
}

std::optional<Decoded> revoke_operator(Decoder&, const KnownCall& call) {
    return only(call.frame, Revoke{token_of(call.frame), call.frame.actor, call.address(0)});
}

constexpr std::array kFunctions{
    KnownFunction{"send(address,uint256,bytes)", std::nullopt, kWhy, send},
    KnownFunction{
        "operatorSend(address,address,uint256,bytes,bytes)", std::nullopt, kWhy, operator_send},
    KnownFunction{"burn(uint256,bytes)", std::nullopt, kWhy, burn},
    KnownFunction{"operatorBurn(address,uint256,bytes,bytes)", std::nullopt, kWhy, operator_burn},
    KnownFunction{"authorizeOperator(address)", std::nullopt, kWhy, authorize_operator},
    KnownFunction{"revokeOperator(address)", std::nullopt, kWhy, revoke_operator},
};

}  // namespace

std::span<const KnownFunction> erc777_functions() {
    return kFunctions;
}

}  // namespace chela::policy
