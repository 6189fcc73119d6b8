#include "tests/redteam/mutate/harness.hpp"

#include "policy/decide/envelope_facts.hpp"
#include "policy/decide/judgement.hpp"
#include "policy/decide/record.hpp"
#include "policy/decode/preimage.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace chela::redteam {
namespace {

using policy::EffectNode;
using policy::Verdict;
using policy::analysis::Fixture;
using policy::analysis::FixtureCase;
using policy::analysis::Outcome;

enum class Fate : std::uint8_t { killed, equal, less, survived };

/// Simulations that a mutant may meet: the original's, none, and one in which nobody loses
/// anything, which is the most permissive that there can be.
std::vector<std::optional<policy::SimulationFacts>> simulations(const FixtureCase& of) {
    policy::SimulationFacts clean{
        .id = "clean", .outcome = chains::simulation::Outcome::success, .changes = {}};
    return {clean, std::nullopt, of.simulation};
}

/// As judge(), without a record, which takes most of the time: thousands are refused.
bool is_allowed(const FixtureCase& asked, const Fixture& fixture) {
    const auto preimage = chains::Preimage::of(asked.request.value());
    if (!preimage) return false;
    const auto& content = preimage->content();
    if (std::holds_alternative<chains::Transaction>(content) &&
        !chains::decode_unsigned(preimage->bytes())) {
        return false;
    }
    const auto tree = policy::decode_preimage(content, asked.signer, fixture.contracts);
    policy::Facts facts{
        .self = asked.signer,
        .preimage_hash = Hash256{preimage->signing_hash().bytes},
        .envelope = policy::envelope_facts(content),
        .tree = &tree,
        .ledger = asked.ledger,
        .simulation = asked.simulation,
        .is_before_simulation = false,
        .approvals = {asked.approvals},
        .now = asked.now};
    facts.envelope.operator_max_fee = asked.operator_max_fee;
    facts.envelope.node_chain = asked.node_chain;
    return policy::decide(fixture.policies, facts).verdict == Verdict::allow;
}

/// The first outcome that is allowed. @return empty: there is none
std::optional<Outcome> most_permissive(const Subject& subject, const Mutant& mutant) {
    if (!mutant.content) return std::nullopt;
    FixtureCase asked = *subject.of;
    asked.request = mutant.content;
    for (const auto& simulation : simulations(*subject.of)) {
        asked.simulation = simulation;
        if (!is_allowed(asked, *subject.fixture)) continue;
        auto out =
            policy::analysis::judge(asked, subject.fixture->policies, subject.fixture->contracts);
        if (out.verdict != Verdict::allow) bug("the harness decides otherwise than the runner");
        return out;
    }
    return std::nullopt;
}

/// A call without calldata and coins, to somebody whom a permit names.
bool moves_nothing(const policy::Effect& effect) {
    const auto* transfer = std::get_if<policy::Transfer>(&effect);
    return transfer != nullptr && !transfer->asset.contract && transfer->amount == U256{};
}

/// Coins that reach the signer from somebody who has no part in it. It does not ask what decide()
/// thinks of it: a mutant that is allowed for a wrong reason must survive here.
bool is_gift(
    const EffectNode& node, const Address& self, std::span<const EffectNode* const> effects) {
    const auto* transfer = std::get_if<policy::Transfer>(&policy::effect_of(node));
    if (transfer == nullptr || transfer->to != self || transfer->from == self) return false;
    return std::ranges::none_of(effects, [&](const EffectNode* other) {
        return other->actor == transfer->from || other->target == transfer->from;
    });
}

/// What may differ from the original in nothing. Anybody may have revokes and gifts (design,
/// "Semantics" 2).
std::vector<const EffectNode*> claimed_effects(
    const policy::EffectTree& tree, const Address& self) {
    const auto effects = policy::effects_of(tree);
    std::vector<const EffectNode*> out;
    for (const auto* node : effects) {
        const auto& effect = policy::effect_of(*node);
        const bool is_free = std::holds_alternative<policy::Revoke>(effect) ||
                             is_gift(*node, self, effects) || moves_nothing(effect);
        if (!is_free) out.push_back(node);
    }
    return out;
}

/// Wrappers and byte ranges are not looked at; who acts is.
bool is_same(const EffectNode& a, const EffectNode& b) {
    return a.actor == b.actor && policy::effect_of(a) == policy::effect_of(b);
}

/// At most what the original costs; typed data costs nothing.
bool is_as_cheap(const Content& content, const Content& than) {
    const auto fee = policy::envelope_facts(content).max_fee;
    const auto most = policy::envelope_facts(than).max_fee;
    return !fee || fee->value.is_zero() || (most && *fee <= *most);
}

Fate compare(const Subject& subject, const Mutant& mutant, const Outcome& outcome) {
    const auto& self = subject.of->signer;
    auto original = claimed_effects(subject.original->tree, self);
    const auto now = claimed_effects(outcome.tree, self);
    if (!is_as_cheap(mutant.content.value(), *subject.content)) return Fate::survived;
    for (const auto* node : now) {
        const auto same = std::ranges::find_if(
            original, [node](const EffectNode* other) { return is_same(*node, *other); });
        if (same == original.end()) return Fate::survived;
        original.erase(same);
    }
    return original.empty() ? Fate::equal : Fate::less;
}

std::string text_of_survivor(
    const Subject& subject, const Operator& by, const Mutant& mutant, const Outcome& outcome) {
    return fmt::format(
        "{} ({})\n  {}: {}\n  it does:\n{}  instead of:\n{}", subject.of->name, subject.of->where,
        by.name, mutant.what, policy::to_text(outcome.tree),
        policy::to_text(subject.original->tree));
}

void count(Tally& tally, Fate fate) {
    ++tally.mutants;
    switch (fate) {
        case Fate::killed:
            ++tally.killed;
            return;
        case Fate::equal:
            ++tally.equal;
            return;
        case Fate::less:
            ++tally.less;
            return;
        case Fate::survived:
            ++tally.survivors;
            return;
    }
    bug("a fate that does not exist");
}

void attack(const Subject& subject, std::span<const Operator> operators, Report& report) {
    ++report.subjects;
    for (std::size_t i = 0; i < operators.size(); ++i) {
        for (const auto& mutant : operators[i].apply(subject)) {
            const auto outcome = most_permissive(subject, mutant);
            const auto fate = outcome ? compare(subject, mutant, *outcome) : Fate::killed;
            count(report.tallies[i], fate);
            if (fate == Fate::survived) {
                report.survivors.push_back(
                    text_of_survivor(subject, operators[i], mutant, *outcome));
            }
        }
    }
}

std::string line_of(const Tally& tally) {
    return fmt::format(
        "{:34} {:8} {:8} {:8} {:8} {:10}\n", tally.name, tally.mutants, tally.killed, tally.equal,
        tally.less, tally.survivors);
}

}  // namespace

Tally Report::total() const {
    Tally out{.name = "all"};
    for (const auto& tally : tallies) {
        out.mutants += tally.mutants;
        out.killed += tally.killed;
        out.equal += tally.equal;
        out.less += tally.less;
        out.survivors += tally.survivors;
    }
    return out;
}

Report attack(std::span<const Folder> folders, std::span<const Operator> operators) {
    Report report;
    for (const auto& each : operators)
        report.tallies.push_back({.name = each.name});
    for (const auto& folder : folders) {
        const auto& fixture = folder.fixture;
        for (const auto& each : fixture.cases) {
            if (each.expect.verdict != Verdict::allow || !each.request) continue;
            const auto original =
                policy::analysis::judge(each, fixture.policies, fixture.contracts);
            if (original.verdict != Verdict::allow) continue;
            attack({&each, &fixture, &each.request.value(), &original}, operators, report);
        }
    }
    return report;
}

std::vector<Operator> all_operators() {
    const std::array families{
        wrapping_operators(),   encoding_operators(), party_operators(),
        amount_operators(),     disguise_operators(), envelope_operators(),
        typed_data_operators(), message_operators(),  user_operation_operators()};
    std::vector<Operator> out;
    for (const auto& family : families)
        out.insert(out.end(), family.begin(), family.end());
    return out;
}

std::string to_text(const Report& report) {
    auto out = fmt::format(
        "{:34} {:>8} {:>8} {:>8} {:>8} {:>10}\n", "operator", "mutants", "killed", "equal", "less",
        "survivors");
    for (const auto& tally : report.tallies)
        out += line_of(tally);
    const auto total = report.total();
    out += line_of(total);
    const auto harmful = total.killed + total.survivors;
    out += fmt::format(
        "{} allowed cases; kill rate {:.2f} % ({} of {} mutants that do something else)\n",
        report.subjects,
        harmful == 0 ? 0.0
                     : 100.0 * static_cast<double>(total.killed) / static_cast<double>(harmful),
        total.killed, harmful);
    for (const auto& survivor : report.survivors)
        out += "\nSURVIVOR " + survivor;
    return out;
}

}  // namespace chela::redteam
