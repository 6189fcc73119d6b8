#include "policy/decode/token_effects.hpp"

#include <utility>

namespace chela::policy {

Asset token_of(const Frame& frame) {
    return {frame.chain, frame.target};
}

Bound bound_of(const U256& amount, const U256& unlimited) {
    if (amount == unlimited) return std::nullopt;
    return amount;
}

Effect allowance(
    const Asset& asset,
    const Address& owner,
    const Address& spender,
    const U256& amount,
    const Expiry& expires_at,
    const U256& unlimited) {
    if (amount.is_zero()) return Revoke{asset, owner, spender};
    return Grant{asset, owner, spender, bound_of(amount, unlimited), expires_at};
}

Decoded only(const Frame& frame, Effect effect) {
    return {.nodes = {effect_node(frame, std::move(effect))}, .includes_value = false};
}

bool is_fungible(const Decoder& decoder, const Frame& frame) {
    const auto kind = decoder.contracts().kind_of(frame.chain, frame.target);
    return kind == ContractKind::token || kind == ContractKind::wrapped_native;
}

bool take_nodes(Decoder& decoder, std::size_t count) {
    for (std::size_t i = 1; i < count; ++i)
        if (!decoder.take_node()) return false;
    return true;
}

Decoded too_many(const Frame& frame) {
    return {
        .nodes = {opaque_node(frame, Opaque::Reason::limit, "too many entries in a batch")},
        .includes_value = false};
}

void add_hook(Decoded& decoded, const Frame& frame, const Address& receiver, const Bytes& data) {
    if (data.empty()) return;
    auto node = opaque_node(
        frame, Opaque::Reason::unsupported, "data that the token hands to the receiver's code");
    std::get<Opaque>(std::get<Effect>(node.what)).target = receiver;
    decoded.nodes.push_back(std::move(node));
}

}  // namespace chela::policy
