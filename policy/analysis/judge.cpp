#include "policy/analysis/judge.hpp"

#include "chains/simulation/digest.hpp"
#include "policy/decide/envelope_facts.hpp"
#include "policy/decide/record.hpp"
#include "policy/decode/preimage.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace chela::policy::analysis {
namespace {

/// Also of a transaction: chela signs only bytes that read back as what was judged.
Result<chains::Preimage> preimage_of(const FixtureCase& of) {
    if (!of.request) return std::unexpected{of.request.error()};
    auto preimage = chains::Preimage::of(*of.request);
    if (!preimage || !std::holds_alternative<chains::Transaction>(preimage->content())) {
        return preimage;
    }
    const auto read_back = chains::decode_unsigned(preimage->bytes());
    if (!read_back) return std::unexpected{read_back.error()};
    if (*read_back != preimage->transaction()) bug("a transaction reads back as another one");
    return preimage;
}

Outcome refused(const Error& error) {
    Outcome out;
    out.codes.push_back(error.reason.empty() ? std::string{to_string(error.code)} : error.reason);
    out.reasons.push_back(fmt::format("{}: {}", out.codes.front(), error.detail));
    return out;
}

Facts facts_of(const FixtureCase& of, const chains::Preimage& preimage, const EffectTree& tree) {
    Facts facts{
        .self = of.signer,
        .preimage_hash = Hash256{preimage.signing_hash().bytes},
        .envelope = envelope_facts(preimage.content()),
        .tree = &tree,
        .ledger = of.ledger,
        .simulation = of.simulation,
        .is_before_simulation = false,
        .approvals = {of.approvals},
        .now = of.now};
    // The simulation of a case is one of its transaction.
    if (const auto* transaction = std::get_if<chains::Transaction>(&preimage.content())) {
        facts.transaction_digest = chains::simulation::transaction_digest(*transaction, of.signer);
        if (facts.simulation) facts.simulation->transaction_digest = facts.transaction_digest;
    }
    facts.envelope.operator_max_fee = of.operator_max_fee;
    facts.envelope.node_chain = of.node_chain;
    return facts;
}

void sort_unique(std::vector<std::string>& words) {
    std::ranges::sort(words);
    const auto doubles = std::ranges::unique(words);
    words.erase(doubles.begin(), doubles.end());
}

std::string listed(const std::vector<std::string>& words) {
    return words.empty() ? "none" : fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

Outcome judge(
    const FixtureCase& of, std::span<const BoundPolicy> policies, const Contracts& contracts) {
    const auto preimage = preimage_of(of);
    if (!preimage) return refused(preimage.error());
    Outcome out;
    out.tree = decode_preimage(preimage->content(), of.signer, contracts);
    for (const auto* node : effects_of(out.tree))
        out.effects.emplace_back(to_string(kind_of(effect_of(*node))));
    const auto facts = facts_of(of, *preimage, out.tree);
    out.decision = decide(policies, facts);
    out.record = to_record(*preimage, policies, facts, *out.decision);
    out.verdict = out.decision->verdict;
    for (const auto& violation : out.decision->violations) {
        out.codes.push_back(violation.code);
        out.reasons.push_back(fmt::format("{}: {}", violation.code, violation.limits));
    }
    sort_unique(out.codes);
    return out;
}

std::vector<std::string> differences(const Expectation& expected, const Outcome& actual) {
    std::vector<std::string> out;
    const auto compare = [&](std::string_view what, const std::string& wanted,
                             const std::string& got) {
        if (wanted != got) out.push_back(fmt::format("{}: expected {}, got {}", what, wanted, got));
    };
    compare(
        "verdict", std::string{to_string(expected.verdict)},
        std::string{to_string(actual.verdict)});
    compare("codes", listed(expected.codes), listed(actual.codes));
    if (expected.effects) compare("effects", listed(*expected.effects), listed(actual.effects));
    if (!out.empty())
        for (const auto& reason : actual.reasons)
            out.push_back(reason);
    return out;
}

}  // namespace chela::policy::analysis
