#include "policy/rules/load/sections.hpp"

#include <fmt/format.h>

namespace chela::policy::load {
namespace {

/// The clause that holds for every effect which the rule matches; nullptr: there is none.
const Clause* clause_of(const Rule& rule, Field field) {
    for (const auto& clause : rule.condition.clauses) {
        const bool is_listed =
            clause.comparison == Comparison::equal || clause.comparison == Comparison::in;
        if (clause.field == field && is_listed) return &clause;
    }
    return nullptr;
}

template <class T>
std::optional<T> only_one(const Rule& rule, Field field) {
    const auto* clause = clause_of(rule, field);
    const auto* values =
        clause == nullptr ? nullptr : std::get_if<std::vector<T>>(&clause->operand);
    if (values == nullptr || values->size() != 1) return std::nullopt;
    return values->front();
}

/// Native currency one way, the token the other.
Result<Asset> taken_by_wrap(const Rule& rule) {
    const auto asset = only_one<Asset>(rule, Field::asset);
    const auto direction = only_one<std::string>(rule, Field::direction);
    if (asset && direction) {
        return *direction == "wrap" ? Asset{asset->chain, std::nullopt} : *asset;
    }
    return fail(
        ErrorCode::invalid_input,
        "takes native currency one way and a token the other; add asset: with the token (such as "
        "weth@8453) and direction: wrap or unwrap to its where");
}

/// What an effect of this kind takes when the rule matches it, or why that is not known.
Result<Asset> taken_by(const Rule& rule, EffectKind effect) {
    const auto refuse = [](std::string_view what) {
        return fail(ErrorCode::invalid_input, std::string{what});
    };
    switch (effect) {
        case EffectKind::transfer:
        case EffectKind::grant:
            if (const auto asset = only_one<Asset>(rule, Field::asset)) return *asset;
            return refuse(
                "would count amounts of every asset that the rule matches; add asset: with one "
                "asset to its where");
        case EffectKind::swap:
            if (const auto asset = only_one<Asset>(rule, Field::asset_in)) return *asset;
            return refuse(
                "would count amounts of every asset that the rule swaps; add asset_in: with one "
                "asset to its where");
        case EffectKind::wrap:
            return taken_by_wrap(rule);
        case EffectKind::deploy:
            if (const auto chain = only_one<ChainId>(rule, Field::chain)) {
                return Asset{*chain, std::nullopt};
            }
            return refuse("takes the chain's native currency; add chain: to its where");
        case EffectKind::revoke:
        case EffectKind::delegate_7702:
        case EffectKind::delegatecall:
        case EffectKind::authority:
        case EffectKind::userop:
        case EffectKind::call:
        case EffectKind::message:
        case EffectKind::opaque:
            return refuse(fmt::format("a {} takes no amount; leave charge out", to_string(effect)));
    }
    bug("an EffectKind that does not exist");
}

void check_charge(
    const Node& node, const Context& context, const Rule& rule, const Budget& budget) {
    if (budget.counts == Budget::Counts::effects) return;
    for (const auto effect : rule.effects) {
        const auto taken = taken_by(rule, effect);
        if (!taken) return node.refuse(taken.error().detail);
        if (*taken == budget.asset) continue;
        const auto* asset = context.policy.find_asset(*taken);
        return node.refuse(fmt::format(
            "{} counts {}, and the rule takes {}; charge a budget of that asset", budget.id,
            context.policy.find_asset(*budget.asset)->name,
            asset == nullptr ? "another asset" : asset->name));
    }
}

}  // namespace

std::vector<std::string> read_charge(const Node& node, const Context& context, const Rule& rule) {
    std::vector<std::string> meters;
    for (const auto& item : node.one_or_more()) {
        const auto id = item.text();
        if (!id) continue;
        const auto* budget = context.find_budget(*id);
        if (budget == nullptr) {
            refuse_budget(item, *id, context);
        } else if (!budget->counts_claims()) {
            item.refuse(fmt::format(
                "{} counts fees or signatures, which the envelope charges; write a budget of "
                "amounts or effects",
                *id));
        } else if (!item.problems().any()) {
            check_charge(item, context, rule, *budget);
            meters.push_back(*id);
        }
    }
    return meters;
}

}  // namespace chela::policy::load
