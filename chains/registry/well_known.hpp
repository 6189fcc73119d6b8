#pragma once

#include "chains/registry/registry.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace chela::chains {

/// What is known of a public chain, so that an operator need not look it up. There is no node and
/// no fee limit here: those are the operator's to say.
struct WellKnownChain {
    std::string_view name;
    ChainId chain_id;
    std::string_view display_name;
    std::string_view explorer_url;     ///< empty: none
    std::string_view native_currency;  ///< its symbol; it has 18 decimals (kNativeDecimals)
    bool is_testnet{};
    bool has_eip1559 = true;
    std::chrono::milliseconds block_time{2'000};  ///< typical
    std::uint64_t confirmations = 1;
    Finality finality{Finality::depth};
};

/// By chain id: 28 main nets, three test nets, and the one that anvil and hardhat make.
/// Source: Intents API documentation, "Supported chains".
[[nodiscard]] std::span<const WellKnownChain> well_known_chains();

[[nodiscard]] std::optional<WellKnownChain> well_known_chain(std::string_view name);
[[nodiscard]] std::optional<WellKnownChain> well_known_chain(ChainId id);

/// What the table knows of a chain that goes by this name and id; empty: it is not there.
/// @return invalid_input E_CHAIN_NAME: the name belongs to another chain id
[[nodiscard]] Result<std::optional<WellKnownChain>> match_well_known(
    std::string_view name, ChainId id);

}  // namespace chela::chains
