#include "chains/abi/decode.hpp"
#include "policy/decode/carried_calls.hpp"
#include "policy/decode/uniswap_v3_steps.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace chela::policy {
namespace {

namespace abi = chains::abi;

constexpr std::size_t kSelectorSize = 4;

SwapSequence sequence_of(Decoder& decoder, const Frame& frame) {
    return {decoder, frame, "uniswap-v3", SwapSequence::PaysWithCoins::when_enough};
}

Decoded unsupported(const Frame& frame) {
    Decoded out;
    out.nodes.push_back(opaque_node(
        frame, Opaque::Reason::unsupported, "steps whose outcome cannot be told beforehand"));
    return out;
}

/// A call of one step alone.
std::optional<Decoded> run_alone(Decoder& decoder, const KnownCall& call, V3Step step) {
    const auto& frame = call.frame;
    auto sequence = sequence_of(decoder, frame);
    const auto outcome = step(sequence, call, std::nullopt);
    if (outcome == StepOutcome::malformed) return std::nullopt;
    if (outcome == StepOutcome::uncertain) return unsupported(frame);
    Decoded out{.nodes = sequence.finish(), .includes_value = true};
    if (out.nodes.empty()) out.nodes.push_back(wrapper_node(frame, "SwapRouter", {}));
    return out;
}

template <V3Step step>
std::optional<Decoded> alone(Decoder& decoder, const KnownCall& call) {
    return run_alone(decoder, call, step);
}

struct Entry {
    KnownFunction function;
    V3Step step;
};

template <V3Step step>
constexpr Entry at(ContractKind router, std::string_view signature) {
    return {{signature, router, {}, alone<step>}, step};
}

constexpr auto kOld = ContractKind::uniswap_v3_router;
constexpr auto kNew = ContractKind::swap_router_02;
constexpr std::string_view kSelfPermit =
    "selfPermit(address,uint256,uint256,uint8,bytes32,bytes32)";
constexpr std::string_view kSelfPermitIfNecessary =
    "selfPermitIfNecessary(address,uint256,uint256,uint8,bytes32,bytes32)";
constexpr std::string_view kSelfPermitAllowed =
    "selfPermitAllowed(address,uint256,uint256,uint8,bytes32,bytes32)";
constexpr std::string_view kSelfPermitAllowedIfNecessary =
    "selfPermitAllowedIfNecessary(address,uint256,uint256,uint8,bytes32,bytes32)";

// Sources: Uniswap v3-periphery, SwapRouter.sol, PeripheryPayments.sol and SelfPermit.sol;
// swap-router-contracts, V2SwapRouter.sol, V3SwapRouter.sol and PeripheryPaymentsExtended.sol.
constexpr std::array kEntries{
    at<v3_exact_input_single>(
        kOld, "exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))"),
    at<v3_exact_input>(kOld, "exactInput((bytes,address,uint256,uint256,uint256))"),
    at<v3_exact_output_single>(
        kOld,
        "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))"),
    at<v3_exact_output>(kOld, "exactOutput((bytes,address,uint256,uint256,uint256))"),
    at<v3_unwrap>(kOld, "unwrapWETH9(uint256,address)"),
    at<v3_sweep>(kOld, "sweepToken(address,uint256,address)"),
    at<v3_refund>(kOld, "refundETH()"),
    at<v3_self_permit>(kOld, kSelfPermit),
    at<v3_self_permit>(kOld, kSelfPermitIfNecessary),
    at<v3_self_permit_allowed>(kOld, kSelfPermitAllowed),
    at<v3_self_permit_allowed>(kOld, kSelfPermitAllowedIfNecessary),

    at<router02_exact_input_single>(
        kNew, "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"),
    at<router02_exact_input>(kNew, "exactInput((bytes,address,uint256,uint256))"),
    at<router02_exact_output_single>(
        kNew, "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint160))"),
    at<router02_exact_output>(kNew, "exactOutput((bytes,address,uint256,uint256))"),
    at<router02_v2_exact_input>(
        kNew, "swapExactTokensForTokens(uint256,uint256,address[],address)"),
    at<router02_v2_exact_output>(
        kNew, "swapTokensForExactTokens(uint256,uint256,address[],address)"),
    at<v3_unwrap>(kNew, "unwrapWETH9(uint256,address)"),
    at<router02_unwrap_to_caller>(kNew, "unwrapWETH9(uint256)"),
    at<v3_sweep>(kNew, "sweepToken(address,uint256,address)"),
    at<router02_sweep_to_caller>(kNew, "sweepToken(address,uint256)"),
    at<v3_refund>(kNew, "refundETH()"),
    at<router02_wrap>(kNew, "wrapETH(uint256)"),
    at<router02_pull>(kNew, "pull(address,uint256)"),
    at<v3_self_permit>(kNew, kSelfPermit),
    at<v3_self_permit>(kNew, kSelfPermitIfNecessary),
    at<v3_self_permit_allowed>(kNew, kSelfPermitAllowed),
    at<v3_self_permit_allowed>(kNew, kSelfPermitAllowedIfNecessary),
};

std::optional<V3Step> step_of(const KnownFunction* function) {
    const auto found = std::ranges::find_if(kEntries, [&](const Entry& entry) {
        return entry.function.signature == function->signature &&
               entry.function.only_at == function->only_at;
    });
    return found == kEntries.end() ? std::nullopt : std::optional{found->step};
}

/// @return nothing: broken arguments
StepOutcome run_inner(
    const Decoder& decoder, SwapSequence& sequence, const Frame& frame, const Expiry& deadline) {
    if (frame.data.size() < kSelectorSize) return StepOutcome::uncertain;
    abi::Selector selector;
    std::ranges::copy(frame.data.first(kSelectorSize), selector.bytes.begin());
    const auto kind = decoder.contracts().kind_of(frame.chain, frame.target);
    const auto found = find_function(selector, kind);
    const auto step = found ? step_of(found->function) : std::nullopt;
    if (!step) return StepOutcome::uncertain;
    const auto arguments = abi::decode(found->types, frame.data.subspan(kSelectorSize));
    if (!arguments) return StepOutcome::malformed;
    sequence.begin_step(frame.range());
    return (*step)(
        sequence, KnownCall{.frame = frame, .types = found->types, .arguments = *arguments},
        deadline);
}

/// The calls of a multicall are one sequence: what one leaves in the router the next may use.
std::optional<Decoded> run_all(
    Decoder& decoder, const KnownCall& call, std::size_t list, const Expiry& deadline) {
    const auto& frame = call.frame;
    auto sequence = sequence_of(decoder, frame);
    for (const auto& inner : calls_of_bytes(call, list, frame.target)) {
        const auto inner_call =
            inner_frame(frame, frame.actor, frame.target, {}, inner.data, inner.at);
        if (!decoder.take_node() || inner_call.depth > kMaxDepth) {
            Decoded out;
            out.nodes.push_back(opaque_node(frame, Opaque::Reason::limit, "too many calls"));
            return out;
        }
        const auto outcome = run_inner(decoder, sequence, inner_call, deadline);
        if (outcome == StepOutcome::malformed) return std::nullopt;
        if (outcome == StepOutcome::uncertain) return unsupported(frame);
    }
    Decoded out{.nodes = {}, .includes_value = true};
    out.nodes.push_back(wrapper_node(frame, "SwapRouter.multicall", sequence.finish()));
    return out;
}

std::optional<Decoded> multicall(Decoder& decoder, const KnownCall& call) {
    return run_all(decoder, call, 0, std::nullopt);
}
std::optional<Decoded> multicall_until(Decoder& decoder, const KnownCall& call) {
    return run_all(decoder, call, 1, call.number(0));
}
std::optional<Decoded> multicall_after(Decoder& decoder, const KnownCall& call) {
    return run_all(decoder, call, 1, std::nullopt);
}

constexpr auto kFunctions = [] {
    std::array<KnownFunction, kEntries.size() + 4> out{};
    auto* next = std::ranges::transform(kEntries, out.data(), &Entry::function).out;
    *next++ = {"multicall(bytes[])", kOld, {}, multicall};
    *next++ = {"multicall(bytes[])", kNew, {}, multicall};
    *next++ = {"multicall(uint256,bytes[])", kNew, {}, multicall_until};
    *next++ = {"multicall(bytes32,bytes[])", kNew, {}, multicall_after};
    return out;
}();

}  // namespace

std::span<const KnownFunction> uniswap_v3_functions() {
    return kFunctions;
}

}  // namespace chela::policy
