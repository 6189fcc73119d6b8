#include "policy/decide/asset_names.hpp"
#include "policy/decide/judgement.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {
namespace {

bool acts_for(const Address& account, std::span<const EffectNode* const> effects) {
    return std::ranges::any_of(
        effects, [&](const EffectNode* node) { return node->actor == account; });
}

/// A document never claims what was not understood, whatever its rules say.
bool may_be_claimed(const Judgement& of, const EffectNode& node) {
    return of.policy().is_compiled || !std::holds_alternative<Opaque>(effect_of(node));
}

std::string_view code_of(Opaque::Reason reason) {
    switch (reason) {
        case Opaque::Reason::unknown_selector:
            return "E_OPAQUE_CALL";
        case Opaque::Reason::non_canonical:
            return "E_NON_CANONICAL";
        case Opaque::Reason::limit:
            return "E_LIMIT";
        case Opaque::Reason::unknown_typed_data:
            return "E_UNKNOWN_TYPED_DATA";
        case Opaque::Reason::undecoded_order:
            return "E_UNDECODED_ORDER";
        case Opaque::Reason::untrusted_contract:
            return "E_UNTRUSTED_CONTRACT";
        case Opaque::Reason::digest_like_message:
            return "E_DIGEST_LIKE_MESSAGE";
        case Opaque::Reason::unsupported:
            return "E_UNSUPPORTED";
    }
    bug("an opaque reason that does not exist");
}

std::string_view code_of(const Effect& effect) {
    const auto* opaque = std::get_if<Opaque>(&effect);
    return opaque == nullptr ? "E_UNCLAIMED_EFFECT" : code_of(opaque->reason);
}

/// Which clauses kept each permit of this kind from claiming the effect.
std::string near_misses(const Judgement& of, std::size_t effect) {
    std::string out;
    for (const auto& match : of.trace.rules) {
        if (match.effect != effect || match.rule->kind != Rule::Kind::permit) continue;
        out += fmt::format("; {} does not:", match.rule->id);
        for (const auto& clause : match.clauses) {
            if (clause.truth == Truth::yes) continue;
            const auto value =
                field_value(*of.effects[effect], clause.clause->field, clause.clause->argument);
            out += fmt::format(
                " [{}: {}, {}]", clause.clause->expected, to_string(clause.truth),
                text_of(value, of.policy()));
        }
    }
    return out;
}

void refuse(Judgement& of, std::size_t at) {
    const auto& effect = effect_of(*of.effects[at]);
    const bool is_opaque = std::holds_alternative<Opaque>(effect);
    auto detail = is_opaque
                      ? fmt::format("{}; what is not understood is not signed", describe(effect))
                      : fmt::format(
                            "no rule of the policy {} permits this: {}", of.policy().id,
                            describe(effect, asset_names(of.policy())));
    auto limits = detail + near_misses(of, at);
    of.refusals.push_back(
        {.code = std::string{code_of(effect)},
         .detail = std::move(detail),
         .limits = std::move(limits)});
}

bool has_permit(const Policy& policy) {
    return std::ranges::any_of(
        policy.rules, [](const Rule& rule) { return rule.kind == Rule::Kind::permit; });
}

}  // namespace

bool needs_claim(
    const EffectNode& node, const Address& self, std::span<const EffectNode* const> effects) {
    const auto& effect = effect_of(node);
    if (std::holds_alternative<Revoke>(effect)) return false;
    const auto* transfer = std::get_if<Transfer>(&effect);
    if (transfer == nullptr) return true;
    // What an account loses through which the signer acts is not income, even when he gets it.
    const bool is_income =
        transfer->to == self && transfer->from != self && !acts_for(transfer->from, effects);
    return !is_income;
}

void check_coverage(Judgement& of) {
    std::vector<bool> is_refused(of.effects.size());
    of.trace.coverage.resize(of.effects.size());
    for (const auto& match : of.trace.rules) {
        if (!match.matched) continue;
        if (match.rule->kind == Rule::Kind::forbid) is_refused[match.effect] = true;
        if (match.rule->kind == Rule::Kind::permit &&
            may_be_claimed(of, *of.effects[match.effect])) {
            of.trace.coverage[match.effect].emplace_back(match.rule->id);
        }
    }
    for (std::size_t at = 0; at < of.effects.size(); ++at) {
        const bool is_claimed = !of.trace.coverage[at].empty();
        if (is_claimed || is_refused[at] ||
            !needs_claim(*of.effects[at], of.facts.self, of.effects))
            continue;
        refuse(of, at);
    }
    if (has_permit(of.policy())) return;
    const auto text = fmt::format("the policy {} permits nothing", of.policy().id);
    of.refusals.push_back({.code = "E_NO_PERMIT", .detail = text, .limits = text});
}

}  // namespace chela::policy
