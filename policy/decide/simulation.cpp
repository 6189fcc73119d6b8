#include "policy/decide/judgement.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {
namespace {

using chains::simulation::Outcome;

/// Can it tell what moves?
bool is_witness(const std::optional<SimulationFacts>& simulation) {
    return simulation && !simulation->is_degraded;
}

/// Text for people moves nothing, so that there is nothing that a simulation could show.
bool is_only_text(const Judgement& of) {
    return std::ranges::all_of(of.effects, [](const EffectNode* node) {
        return std::holds_alternative<Message>(effect_of(*node));
    });
}

void refuse(Judgement& of, std::string code, std::string detail, const std::string& limit = {}) {
    auto limits = limit.empty() ? detail : fmt::format("{} ({})", detail, limit);
    of.refusals.push_back(
        {.code = std::move(code), .detail = std::move(detail), .limits = std::move(limits)});
}

void check_presence(Judgement& of) {
    const auto& rules = of.policy().simulation;
    if (!wants_simulation(rules) || !covers(rules.operations, of.facts.envelope.operation)) return;
    if (is_only_text(of)) return;
    const auto& simulation = of.facts.simulation;
    const bool is_ahead = of.facts.is_before_simulation && !simulation;
    auto truth = is_witness(simulation) ? Truth::yes : Truth::no;
    auto actual = simulation ? "degraded" : "none";
    if (truth == Truth::yes) actual = "made";
    if (is_ahead) {
        truth = Truth::unknown;
        actual = "not yet made";
    }
    of.trace.simulation.push_back(
        {.name = "require",
         .expected = "a simulation that shows what moves",
         .actual = actual,
         .truth = truth});
    if (truth != Truth::no) return;
    refuse(
        of, "E_SIMULATION_REQUIRED",
        simulation ? "the node cannot show what would move, and the policy asks for that"
                   : "the policy asks for a simulation, and there is none");
}

void check_outcome(Judgement& of) {
    const auto& simulation = *of.facts.simulation;
    if (!of.policy().simulation.must_not_revert) return;
    const bool is_success = simulation.outcome == Outcome::success;
    of.trace.simulation.push_back(
        {.name = "must_not_revert",
         .expected = std::string{to_string(Outcome::success)},
         .actual = std::string{to_string(simulation.outcome)},
         .truth = is_success ? Truth::yes : Truth::no});
    if (is_success) return;
    refuse(
        of, "E_WOULD_REVERT",
        simulation.outcome == Outcome::reverted
            ? "the simulation says that it would revert"
            : "the node could not run it: the simulation ended in an error");
}

void check_age(Judgement& of) {
    const auto& most = of.policy().simulation.max_age_blocks;
    if (!most) return;
    const auto age = of.facts.simulation->age_blocks;
    of.trace.simulation.push_back(
        {.name = "max_age_blocks",
         .expected = fmt::format("at most {}", *most),
         .actual = fmt::format("{}", age),
         .truth = age <= *most ? Truth::yes : Truth::no});
    if (age <= *most) return;
    refuse(
        of, "E_SIMULATION_STALE", "the simulation is too old; simulate again",
        fmt::format("{} blocks old, at most {}", age, *most));
}

/// What the signer loses of an asset. @return empty: it does not fit 256 bits
Bound loss_of(const Judgement& of, const std::optional<Address>& token) {
    Bound sum = U256{};
    for (const auto& change : of.facts.simulation->changes) {
        if (change.account != of.facts.self || change.token != token || change.is_increase)
            continue;
        sum = sum_of(sum, change.amount);
    }
    return sum;
}

void check_outflow(Judgement& of, const Asset& asset, const U256& most) {
    const auto loss = loss_of(of, asset.contract);
    const bool is_under = loss && *loss <= most;
    of.trace.simulation.push_back(
        {.name = "max_outflow",
         .expected = fmt::format("at most {}", text_of_amount(most, asset, of.policy())),
         .actual = text_of_amount(loss, asset, of.policy()),
         .truth = is_under ? Truth::yes : Truth::no});
    if (is_under) return;
    refuse(
        of, "E_SIMULATED_OUTFLOW",
        fmt::format(
            "the simulation takes {} from the signer, which is over the limit",
            text_of_amount(loss, asset, of.policy())),
        fmt::format("at most {}", text_of_amount(most, asset, of.policy())));
}

}  // namespace

bool wants_simulation(const SimulationRules& rules) {
    // An outflow that must be limited must be seen.
    return rules.require || !rules.max_outflow.empty() || rules.max_native_outflow.has_value();
}

void check_simulation(Judgement& of) {
    check_presence(of);
    if (!of.facts.simulation) return;
    check_outcome(of);
    check_age(of);
    if (!is_witness(of.facts.simulation)) return;
    const auto chain = of.facts.envelope.chain;
    for (const auto& [asset, most] : of.policy().simulation.max_outflow) {
        // A simulation is of one chain.
        if (asset.chain == chain) check_outflow(of, asset, most);
    }
    if (const auto& most = of.policy().simulation.max_native_outflow) {
        check_outflow(of, Asset{chain.value_or(ChainId{}), std::nullopt}, *most);
    }
}

}  // namespace chela::policy
