#include "policy/decode/decoder.hpp"

#include <array>
#include <string>
#include <utility>

namespace chela::policy {
namespace {

constexpr auto kEntryPoint = ContractKind::entry_point;

Effect native_transfer(
    const Frame& frame, const Address& from, const Address& to, const Bound& amount) {
    return Transfer{
        .asset = {frame.chain, std::nullopt},
        .from = from,
        .to = to,
        .amount = amount,
        .token_id = std::nullopt};
}

Decoded one(const Frame& frame, Effect effect) {
    Decoded out;
    out.nodes.push_back(effect_node(frame, std::move(effect)));
    return out;
}

/// A deposit belongs to the account it is made for, which may withdraw it: that is who gets it.
std::optional<Decoded> deposit_to(Decoder&, const KnownCall& call) {
    const auto& frame = call.frame;
    auto out =
        one(frame, native_transfer(frame, frame.value_owner(), call.address(0), frame.value.value));
    out.includes_value = true;
    return out;
}

std::optional<Decoded> withdraw_to(Decoder&, const KnownCall& call) {
    return one(
        call.frame, native_transfer(call.frame, call.frame.actor, call.address(0), call.number(1)));
}

// How much is staked is not in the call.
std::optional<Decoded> withdraw_stake(Decoder&, const KnownCall& call) {
    return one(
        call.frame, native_transfer(call.frame, call.frame.actor, call.address(0), std::nullopt));
}

/// Only coins sent along are at stake: a transfer to the entry point, of nothing when there are
/// none.
std::optional<Decoded> value_only(Decoder&, const KnownCall& call) {
    const auto& frame = call.frame;
    auto out =
        one(frame, native_transfer(frame, frame.value_owner(), frame.target, frame.value.value));
    out.includes_value = true;
    return out;
}

/// Operations of other accounts, each signed by its own; whoever submits them only pays the gas and
/// is paid for it.
std::optional<Decoded> handle_operations(Decoder&, const KnownCall& call) {
    Decoded out;
    out.nodes.push_back(opaque_node(
        call.frame, Opaque::Reason::unsupported, "user operations are sent by a bundler"));
    return out;
}

// Source: eth-infinitism/account-abstraction, IEntryPoint.sol and IStakeManager.sol of v0.6.0,
// v0.7.0 and v0.8.0.
constexpr std::array kFunctions{
    KnownFunction{
        "handleOps((address,uint256,bytes,bytes,uint256,uint256,uint256,uint256,uint256,bytes,"
        "bytes)"
        "[],address)",
        kEntryPoint,
        {},
        handle_operations},
    KnownFunction{
        "handleOps((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes)[],address)",
        kEntryPoint,
        {},
        handle_operations},
    KnownFunction{"depositTo(address)", kEntryPoint, {}, deposit_to},
    KnownFunction{"withdrawTo(address,uint256)", kEntryPoint, {}, withdraw_to},
    KnownFunction{"addStake(uint32)", kEntryPoint, {}, value_only},
    KnownFunction{"unlockStake()", kEntryPoint, {}, value_only},
    KnownFunction{"withdrawStake(address)", kEntryPoint, {}, withdraw_stake},
    KnownFunction{"incrementNonce(uint192)", kEntryPoint, {}, value_only},
};

}  // namespace

std::span<const KnownFunction> entry_point_functions() {
    return kFunctions;
}

}  // namespace chela::policy
