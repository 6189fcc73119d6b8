#include "policy/analysis/arguments.hpp"
#include "policy/analysis/request.hpp"

#include <limits>
#include <utility>

#include <fmt/format.h>

namespace chela::policy::analysis {
namespace {

using Content = chains::Preimage::Content;

// A fee that no policy of use finds too high: 100,000 gas at most 1 gwei each.
constexpr std::uint64_t kUsualGas = 100'000;
constexpr Wei kUsualPrice{U256{1'000'000'000}};

struct Fees {
    Gas gas{kUsualGas};
    Wei price{kUsualPrice};  ///< gasPrice, or maxFeePerGas
    Wei tip;
};

std::uint64_t number_or(const Node& section, std::string_view key, std::uint64_t otherwise) {
    const auto node = section.find(key);
    if (!node) return otherwise;
    return node->number(0, std::numeric_limits<std::uint64_t>::max()).value_or(otherwise);
}

Fees read_fees(const Node& section, unsigned type, Scope& scope) {
    Fees fees;
    const auto node = section.find("fees");
    if (!node) return fees;
    const bool has_tip = type >= 2;
    const bool is_known =
        has_tip ? node->check_keys({"gas", "max_fee_per_gas", "max_priority_fee_per_gas"})
                : node->check_keys({"gas", "gas_price"});
    if (!is_known) return fees;
    fees.gas = Gas{number_or(*node, "gas", kUsualGas)};
    fees.price = read_wei_of(*node, has_tip ? "max_fee_per_gas" : "gas_price", scope, kUsualPrice);
    fees.tip = read_wei_of(*node, "max_priority_fee_per_gas", scope, Wei{});
    return fees;
}

/// `none` makes a contract.
struct Recipient {
    std::optional<Address> address;
};
std::optional<Recipient> read_recipient(const Node& section, const Scope& scope) {
    const auto node = section.require("to", "an account, or none to make a contract");
    if (!node) return std::nullopt;
    if (node->is_scalar() && node->tree().text == "none") return Recipient{};
    const auto address = read_account(*node, scope);
    return address ? std::optional{Recipient{*address}} : std::nullopt;
}

template <class Typed>
Typed with_price(const Fees& fees) {
    Typed out;
    out.gas_price = fees.price;
    return out;
}

Content make(
    unsigned type,
    ChainId chain,
    Nonce nonce,
    const Fees& fees,
    Recipient to,
    Wei value,
    Bytes data) {
    const auto fill = [&](auto out) {
        out.chain_id = chain;
        out.nonce = nonce;
        out.gas_limit = fees.gas;
        out.to = to.address;
        out.value = value;
        out.data = std::move(data);
        return Content{chains::Transaction{std::move(out)}};
    };
    if (type == 0) return fill(with_price<chains::LegacyTransaction>(fees));
    if (type == 1) return fill(with_price<chains::Eip2930Transaction>(fees));
    chains::Eip1559Transaction out;
    out.max_fee_per_gas = fees.price;
    out.max_priority_fee_per_gas = fees.tip;
    return fill(std::move(out));
}

}  // namespace

std::optional<Content> read_transaction(const Node& section, Scope& scope) {
    if (!section.check_keys(
            {"chain", "type", "nonce", "to", "value", "call", "args", "data", "fees"})) {
        return std::nullopt;
    }
    const auto type_node = section.find("type");
    const auto type = type_node ? type_node->number(0, 2) : std::optional{std::uint64_t{2}};
    const auto chain = read_chain_of(section, scope);
    const auto to = read_recipient(section, scope);
    auto data = read_calldata(section, scope);
    if (!type || !chain || !to || !data) return std::nullopt;
    const auto kind = static_cast<unsigned>(*type);
    const auto fees = read_fees(section, kind, scope);
    const auto nonce = Nonce{number_or(section, "nonce", 0)};
    const auto value = read_wei_of(section, "value", scope, Wei{});
    return make(kind, *chain, nonce, fees, *to, value, *std::move(data));
}

}  // namespace chela::policy::analysis
