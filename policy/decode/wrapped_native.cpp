#include "policy/decode/token_effects.hpp"

#include <array>

namespace chela::policy {
namespace {

Effect wrap_of(const KnownCall& call, Wrap::Direction direction, const U256& amount) {
    return Wrap{token_of(call.frame), direction, call.frame.actor, amount};
}

std::optional<Decoded> deposit(Decoder&, const KnownCall& call) {
    auto out = only(call.frame, wrap_of(call, Wrap::Direction::wrap, call.frame.value.value));
    // Coins that somebody else brought along leave him: that is a Transfer of its own.
    out.includes_value = call.frame.value_owner() == call.frame.actor;
    return out;
}

std::optional<Decoded> withdraw(Decoder&, const KnownCall& call) {
    return only(call.frame, wrap_of(call, Wrap::Direction::unwrap, call.number(0)));
}

// Elsewhere a deposit may be anything. Source: WETH9, deposit and withdraw.
constexpr std::array kFunctions{
    KnownFunction{"deposit()", ContractKind::wrapped_native, {}, deposit},
    KnownFunction{"withdraw(uint256)", ContractKind::wrapped_native, {}, withdraw},
};

}  // namespace

std::span<const KnownFunction> wrapped_native_functions() {
    return kFunctions;
}

}  // namespace chela::policy
