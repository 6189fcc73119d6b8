#include "policy/analysis/surroundings.hpp"
#include "policy/rules/load/values.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace chela::policy::analysis {
namespace {

struct Meter {
    const BoundPolicy* bound;
    const Budget* budget;
};

std::optional<Meter> read_meter(const Node& section, const Scope& scope) {
    const auto node = section.require("budget", "the name of a budget");
    const auto id = node ? node->text() : std::nullopt;
    if (!id) return std::nullopt;
    for (const auto& bound : scope.policies) {
        const auto& budgets = bound.policy->budgets;
        const auto found = std::ranges::find(budgets, *id, &Budget::id);
        if (found != budgets.end()) return Meter{&bound, &*found};
    }
    node->refuse(fmt::format("no policy here has a budget \"{}\"", *id));
    return std::nullopt;
}

std::optional<U256> read_spent_amount(const Node& section, const Budget& budget, Scope& scope) {
    const auto node = section.require("amount", "what was spent, such as \"30 USDC\"");
    if (!node) return std::nullopt;
    switch (budget.counts) {
        case Budget::Counts::amount:
            return read_units(*node, scope, budget.asset);
        case Budget::Counts::max_fee: {
            const auto context = scope.context();
            const auto wei = load::read_wei(*node, context);
            return wei ? std::optional{wei->value} : std::nullopt;
        }
        case Budget::Counts::effects:
        case Budget::Counts::signatures: {
            const auto count = node->number(0, std::numeric_limits<std::int64_t>::max());
            return count ? std::optional{U256{*count}} : std::nullopt;
        }
    }
    bug("a Budget::Counts that does not exist");
}

TimePoint read_age(const Node& section, TimePoint now) {
    const auto node = section.find("ago");
    if (!node) return kStillOpen;
    const auto text = node->text();
    if (!text) return now;
    if (*text == "0s") return now;
    const auto age = load::parse_duration(*text);
    if (!age) node->refuse(age.error().detail);
    return age ? now - *age : now;
}

std::optional<SpentCharge> read_spent(
    const Node& section, std::size_t position, TimePoint now, Scope& scope) {
    if (!section.check_keys({"budget", "amount", "ago", "slot"})) return std::nullopt;
    const auto meter = read_meter(section, scope);
    if (!meter) return std::nullopt;
    const auto& budget = *meter->budget;
    const auto amount = read_spent_amount(section, budget, scope);
    if (!amount) return std::nullopt;
    auto slot = fmt::format("earlier/{}", position);
    if (const auto node = section.find("slot")) slot = node->text().value_or(slot);
    const auto chain = budget.asset ? std::optional{budget.asset->chain} : budget.chain;
    return SpentCharge{
        .charge =
            {.key = meter_key(*meter->bound, budget.scope, budget.meter),
             .chain = chain,
             .amount = *amount},
        .slot = std::move(slot),
        .at = read_age(section, now)};
}

/// The ledger's clock is never behind what it has settled.
TimePoint latest_of(const std::vector<SpentCharge>& spent) {
    TimePoint latest;
    for (const auto& charge : spent)
        if (charge.at != kStillOpen) latest = std::max(latest, charge.at);
    return latest;
}

}  // namespace

void read_ledger(const Node& section, Scope& scope, FixtureCase& out) {
    out.ledger.slot = kThisSlot;
    if (const auto spent = section.find("spent")) {
        const auto items = spent->items();
        for (std::size_t i = 0; i < items.size(); ++i)
            if (auto charge = read_spent(items[i], i + 1, out.now, scope))
                out.ledger.spent.push_back(*std::move(charge));
    }
    out.ledger.high_water = latest_of(out.ledger.spent);
    const auto node = section.find("high_water");
    const auto text = node ? node->text() : std::nullopt;
    if (!text) return;
    const auto time = load::parse_time(*text);
    if (!time) return node->refuse(time.error().detail);
    if (*time < out.ledger.high_water) return node->refuse("is before a charge under spent:");
    out.ledger.high_water = *time;
}

}  // namespace chela::policy::analysis
