#include "policy/decode/carried_calls.hpp"
#include "policy/decode/execution_mode.hpp"
#include "policy/decode/values.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace chela::policy {
namespace {

namespace abi = chains::abi;

// Whatever the account does, it does itself: its address is the actor of what is inside, the
// signer's own when it has delegated (EIP-7702) and calls itself.

std::optional<Decoded> carried(
    Decoder& decoder,
    const KnownCall& call,
    std::string_view name,
    std::span<const CarriedCall> calls) {
    Decoded out;
    out.nodes.push_back(wrapper_node(
        call.frame, name, decode_calls(decoder, call.frame, call.frame.target, calls)));
    return out;
}

std::optional<Decoded> execute_one(Decoder& decoder, const KnownCall& call) {
    const std::array calls{CarriedCall{
        .target = call.address(0),
        .value = Wei{call.number(1)},
        .data = call.bytes(2),
        .at = call.position(std::array{2UZ})}};
    return carried(decoder, call, "Account.execute", calls);
}

/// Targets, data and perhaps values in lists of their own.
/// Source: eth-infinitism/account-abstraction, SimpleAccount.sol, "executeBatch": no values at all
/// are zeros.
std::optional<Decoded> execute_lists(
    Decoder& decoder, const KnownCall& call, const abi::Value::List& values, std::size_t data) {
    const auto& targets = call.list(0);
    const bool has_values = !values.empty();
    if (call.list(data).size() != targets.size() ||
        (has_values && values.size() != targets.size())) {
        return std::nullopt;
    }
    auto calls = calls_of_bytes(call, data, {});
    for (std::size_t i = 0; i < calls.size(); ++i) {
        calls[i].target = value_as<Address>(targets[i]);
        if (has_values) calls[i].value = Wei{value_as<U256>(values[i])};
    }
    return carried(decoder, call, "Account.executeBatch", calls);
}

std::optional<Decoded> execute_without_values(Decoder& decoder, const KnownCall& call) {
    return execute_lists(decoder, call, {}, 1);
}
std::optional<Decoded> execute_with_values(Decoder& decoder, const KnownCall& call) {
    return execute_lists(decoder, call, call.list(1), 2);
}

std::optional<Decoded> execute_tuples(Decoder& decoder, const KnownCall& call) {
    return carried(decoder, call, "Account.executeBatch", calls_of_tuples(call, 0, {0, 1, 2}));
}

std::optional<Decoded> unsupported(const KnownCall& call, std::string detail) {
    Decoded out;
    out.nodes.push_back(opaque_node(call.frame, Opaque::Reason::unsupported, std::move(detail)));
    return out;
}

std::optional<Decoded> execute_in_mode(Decoder& decoder, const KnownCall& call) {
    const auto mode = parse_execution_mode(call.bytes(0));
    if (!mode) return unsupported(call, "an execution mode that is not known");
    const auto execution =
        parse_execution(*mode, call.frame, call.bytes(1), call.position(std::array{1UZ}));
    if (!execution) return std::nullopt;
    if (!execution->delegate) {
        return carried(decoder, call, "Account.execute", execution->calls);
    }
    Decoded out;
    out.nodes.push_back(effect_node(
        call.frame, Delegatecall{call.frame.chain, call.frame.target, *execution->delegate}));
    return out;
}

std::optional<Decoded> execute_user_operation(Decoder&, const KnownCall& call) {
    return unsupported(call, "executeUserOp gets the operation from an entry point, not from here");
}

constexpr std::string_view kByAccount =
    "what is inside is done by the called contract itself, which is its actor";
constexpr std::string_view kNever = "it is never understood";

constexpr std::array kFunctions{
    KnownFunction{"execute(address,uint256,bytes)", std::nullopt, kByAccount, execute_one},
    KnownFunction{
        "executeBatch(address[],bytes[])", std::nullopt, kByAccount, execute_without_values},
    KnownFunction{
        "executeBatch(address[],uint256[],bytes[])", std::nullopt, kByAccount, execute_with_values},
    KnownFunction{
        "executeBatch((address,uint256,bytes)[])", std::nullopt, kByAccount, execute_tuples},
    KnownFunction{"execute(bytes32,bytes)", std::nullopt, kByAccount, execute_in_mode},
    KnownFunction{"executeFromExecutor(bytes32,bytes)", std::nullopt, kByAccount, execute_in_mode},
    KnownFunction{
        "executeUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),bytes32)",
        std::nullopt, kNever, execute_user_operation},
};

}  // namespace

std::span<const KnownFunction> account_functions() {
    return kFunctions;
}

}  // namespace chela::policy
