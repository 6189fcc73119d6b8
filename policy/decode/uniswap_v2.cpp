#include "policy/decode/decoder.hpp"
#include "policy/decode/swap_path.hpp"

#include <array>
#include <utility>

namespace chela::policy {
namespace {

/// Where a function of the router has its arguments. Source: Uniswap v2-periphery,
/// UniswapV2Router02.sol.
struct Layout {
    std::optional<std::size_t> amount_in;  ///< exact, or at most; empty: the coins sent along
    std::size_t amount_out;                ///< at least, or exact
    std::size_t path;                      ///< then recipient and deadline
    bool gives_coins{};  ///< the wrapped token at the end of the path is unwrapped
};

std::optional<Decoded> swap(const KnownCall& call, const Layout& layout) {
    const auto& frame = call.frame;
    const auto path = parse_v2_path(call.list(layout.path));
    if (!path) return std::nullopt;
    const auto token = [&](const Address& address) { return Asset{frame.chain, address}; };
    const Asset native{frame.chain, std::nullopt};
    const bool takes_coins = !layout.amount_in;

    Swap out{
        .venue = {"uniswap-v2", frame.chain, frame.target},
        .asset_in = takes_coins ? native : token(path->front()),
        .max_in = takes_coins ? frame.value.value : call.number(*layout.amount_in),
        .asset_out = layout.gives_coins ? native : token(path->back()),
        .min_out = call.number(layout.amount_out),
        .payer = takes_coins ? frame.value_owner() : frame.actor,
        .recipient = call.address(layout.path + 1),
        .deadline = call.number(layout.path + 2),
        .via = {}};
    for (std::size_t i = 1; i + 1 < path->size(); ++i)
        out.via.push_back(token((*path)[i]));
    Decoded decoded;
    decoded.nodes.push_back(effect_node(frame, std::move(out)));
    decoded.includes_value = takes_coins;
    return decoded;
}

std::optional<Decoded> exact_tokens_for_tokens(Decoder&, const KnownCall& call) {
    return swap(call, {.amount_in = 0, .amount_out = 1, .path = 2});
}
std::optional<Decoded> tokens_for_exact_tokens(Decoder&, const KnownCall& call) {
    return swap(call, {.amount_in = 1, .amount_out = 0, .path = 2});
}
std::optional<Decoded> exact_tokens_for_coins(Decoder&, const KnownCall& call) {
    return swap(call, {.amount_in = 0, .amount_out = 1, .path = 2, .gives_coins = true});
}
std::optional<Decoded> tokens_for_exact_coins(Decoder&, const KnownCall& call) {
    return swap(call, {.amount_in = 1, .amount_out = 0, .path = 2, .gives_coins = true});
}
// All the coins are the most that can be taken: for an exact output the router sends back the rest.
std::optional<Decoded> coins_for_tokens(Decoder&, const KnownCall& call) {
    return swap(call, {.amount_in = std::nullopt, .amount_out = 0, .path = 1});
}

using Decode = std::optional<Decoded> (*)(Decoder&, const KnownCall&);

constexpr KnownFunction at_router(std::string_view signature, Decode decode) {
    return {signature, ContractKind::uniswap_v2_router, {}, decode};
}

constexpr std::array kFunctions{
    at_router(
        "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
        exact_tokens_for_tokens),
    at_router(
        "swapExactTokensForTokensSupportingFeeOnTransferTokens(uint256,uint256,address[],address,"
        "uint256)",
        exact_tokens_for_tokens),
    at_router(
        "swapTokensForExactTokens(uint256,uint256,address[],address,uint256)",
        tokens_for_exact_tokens),
    at_router(
        "swapExactTokensForETH(uint256,uint256,address[],address,uint256)", exact_tokens_for_coins),
    at_router(
        "swapExactTokensForETHSupportingFeeOnTransferTokens(uint256,uint256,address[],address,"
        "uint256)",
        exact_tokens_for_coins),
    at_router(
        "swapTokensForExactETH(uint256,uint256,address[],address,uint256)", tokens_for_exact_coins),
    at_router("swapExactETHForTokens(uint256,address[],address,uint256)", coins_for_tokens),
    at_router(
        "swapExactETHForTokensSupportingFeeOnTransferTokens(uint256,address[],address,uint256)",
        coins_for_tokens),
    at_router("swapETHForExactTokens(uint256,address[],address,uint256)", coins_for_tokens),
};

}  // namespace

std::span<const KnownFunction> uniswap_v2_functions() {
    return kFunctions;
}

}  // namespace chela::policy
