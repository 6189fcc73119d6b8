#include "chains/registry/native_amount.hpp"
#include "chains/registry/well_known.hpp"
#include "sidecar/config/sections.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

namespace chela::sidecar::config {
namespace {

using namespace std::chrono_literals;

constexpr Limits<std::chrono::milliseconds> kPollLimits{10ms, 10min};
constexpr Limits<std::chrono::milliseconds> kRpcLimits{100ms, 10min};
constexpr Limits<std::chrono::milliseconds> kBlockTimeLimits{1ms, 10min};
constexpr Limits<std::uint64_t> kChainIdLimits{1, std::numeric_limits<std::uint64_t>::max()};
constexpr Limits<std::uint64_t> kConfirmationLimits{1, 10'000};

Wei read_max_fee(const Section& chain, std::string_view currency) {
    const auto text =
        chain.required_text("max_fee_per_transaction", fmt::format("\"0.01 {}\"", currency));
    const auto wei = chains::parse_native_amount(text, currency);
    if (!wei) chain.problem("max_fee_per_transaction", wei.error().detail);
    return wei.value_or(Wei{});
}

/// Lays what the table knows over the defaults. A known name needs no chain id.
void read_identity(const Section& section, ChainConfig& chain) {
    const auto named = chains::well_known_chain(chain.name);
    if (!section.has("chain_id") && !named)
        section.problem("chain_id", "is required, for example 8453");
    chain.chain_id =
        ChainId{section.number("chain_id", named ? named->chain_id.value : 0, kChainIdLimits)};
    const auto known = chains::match_well_known(chain.name, chain.chain_id);
    if (!known) return section.problem("chain_id", known.error().detail);
    const auto& row = *known;
    if (!row) return;
    chain.display_name = row->display_name;
    chain.explorer_url = row->explorer_url;
    chain.native_currency = row->native_currency;
    chain.is_testnet = row->is_testnet;
    chain.confirmations = row->confirmations;
    chain.has_eip1559 = row->has_eip1559;
    chain.block_time = row->block_time;
    // Whoever says how deep means that depth.
    if (!section.has("confirmations")) chain.finality = row->finality;
}

void read_finality(const Section& section, ChainConfig& chain) {
    const auto word = section.text("finality", std::string{to_string(chain.finality)});
    const auto finality = chains::parse_finality(word);
    if (!finality) return section.problem("finality", "expected depth or finalized");
    chain.finality = *finality;
}

ChainConfig read_chain(
    const std::string& name, const Section& section, const std::filesystem::path& dir) {
    ChainConfig chain;
    chain.name = name;
    chain.display_name = name;
    if (!is_name(name))
        section.problem("", "a chain's name is lower-case letters, digits and single dashes");
    read_identity(section, chain);
    chain.display_name = section.text("display_name", chain.display_name);
    chain.endpoints = read_endpoints(section, dir);
    chain.explorer_url = section.text("explorer_url", chain.explorer_url);
    if (!chain.explorer_url.empty()) check_http_url(section, "explorer_url", chain.explorer_url);
    chain.native_currency = section.text("native_currency", chain.native_currency);
    if (!chains::is_currency_symbol(chain.native_currency))
        section.problem("native_currency", "expected 1 to 16 letters and digits, such as ETH");
    chain.is_testnet = section.flag("is_testnet", chain.is_testnet);
    chain.max_fee_per_transaction = read_max_fee(section, chain.native_currency);
    chain.confirmations = section.number("confirmations", chain.confirmations, kConfirmationLimits);
    read_finality(section, chain);
    chain.is_enabled = section.flag("is_enabled", chain.is_enabled);
    chain.has_eip1559 = section.flag("has_eip1559", chain.has_eip1559);
    chain.block_time = section.duration("block_time", chain.block_time, kBlockTimeLimits);
    chain.poll_interval = section.duration("poll_interval", chain.poll_interval, kPollLimits);
    chain.rpc_timeout = section.duration("rpc_timeout", chain.rpc_timeout, kRpcLimits);
    chain.tenderly = read_simulation(section, dir);
    return chain;
}

}  // namespace

std::vector<ChainConfig> read_chains(const Section& top, const std::filesystem::path& dir) {
    std::vector<ChainConfig> chains;
    std::map<ChainId, std::string> owners;
    for (const auto& [name, section] : top.entries("chains")) {
        auto chain = read_chain(name, section, dir);
        if (const auto [at, is_new] = owners.emplace(chain.chain_id, name); !is_new)
            section.problem(
                "chain_id",
                fmt::format("{} is the chain \"{}\" already", chain.chain_id.value, at->second));
        chains.push_back(std::move(chain));
    }
    return chains;
}

bool is_name(std::string_view text) {
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, is_allowed) &&
           text.front() != '-' && text.back() != '-' && text.find("--") == std::string_view::npos;
}

}  // namespace chela::sidecar::config
