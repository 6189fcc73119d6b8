#include "policy/decide/judgement.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {
namespace {

/// What an effect takes: of one asset, or nothing that could be counted.
struct Taken {
    enum class Kind : std::uint8_t { nothing, amount, uncountable };
    Kind kind{Kind::nothing};
    Amount amount{};
};

Taken taken(const Bound& amount, const Asset& asset) {
    return {Taken::Kind::amount, {amount, asset, std::nullopt}};
}

// Source: Budget::Counts::amount.
struct TakenBy {
    Taken operator()(const Transfer& effect) const { return taken(effect.amount, effect.asset); }
    Taken operator()(const Grant& effect) const { return taken(effect.amount, effect.asset); }
    Taken operator()(const Revoke& /*effect*/) const { return {}; }
    Taken operator()(const Swap& effect) const { return taken(effect.max_in, effect.asset_in); }
    // Both forms have one unit, so that a budget of either counts it.
    Taken operator()(const Wrap& effect) const {
        const Asset native{effect.token.chain, std::nullopt};
        const bool is_wrap = effect.direction == Wrap::Direction::wrap;
        return {
            Taken::Kind::amount,
            {effect.amount, is_wrap ? native : effect.token, is_wrap ? effect.token : native}};
    }
    Taken operator()(const Deploy& effect) const {
        return taken(effect.value.value, Asset{effect.chain, std::nullopt});
    }
    // Its prefund is a fee: the envelope charges it.
    Taken operator()(const UserOp& /*effect*/) const { return {}; }
    Taken operator()(const Delegate7702& /*effect*/) const { return uncountable(); }
    Taken operator()(const Delegatecall& /*effect*/) const { return uncountable(); }
    Taken operator()(const Authority& /*effect*/) const { return uncountable(); }
    Taken operator()(const Call& /*effect*/) const { return uncountable(); }
    Taken operator()(const Message& /*effect*/) const { return uncountable(); }
    Taken operator()(const Opaque& /*effect*/) const { return uncountable(); }

    static Taken uncountable() { return {.kind = Taken::Kind::uncountable}; }
};

void charge(Parts& parts, const MeterKey& key, std::size_t part, const Bound& amount) {
    const auto [at, is_new] = parts.try_emplace({key, part}, amount);
    if (!is_new) at->second = sum_of(at->second, amount);
}

void refuse_charge(Judgement& of, std::string_view meter, std::string_view why) {
    const auto text = fmt::format("the budget {} cannot count this: {}", meter, why);
    of.refusals.push_back({.code = "E_BUDGET_ASSET", .detail = text, .limits = text});
}

/// @return nullptr, with a refusal: the document has no such budget
const Budget* find_meter(Judgement& of, std::string_view meter) {
    const auto* budget = of.policy().find_meter(meter);
    if (budget == nullptr) refuse_charge(of, meter, "the policy does not define it");
    return budget;
}

void charge_effect(Judgement& of, Parts& parts, std::string_view meter, std::size_t at) {
    const auto* budget = find_meter(of, meter);
    if (budget == nullptr) return;
    if (!budget->counts_claims()) {
        return refuse_charge(of, meter, "it counts what the envelope charges");
    }
    const auto key = meter_key(of.bound, budget->scope, budget->meter);
    if (budget->counts == Budget::Counts::effects) return charge(parts, key, at, U256{1});
    const auto& effect = effect_of(*of.effects[at]);
    const auto [kind, amount] = std::visit(TakenBy{}, effect);
    switch (kind) {
        case Taken::Kind::nothing:
            return;
        case Taken::Kind::uncountable:
            // Guardrails count native currency, which is an effect of its own beside a call.
            if (of.policy().is_compiled) return;
            return refuse_charge(
                of, meter, fmt::format("a {} takes no amount", to_string(kind_of(effect))));
        case Taken::Kind::amount:
            break;
    }
    if (!budget->asset) {
        if (!amount.asset.contract) charge(parts, key, at, amount.amount);
        return;
    }
    if (*budget->asset != amount.asset && budget->asset != amount.same) {
        return refuse_charge(of, meter, "it is of another asset");
    }
    charge(parts, key, at, amount.amount);
}

void charge_envelope(Judgement& of, Parts& parts, std::string_view meter) {
    const auto* budget = find_meter(of, meter);
    if (budget == nullptr) return;
    const auto key = meter_key(of.bound, budget->scope, budget->meter);
    const auto operation = of.facts.envelope.operation;
    const bool has_fee =
        operation == Operation::transaction || operation == Operation::user_operation;
    switch (budget->counts) {
        case Budget::Counts::amount:
        case Budget::Counts::effects:
            return refuse_charge(of, meter, "it counts what permits claim");
        case Budget::Counts::max_fee: {
            const auto& fee = of.facts.envelope.max_fee;
            if (has_fee) charge(parts, key, kEnvelopePart, fee ? Bound{fee->value} : std::nullopt);
            return;
        }
        case Budget::Counts::signatures:
            return charge(parts, key, kEnvelopePart, U256{1});
    }
    bug("a kind of counting that does not exist");
}

}  // namespace

Parts charged_parts(Judgement& of) {
    Parts parts;
    for (const auto& match : of.trace.rules) {
        if (!match.matched || match.rule->kind != Rule::Kind::permit) continue;
        if (!needs_claim(*of.effects[match.effect], of.facts.self, of.effects)) continue;
        for (const auto& meter : match.rule->charge)
            charge_effect(of, parts, meter, match.effect);
    }
    for (const auto& meter : of.policy().envelope.charge)
        charge_envelope(of, parts, meter);
    return parts;
}

}  // namespace chela::policy
