#include "policy/decode/universal_router_commands.hpp"
#include "policy/decode/values.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace chela::policy {
namespace {

Decoded opaque(const Frame& frame, Opaque::Reason reason, std::string detail) {
    Decoded out;
    out.nodes.push_back(opaque_node(frame, reason, std::move(detail)));
    return out;
}

/// Source: Uniswap universal-router, UniversalRouter.sol, "execute".
std::optional<Decoded> execute(Decoder& decoder, const KnownCall& call, const Expiry& deadline) {
    const auto& frame = call.frame;
    const auto& commands = call.bytes(0);
    const auto& inputs = call.list(1);
    if (commands.size() != inputs.size()) return std::nullopt;
    SwapSequence sequence{decoder, frame, "uniswap-universal", SwapSequence::PaysWithCoins::never};
    for (std::size_t i = 0; i < commands.size(); ++i) {
        static_cast<void>(decoder.take_node());
        const auto& input = value_as<Bytes>(inputs[i]);
        const auto at = call.position(std::array{1UZ, i});
        sequence.begin_step({at, at + input.size()});
        const auto outcome = run_router_command(sequence, commands[i], input, deadline);
        if (decoder.is_exhausted()) {
            return opaque(frame, Opaque::Reason::limit, "too many commands");
        }
        if (outcome == StepOutcome::malformed) return std::nullopt;
        if (outcome == StepOutcome::uncertain) {
            return opaque(
                frame, Opaque::Reason::unsupported,
                fmt::format("command {} of the Universal Router, 0x{:02x}", i, commands[i]));
        }
    }
    Decoded out{.nodes = {}, .includes_value = true};
    out.nodes.push_back(wrapper_node(frame, "UniversalRouter.execute", sequence.finish()));
    return out;
}

std::optional<Decoded> execute_until(Decoder& decoder, const KnownCall& call) {
    return execute(decoder, call, call.number(2));
}
std::optional<Decoded> execute_any_time(Decoder& decoder, const KnownCall& call) {
    return execute(decoder, call, std::nullopt);
}

constexpr std::array kFunctions{
    KnownFunction{
        "execute(bytes,bytes[],uint256)", ContractKind::universal_router, {}, execute_until},
    KnownFunction{"execute(bytes,bytes[])", ContractKind::universal_router, {}, execute_any_time},
};

}  // namespace

std::span<const KnownFunction> universal_router_functions() {
    return kFunctions;
}

}  // namespace chela::policy
