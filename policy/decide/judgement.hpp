#pragma once

#include "policy/decide/comparison.hpp"
#include "policy/decide/decide.hpp"

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace chela::policy {

/// One signature under one policy: what is read, and where findings go.
struct Judgement {
    const BoundPolicy& bound;
    const Facts& facts;
    std::span<const EffectNode* const> effects;
    PolicyTrace& trace;
    std::vector<Violation>& refusals;
    std::vector<Violation>& review_reasons;

    [[nodiscard]] const Policy& policy() const { return *bound.policy; }
};

/// What no rule can lift: chain id 0, a chain that is not the node's, authority on every chain, a
/// tree without an effect.
void check_structure(
    const Facts& facts,
    std::span<const EffectNode* const> effects,
    std::vector<CheckTrace>& trace,
    std::vector<Violation>& refusals);

/// The document's time, operations, chains, transaction types and fee caps.
void check_document(Judgement& of);
void check_fees(Judgement& of);

/// Every rule against every effect that it speaks of, into the trace; refusals of the forbids and
/// reasons for review.
void apply_rules(Judgement& of);

/// May it stand without a permit? Revokes, and what comes in from somebody that the signature does
/// not act for.
[[nodiscard]] bool needs_claim(
    const EffectNode& node, const Address& self, std::span<const EffectNode* const> effects);
/// Which permits claim which effect; a refusal for each that none does and no forbid has refused.
void check_coverage(Judgement& of);

/// What each part of one signature puts on each meter. A part is an effect, or the envelope.
using Parts = std::map<std::pair<MeterKey, std::size_t>, Bound>;
inline constexpr std::size_t kEnvelopePart = ~std::size_t{0};
/// What the permits that claim effects and the envelope charge; permits that match one effect and
/// charge one meter add up.
[[nodiscard]] Parts charged_parts(Judgement& of);
/// What the signature puts on each meter, as all policies together see it; empty: no bound.
using Totals = std::map<MeterKey, Bound>;
/// @return empty: one has no bound, or the sum does not fit 256 bits
[[nodiscard]] Bound sum_of(const Bound& left, const Bound& right);
/// Of each part the most that any policy charges: an effect counts once on a meter, and in full.
[[nodiscard]] Totals totals_of(std::span<const Parts> policies);
/// Refuses a charged meter on which two policies count different things.
void check_meters(
    std::span<const BoundPolicy> policies, const Totals& totals, std::vector<Violation>& refusals);
/// What a charged meter counts; all policies agree on it, or check_meters() has refused.
[[nodiscard]] Budget::Counts counts_of(std::span<const BoundPolicy> policies, const MeterKey& key);
/// What the signature takes on a meter for its slot: no less than what it took before.
[[nodiscard]] Bound charge_of_slot(
    const MeterKey& key, const Bound& total, const LedgerSnapshot& ledger);
/// Every budget of the policy whose meter is charged.
void check_budgets(Judgement& of, const Totals& totals);

/// What the document wants a simulation to have shown.
void check_simulation(Judgement& of);
/// A simulation must be of the very transaction that would be signed, and where no policy says how
/// old it may be, it must not be older than kMaxSimulationAge.
void check_binding(
    std::span<const BoundPolicy> policies,
    const Facts& facts,
    std::vector<CheckTrace>& trace,
    std::vector<Violation>& refusals);
/// What an account loses in a simulation must be declared by the effects.
void check_witness(
    const Facts& facts,
    std::span<const EffectNode* const> effects,
    std::vector<CheckTrace>& trace,
    std::vector<Violation>& refusals);

/// The most people and the shortest time that either asks for; a refusal when two different groups
/// are asked, since an approval speaks for one.
void merge_quorum(
    std::optional<Quorum>& into, const Quorum& other, std::vector<Violation>& refusals);
/// Have as many people agreed as the quorum asks for? A quorum of nobody asks for one.
[[nodiscard]] bool is_satisfied(const Quorum& quorum, const ApprovalFacts& approvals);

}  // namespace chela::policy
