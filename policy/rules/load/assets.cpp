#include "policy/rules/load/sections.hpp"
#include "policy/rules/load/values.hpp"

#include <fmt/format.h>

namespace chela::policy::load {
namespace {

constexpr unsigned kMaxDecimals = 77;  // 10^77 is the highest power of ten below 2^256
constexpr std::size_t kMaxSymbol = 16;

std::string native_name(ChainId chain) {
    return fmt::format("native@{}", chain.value);
}

AssetDefinition native_of(ChainId chain, const std::string& where) {
    return {native_name(chain), Asset{chain, std::nullopt}, kNativeDecimals, "ETH", where};
}

/// A native entry only says how amounts are written; its decimals are the chain's.
void read_native(const Node& node, ChainId chain, Policy& policy) {
    auto asset = native_of(chain, node.where());
    if (!node.check_keys({"decimals", "symbol"})) return;
    if (const auto decimals = node.find("decimals")) {
        if (const auto number = decimals->number(kNativeDecimals, kNativeDecimals)) {
            asset.decimals = static_cast<unsigned>(*number);
        }
    }
    if (const auto symbol = node.find("symbol")) {
        const auto text = symbol->text();
        const auto is_symbol = [&] {
            return text->size() <= kMaxSymbol && std::ranges::all_of(*text, [](char c) {
                       return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                   });
        };
        if (text && !is_symbol()) {
            symbol->refuse(fmt::format(
                "expected at most 16 capitals and digits such as POL, found \"{}\"", *text));
        }
        if (text) asset.symbol = *text;
    }
    policy.assets.push_back(std::move(asset));
}

void read_token(
    const Node& node,
    const std::string& name,
    const std::string& symbol,
    ChainId chain,
    Context& context) {
    if (!node.check_keys({"address", "decimals"})) return;
    const auto address_node = node.require("address", "the token's contract");
    const auto decimals_node = node.require("decimals", "what the contract's decimals() says");
    if (!address_node || !decimals_node) return;
    const auto address = read_address(*address_node, context);
    const auto decimals = decimals_node->number(0, kMaxDecimals);
    if (!address || !decimals) return;
    const Asset asset{chain, *address};
    if (const auto* earlier = context.policy.find_asset(asset)) {
        return address_node->refuse(
            fmt::format("{} has this address already; keep one name for a token", earlier->name));
    }
    context.policy.assets.push_back(
        {name, asset, static_cast<unsigned>(*decimals), upper_case(symbol), node.where()});
}

}  // namespace

void read_assets(const Node& document, Context& context) {
    if (const auto section = document.find("assets")) {
        for (const auto& [name, node] : section->entries()) {
            const auto parts = split_asset_name(name);
            if (!parts) {
                node.refuse("an asset is named NAME@CHAIN with the chain's id, such as usdc@8453");
            } else if (parts->first == "native") {
                read_native(node, parts->second, context.policy);
            } else {
                read_token(node, name, parts->first, parts->second, context);
            }
        }
    }
    for (const auto chain : read_chains(document))
        if (context.find_asset(native_name(chain)) == nullptr)
            context.policy.assets.push_back(native_of(chain, document.where()));
}

}  // namespace chela::policy::load
