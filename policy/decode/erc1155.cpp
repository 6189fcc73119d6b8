#include "policy/decode/token_effects.hpp"
#include "policy/decode/values.hpp"

#include <array>

namespace chela::policy {
namespace {

constexpr std::string_view kWhy =
    "the standard for multi-tokens has it, and the effect names the contract as its asset";

Effect transfer_of(const KnownCall& call, const U256& id, const U256& amount) {
    return Transfer{token_of(call.frame), call.address(0), call.address(1), amount, id};
}

std::optional<Decoded> safe_transfer_from(Decoder&, const KnownCall& call) {
    auto out = only(call.frame, transfer_of(call, call.number(2), call.number(3)));
    add_hook(out, call.frame, call.address(1), call.bytes(4));
    return out;
}

std::optional<Decoded> safe_batch_transfer_from(Decoder& decoder, const KnownCall& call) {
    const auto& ids = call.list(2);
    const auto& amounts = call.list(3);
    if (ids.size() != amounts.size()) return std::nullopt;
    if (!take_nodes(decoder, ids.size())) return too_many(call.frame);
    Decoded out;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        out.nodes.push_back(effect_node(
            call.frame, transfer_of(call, value_as<U256>(ids[i]), value_as<U256>(amounts[i]))));
    }
    // An empty batch moves nothing, but its parties are judged all the same.
    if (ids.empty()) {
        out.nodes.push_back(effect_node(
            call.frame,
            Transfer{
                token_of(call.frame), call.address(0), call.address(1), U256{}, std::nullopt}));
    }
    add_hook(out, call.frame, call.address(1), call.bytes(4));
    return out;
}

// setApprovalForAll is that of ERC-721.
constexpr std::array kFunctions{
    KnownFunction{
        "safeTransferFrom(address,address,uint256,uint256,bytes)", std::nullopt, kWhy,
        safe_transfer_from},
    KnownFunction{
        "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", std::nullopt, kWhy,
        safe_batch_transfer_from},
};

}  // namespace

std::span<const KnownFunction> erc1155_functions() {
    return kFunctions;
}

}  // namespace chela::policy
