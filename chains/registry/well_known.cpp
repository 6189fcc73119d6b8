#include "chains/registry/well_known.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace chela::chains {
namespace {

using namespace std::chrono_literals;

constexpr auto kDepth = Finality::depth;
constexpr auto kTag = Finality::finalized_tag;

// Legacy gas prices are taken everywhere, so a chain that is not known to take type 2 has none.
// Ethereum's own consensus has finality that no depth gives. Elsewhere the depth is what
// a few seconds to a minute of blocks come to.
constexpr std::array kChains = std::to_array<WellKnownChain>({
    // clang-format off: a table
    // name, chain id, display name, explorer, currency, test net, EIP-1559, block time, confirmations, finality
    {"ethereum", {1}, "Ethereum", "https://etherscan.io", "ETH", false, true, 12s, 12, kTag},
    {"optimism", {10}, "Optimism", "https://optimistic.etherscan.io", "ETH", false, true, 2s, 10, kDepth},
    {"cronos", {25}, "Cronos", "https://cronoscan.com", "CRO", false, true, 500ms, 10, kDepth},
    {"bnb-smart-chain", {56}, "BNB Smart Chain", "https://bscscan.com", "BNB", false, true, 750ms, 15, kDepth},
    {"gnosis", {100}, "Gnosis", "https://gnosisscan.io", "xDAI", false, true, 5s, 12, kTag},
    {"polygon", {137}, "Polygon", "https://polygonscan.com", "POL", false, true, 2s, 64, kDepth},
    {"sonic", {146}, "Sonic", "https://sonicscan.org", "S", false, true, 500ms, 10, kDepth},
    {"fantom", {250}, "Fantom", "https://ftmscan.com", "FTM", false, true, 1s, 10, kDepth},
    {"zksync-era", {324}, "zkSync Era", "https://explorer.zksync.io", "ETH", false, true, 1s, 10, kDepth},
    {"world-chain", {480}, "World Chain", "https://worldscan.org", "ETH", false, true, 2s, 10, kDepth},
    {"metis", {1088}, "Metis", "https://andromeda-explorer.metis.io", "METIS", false, false, 2s, 10, kDepth},
    {"polygon-zkevm", {1101}, "Polygon zkEVM", "https://zkevm.polygonscan.com", "ETH", false, false, 3s, 10, kDepth},
    {"moonbeam", {1284}, "Moonbeam", "https://moonscan.io", "GLMR", false, true, 6s, 10, kDepth},
    {"sei", {1329}, "Sei", "https://seitrace.com", "SEI", false, true, 400ms, 10, kDepth},
    {"mantle", {5000}, "Mantle", "https://mantlescan.xyz", "MNT", false, true, 2s, 10, kDepth},
    {"kaia", {8217}, "Kaia", "https://kaiascan.io", "KAIA", false, true, 1s, 10, kDepth},
    {"base", {8453}, "Base", "https://basescan.org", "ETH", false, true, 2s, 10, kDepth},
    {"anvil", {31337}, "Anvil or Hardhat", "", "ETH", true, true, 1s, 1, kDepth},
    {"mode", {34443}, "Mode", "https://modescan.io", "ETH", false, true, 2s, 10, kDepth},
    {"arbitrum-one", {42161}, "Arbitrum One", "https://arbiscan.io", "ETH", false, true, 250ms, 20, kDepth},
    {"arbitrum-nova", {42170}, "Arbitrum Nova", "https://nova.arbiscan.io", "ETH", false, true, 250ms, 20, kDepth},
    {"celo", {42220}, "Celo", "https://celoscan.io", "CELO", false, true, 1s, 10, kDepth},
    {"avalanche", {43114}, "Avalanche C-Chain", "https://snowtrace.io", "AVAX", false, true, 2s, 2, kDepth},
    {"linea", {59144}, "Linea", "https://lineascan.build", "ETH", false, true, 2s, 10, kDepth},
    {"berachain", {80094}, "Berachain", "https://berascan.com", "BERA", false, true, 2s, 10, kDepth},
    {"blast", {81457}, "Blast", "https://blastscan.io", "ETH", false, true, 2s, 10, kDepth},
    {"base-sepolia", {84532}, "Base Sepolia", "https://sepolia.basescan.org", "ETH", true, true, 2s, 5, kDepth},
    {"taiko", {167000}, "Taiko", "https://taikoscan.io", "ETH", false, true, 2s, 20, kDepth},
    {"scroll", {534352}, "Scroll", "https://scrollscan.com", "ETH", false, true, 3s, 10, kDepth},
    {"arc-testnet", {5042002}, "Arc Testnet", "https://testnet.arcscan.app", "USDC", true, true, 1s, 2, kDepth},
    {"zora", {7777777}, "Zora", "https://explorer.zora.energy", "ETH", false, true, 2s, 10, kDepth},
    {"sepolia", {11155111}, "Sepolia", "https://sepolia.etherscan.io", "ETH", true, true, 12s, 3, kDepth},
    // clang-format on
});

template <class Key, class Member>
std::optional<WellKnownChain> first_with(const Key& key, Member member) {
    const auto found = std::ranges::find(kChains, key, member);
    return found == kChains.end() ? std::nullopt : std::optional{*found};
}

}  // namespace

std::span<const WellKnownChain> well_known_chains() {
    return kChains;
}

std::optional<WellKnownChain> well_known_chain(std::string_view name) {
    return first_with(name, &WellKnownChain::name);
}

std::optional<WellKnownChain> well_known_chain(ChainId id) {
    return first_with(id, &WellKnownChain::chain_id);
}

Result<std::optional<WellKnownChain>> match_well_known(std::string_view name, ChainId id) {
    const auto by_name = well_known_chain(name);
    if (!by_name || by_name->chain_id == id) return well_known_chain(id);
    const auto by_id = well_known_chain(id);
    return fail(
        ErrorCode::invalid_input,
        fmt::format(
            "the chain {} has chain id {}, not {}{}; correct one of them", name,
            by_name->chain_id.value, id.value,
            by_id ? fmt::format(", which is {}", by_id->name) : std::string{}),
        "E_CHAIN_NAME");
}

}  // namespace chela::chains
