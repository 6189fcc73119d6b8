#include "policy/decode/carried_calls.hpp"
#include "policy/decode/values.hpp"

#include <array>
#include <utility>

namespace chela::policy {
namespace {

namespace abi = chains::abi;

Decoded wrapped(const Frame& frame, std::string_view name, std::vector<EffectNode> inner) {
    Decoded out;
    out.nodes.push_back(wrapper_node(frame, name, std::move(inner)));
    return out;
}

/// Calls that Multicall3 makes itself. Whether one of them may fail changes nothing that it may do.
/// Source: Multicall3.sol (mds1/multicall3).
Decoded calls_of_multicall3(
    Decoder& decoder,
    const KnownCall& call,
    std::string_view name,
    std::size_t argument,
    const TupleLayout& layout) {
    const auto calls = calls_of_tuples(call, argument, layout);
    return wrapped(call.frame, name, decode_calls(decoder, call.frame, call.frame.target, calls));
}

std::optional<Decoded> aggregate(Decoder& decoder, const KnownCall& call) {
    return calls_of_multicall3(decoder, call, "Multicall3.aggregate", 0, {0, std::nullopt, 1});
}
std::optional<Decoded> try_aggregate(Decoder& decoder, const KnownCall& call) {
    return calls_of_multicall3(decoder, call, "Multicall3.tryAggregate", 1, {0, std::nullopt, 1});
}
std::optional<Decoded> block_and_aggregate(Decoder& decoder, const KnownCall& call) {
    return calls_of_multicall3(
        decoder, call, "Multicall3.blockAndAggregate", 0, {0, std::nullopt, 1});
}
std::optional<Decoded> try_block_and_aggregate(Decoder& decoder, const KnownCall& call) {
    return calls_of_multicall3(
        decoder, call, "Multicall3.tryBlockAndAggregate", 1, {0, std::nullopt, 1});
}
std::optional<Decoded> aggregate3(Decoder& decoder, const KnownCall& call) {
    return calls_of_multicall3(decoder, call, "Multicall3.aggregate3", 0, {0, std::nullopt, 2});
}

/// What the calls pass on, or nothing: it does not fit.
std::optional<U256> sum_of(const abi::Value::List& tuples, std::size_t member) {
    U256 sum;
    for (const auto& tuple : tuples) {
        const auto more = add(sum, member_as<U256>(tuple, member));
        if (!more) return std::nullopt;
        sum = *more;
    }
    return sum;
}

std::optional<Decoded> aggregate3_value(Decoder& decoder, const KnownCall& call) {
    const auto& frame = call.frame;
    const auto sum = sum_of(call.list(0), 2);
    if (!sum || *sum > frame.value.value) return std::nullopt;
    auto calls = calls_of_tuples(call, 0, {0, 2, 3});
    for (auto& inner : calls)
        inner.payer = frame.value_owner();
    auto out = wrapped(
        frame, "Multicall3.aggregate3Value", decode_calls(decoder, frame, frame.target, calls));
    // What is passed on is among the inner effects; the rest is left behind for anybody to take.
    const auto kept = subtract(frame.value.value, *sum);
    if (kept && !kept->is_zero()) {
        out.nodes.insert(
            out.nodes.begin(), effect_node(
                                   frame, Transfer{
                                              .asset = {frame.chain, std::nullopt},
                                              .from = frame.value_owner(),
                                              .to = frame.target,
                                              .amount = *kept,
                                              .token_id = std::nullopt}));
    }
    out.includes_value = true;
    return out;
}

/// The contract calls itself by delegatecall: the actor stays, and every call sees the same value,
/// which is counted once, as what the contract gets.
Decoded calls_of_itself(
    Decoder& decoder, const KnownCall& call, std::string_view name, std::size_t argument) {
    const auto& frame = call.frame;
    const auto calls = calls_of_bytes(call, argument, frame.target);
    return wrapped(frame, name, decode_calls(decoder, frame, frame.actor, calls));
}

std::optional<Decoded> multicall(Decoder& decoder, const KnownCall& call) {
    return calls_of_itself(decoder, call, "multicall", 0);
}
// With a deadline, or the hash of the block before: either only narrows when it can be sent.
std::optional<Decoded> multicall_if(Decoder& decoder, const KnownCall& call) {
    return calls_of_itself(decoder, call, "multicall", 1);
}

constexpr auto kMulticall3 = ContractKind::multicall3;
constexpr std::string_view kItself =
    "each inner call is judged as a call of the same contract by the same actor";

constexpr std::array kFunctions{
    KnownFunction{"aggregate((address,bytes)[])", kMulticall3, {}, aggregate},
    KnownFunction{"tryAggregate(bool,(address,bytes)[])", kMulticall3, {}, try_aggregate},
    KnownFunction{"blockAndAggregate((address,bytes)[])", kMulticall3, {}, block_and_aggregate},
    KnownFunction{
        "tryBlockAndAggregate(bool,(address,bytes)[])", kMulticall3, {}, try_block_and_aggregate},
    KnownFunction{"aggregate3((address,bool,bytes)[])", kMulticall3, {}, aggregate3},
    KnownFunction{
        "aggregate3Value((address,bool,uint256,bytes)[])", kMulticall3, {}, aggregate3_value},
    KnownFunction{"multicall(bytes[])", std::nullopt, kItself, multicall},
    KnownFunction{"multicall(uint256,bytes[])", std::nullopt, kItself, multicall_if},
    KnownFunction{"multicall(bytes32,bytes[])", std::nullopt, kItself, multicall_if},
};

}  // namespace

std::span<const KnownFunction> multicall_functions() {
    return kFunctions;
}

}  // namespace chela::policy
