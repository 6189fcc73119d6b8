#include "chains/base/hex.hpp"
#include "policy/decide/judgement.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {
namespace {

bool says_an_age(const BoundPolicy& bound) {
    return bound.policy->simulation.max_age_blocks.has_value();
}

std::string text_of(const std::optional<Hash256>& digest) {
    return digest ? to_hex(*digest) : "none";
}

void check_transaction(
    const SimulationFacts& simulation,
    const std::optional<Hash256>& transaction_digest,
    std::vector<CheckTrace>& trace,
    std::vector<Violation>& refusals) {
    const auto& simulated = simulation.transaction_digest;
    const bool is_same = simulated == transaction_digest;
    trace.push_back(
        {.name = "simulation_of",
         .expected = text_of(transaction_digest),
         .actual = text_of(simulated),
         .truth = is_same ? Truth::yes : Truth::no});
    if (is_same) return;
    const std::string text =
        "the simulation is of another transaction than the one to be signed; simulate this one";
    refusals.push_back({.code = "E_SIMULATION_OTHER", .detail = text, .limits = text});
}

void check_default_age(
    const SimulationFacts& simulation,
    std::vector<CheckTrace>& trace,
    std::vector<Violation>& refusals) {
    const auto age = simulation.age_blocks;
    const bool is_fresh = age <= kMaxSimulationAge;
    trace.push_back(
        {.name = "simulation_age",
         .expected = fmt::format("at most {}", kMaxSimulationAge),
         .actual = fmt::format("{}", age),
         .truth = is_fresh ? Truth::yes : Truth::no});
    if (is_fresh) return;
    refusals.push_back(
        {.code = "E_SIMULATION_STALE",
         .detail = "the simulation is too old; simulate again",
         .limits = fmt::format(
             "the simulation is too old; simulate again ({} blocks old, at most {})", age,
             kMaxSimulationAge)});
}

}  // namespace

std::uint64_t max_simulation_age(std::span<const BoundPolicy> policies) {
    std::optional<std::uint64_t> most;
    for (const auto& bound : policies) {
        const auto& age = bound.policy->simulation.max_age_blocks;
        if (age) most = std::min(most.value_or(*age), *age);
    }
    return most.value_or(kMaxSimulationAge);
}

void check_binding(
    std::span<const BoundPolicy> policies,
    const Facts& facts,
    std::vector<CheckTrace>& trace,
    std::vector<Violation>& refusals) {
    const auto& simulation = facts.simulation;
    if (!simulation) return;
    // Decisions that were recorded before simulations were bound are replayed as they were made.
    if (!facts.transaction_digest && !simulation->transaction_digest) return;
    check_transaction(*simulation, facts.transaction_digest, trace, refusals);
    if (std::ranges::none_of(policies, says_an_age))
        check_default_age(*simulation, trace, refusals);
}

}  // namespace chela::policy
