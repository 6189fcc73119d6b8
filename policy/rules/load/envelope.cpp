#include "policy/rules/fields.hpp"
#include "policy/rules/load/sections.hpp"

#include <limits>

#include <fmt/format.h>

namespace chela::policy::load {
namespace {

constexpr std::uint64_t kHighestType = 4;  // EIP-7702

std::vector<unsigned> read_types(const Node& node) {
    std::vector<unsigned> types;
    for (const auto& item : node.one_or_more())
        if (const auto type = item.number(0, kHighestType))
            types.push_back(static_cast<unsigned>(*type));
    return types;
}

/// Budgets of an envelope count signatures and what they can cost.
std::vector<std::string> read_meters(const Node& node, const Context& context) {
    std::vector<std::string> meters;
    for (const auto& item : node.one_or_more()) {
        const auto id = item.text();
        if (!id) continue;
        const auto* budget = context.find_budget(*id);
        if (budget == nullptr) {
            refuse_budget(item, *id, context);
        } else if (budget->counts_claims()) {
            item.refuse(fmt::format(
                "{} counts {}, which permits charge; write a budget with counts: max_fee or "
                "signatures",
                *id, budget->counts == Budget::Counts::effects ? "effects" : "amounts"));
        } else {
            meters.push_back(*id);
        }
    }
    return meters;
}

/// A fee that no charged budget counts would be spent beside the limit.
void check_fees_are_counted(const Node& node, const Envelope& envelope, const Context& context) {
    bool counts_fees = false;
    std::vector<ChainId> counted;
    for (const auto& id : envelope.charge) {
        const auto& budget = *context.find_budget(id);
        if (budget.counts != Budget::Counts::max_fee) continue;
        if (!budget.chain) return;
        counts_fees = true;
        counted.push_back(*budget.chain);
    }
    if (!counts_fees) return;
    for (const auto chain : envelope.chains) {
        if (std::ranges::find(counted, chain) != counted.end()) continue;
        return node.refuse(fmt::format(
            "no charged budget counts fees on chain {}; add one with asset native@{}", chain.value,
            chain.value));
    }
}

}  // namespace

std::vector<ChainId> read_chains(const Node& document) {
    std::vector<ChainId> chains;
    const auto envelope = document.find("envelope");
    const auto node = envelope ? envelope->find("chains") : std::nullopt;
    if (!node) return chains;
    for (const auto& item : node->one_or_more())
        if (const auto chain = read_chain(item)) chains.push_back(*chain);
    return chains;
}

void read_envelope(const Node& document, Context& context) {
    const auto node = document.find("envelope");
    auto& envelope = context.policy.envelope;
    envelope.where = node ? node->where() : document.where();
    if (!node || !node->check_keys(
                     {"chains", "tx_types", "operations", "max_total_fee", "max_fee_per_gas",
                      "max_gas", "charge"})) {
        return;
    }
    envelope.chains = read_chains(document);
    if (const auto types = node->find("tx_types")) envelope.tx_types = read_types(*types);
    if (const auto operations = node->find("operations"))
        envelope.operations = read_operations(*operations);
    if (const auto fee = node->find("max_total_fee")) {
        envelope.max_total_fee = read_wei(*fee, context);
    }
    if (const auto price = node->find("max_fee_per_gas")) {
        envelope.max_fee_per_gas = read_wei(*price, context);
    }
    if (const auto gas = node->find("max_gas")) {
        if (const auto limit = gas->number(0, std::numeric_limits<std::uint64_t>::max())) {
            envelope.max_gas = Gas{*limit};
        }
    }
    if (const auto charge = node->find("charge")) {
        envelope.charge = read_meters(*charge, context);
        check_fees_are_counted(*charge, envelope, context);
    }
}

void read_simulation(const Node& document, Context& context) {
    const auto node = document.find("simulation");
    auto& rules = context.policy.simulation;
    rules.where = node ? node->where() : document.where();
    if (!node ||
        !node->check_keys(
            {"require", "operations", "max_age_blocks", "must_not_revert", "max_outflow"})) {
        return;
    }
    if (const auto require = node->find("require")) rules.require = require->flag();
    if (const auto operations = node->find("operations"))
        rules.operations = read_operations(*operations);
    if (const auto age = node->find("max_age_blocks"))
        rules.max_age_blocks = age->number(0, 1'000'000);
    if (const auto revert = node->find("must_not_revert")) rules.must_not_revert = revert->flag();
    const auto outflow = node->find("max_outflow");
    if (!outflow) return;
    for (const auto& [name, amount] : outflow->entries()) {
        if (name == "native") {
            if (const auto wei = read_wei(amount, context)) rules.max_native_outflow = wei->value;
        } else if (const auto* asset = context.find_asset(name)) {
            if (const auto limit = read_amount(amount, context, asset->asset))
                rules.max_outflow.emplace_back(asset->asset, limit->amount);
        } else {
            amount.refuse(fmt::format(
                "unknown asset \"{}\"; declare it under assets, or write native", name));
        }
    }
}

}  // namespace chela::policy::load
