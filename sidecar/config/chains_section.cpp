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
constexpr Limits<std::uint64_t> kChainIdLimits{1, std::numeric_limits<std::uint64_t>::max()};
constexpr Limits<std::uint64_t> kConfirmationLimits{1, 10'000};

/// The value is never shown: RPC URLs hold API keys.
void check_http_url(const Section& chain, std::string_view key, std::string_view url) {
    const std::string_view scheme = url.starts_with("https://") ? "https://" : "http://";
    if (!url.starts_with(scheme))
        return chain.problem(key, "expected a URL that begins with https:// or http://");
    const auto authority =
        url.substr(scheme.size(), url.find_first_of("/?#", scheme.size()) - scheme.size());
    const auto host = authority.substr(authority.rfind('@') + 1);
    if (host.empty() || host.front() == ':' || url.find(' ') != std::string_view::npos)
        chain.problem(key, "the URL has no host or holds a space");
}

Wei read_max_fee(const Section& chain, std::string_view currency) {
    const auto text =
        chain.required_text("max_fee_per_transaction", fmt::format("\"0.01 {}\"", currency));
    const auto space = text.find(' ');
    const auto amount = std::string_view{text}.substr(0, space);
    const auto unit =
        space == std::string::npos ? std::string_view{} : std::string_view{text}.substr(space + 1);
    if (unit != currency) {
        chain.problem(
            "max_fee_per_transaction",
            fmt::format(
                "expected an amount in the native currency such as \"0.01 {}\", found \"{}\"",
                currency, text));
        return {};
    }
    const auto wei = parse_units(amount, kNativeDecimals);
    if (!wei)
        chain.problem(
            "max_fee_per_transaction", fmt::format("{} (found \"{}\")", wei.error().detail, text));
    return wei ? Wei{*wei} : Wei{};
}

bool is_currency(std::string_view text) {
    const auto is_letter_or_digit = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && text.size() <= 16 && std::ranges::all_of(text, is_letter_or_digit);
}

ChainConfig read_chain(
    const std::string& name, const Section& section, const std::filesystem::path& dir) {
    ChainConfig chain;
    chain.name = name;
    if (!is_name(name))
        section.problem("", "a chain's name is lower-case letters, digits and single dashes");
    if (!section.has("chain_id")) section.problem("chain_id", "is required, for example 8453");
    chain.chain_id = ChainId{section.number("chain_id", 0, kChainIdLimits)};
    chain.display_name = section.text("display_name", name);
    chain.rpc_url = section.required_text("rpc_url", "https://rpc.example.org");
    check_http_url(section, "rpc_url", chain.rpc_url);
    chain.explorer_url = section.text("explorer_url", {});
    if (!chain.explorer_url.empty()) check_http_url(section, "explorer_url", chain.explorer_url);
    chain.native_currency = section.text("native_currency", chain.native_currency);
    if (!is_currency(chain.native_currency))
        section.problem("native_currency", "expected 1 to 16 letters and digits, such as ETH");
    chain.is_testnet = section.flag("is_testnet", chain.is_testnet);
    chain.max_fee_per_transaction = read_max_fee(section, chain.native_currency);
    chain.confirmations = section.number("confirmations", chain.confirmations, kConfirmationLimits);
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
