#include "policy/rules/compiled_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {
namespace {

using enum EffectKind;
using Effects = std::vector<EffectKind>;
using Patterns = std::vector<AddressPattern>;
using Set = std::shared_ptr<const AddressSet>;
using Sets = std::vector<Set>;

constexpr auto kRecipient =
    "{{{}}} is not in the agent's recipient allowlist; an operator can add it with `chela agent "
    "update`";
constexpr auto kToken =
    "the token {{{}}} is not in the agent's token allowlist; an operator can add it with `chela "
    "agent update`";
constexpr auto kOpaque =
    "the calldata for {target} calls a function that is not understood; an operator can allow "
    "calls of a contract that is no token by naming it in the recipient allowlist";
constexpr auto kElsewhere = "guardrails cannot allow this; a policy document can";

/// The chains on which the same lists hold, and the lists of each level that has one.
struct Ground {
    std::string suffix;          ///< of rule ids: "" or "/8453"
    std::vector<Clause> chains;  ///< empty: every chain
    Sets recipients;
    Sets tokens;
};

std::string hint_of(fmt::format_string<std::string_view> hint, Field field) {
    return fmt::format(hint, to_string(field));
}

Clause not_in(Field field, const Set& set) {
    return compiled_clause(field, Comparison::not_in, set);
}
Clause in(Field field, const Set& set) {
    return compiled_clause(field, Comparison::in, set);
}
Clause is_self(Field field, Comparison comparison) {
    return compiled_clause(field, comparison, Patterns{Self{}});
}

/// Writes the forbids of one ground.
class Forbids {
public:
    Forbids(Policy& policy, const Ground& ground) : policy_{policy}, ground_{ground} {}

    void add(
        std::string_view id,
        Effects effects,
        Condition condition,
        std::string_view code,
        std::string hint) {
        Rule rule;
        rule.id = fmt::format("{}{}", id, ground_.suffix);
        rule.effects = std::move(effects);
        rule.condition = std::move(condition);
        for (const auto& chain : ground_.chains)
            rule.condition.clauses.push_back(chain);
        rule.code = code;
        rule.hint = std::move(hint);
        rule.where = kCompiledFrom;
        policy_.rules.push_back(std::move(rule));
    }

    void recipients();
    void targets();
    void tokens();
    void grants();
    void calls();

private:
    /// Not in the list of one of the levels that have one.
    void outside_of(
        std::string_view id, const Effects& effects, Field field, std::vector<Clause> also = {});

    Policy& policy_;
    const Ground& ground_;
};

std::vector<Condition> each_alone(const std::vector<Clause>& clauses) {
    std::vector<Condition> alternatives;
    for (const auto& clause : clauses)
        alternatives.push_back({{clause}, {}});
    return alternatives;
}

std::vector<Clause> not_in_each(Field field, const Sets& sets) {
    std::vector<Clause> clauses;
    for (const auto& set : sets)
        clauses.push_back(not_in(field, set));
    return clauses;
}

void Forbids::outside_of(
    std::string_view id, const Effects& effects, Field field, std::vector<Clause> also) {
    if (ground_.recipients.empty()) return;
    Condition condition{std::move(also), {}};
    condition.any.push_back(each_alone(not_in_each(field, ground_.recipients)));
    add(id, effects, std::move(condition), "E_TO_NOT_ALLOWED", hint_of(kRecipient, field));
}

void Forbids::recipients() {
    outside_of("10-transfer-to", {transfer}, Field::to);
    // approve(spender, 0) of an NFT contract grants token 0, so its spender is judged as a
    // recipient.
    outside_of("10-grant-to", {grant, revoke}, Field::spender);
    outside_of(
        "10-swap-to", {swap}, Field::recipient, {is_self(Field::recipient, Comparison::not_equal)});
}

/// The contract that is called: a recipient, or a token that the token lists name.
void Forbids::targets() {
    std::vector<Clause> no_token = not_in_each(Field::target, ground_.tokens);
    if (!ground_.recipients.empty()) {
        Condition condition;
        condition.any.push_back(each_alone(not_in_each(Field::target, ground_.recipients)));
        if (!no_token.empty()) condition.any.push_back(each_alone(no_token));
        add("11-target", {transfer, grant, revoke, EffectKind::wrap}, std::move(condition),
            "E_TO_NOT_ALLOWED", hint_of(kRecipient, Field::target));
    }
    outside_of("11-contract", {swap, opaque, EffectKind::call}, Field::target);
    // A router, or a contract whose functions only a document knows, must be named.
    if (ground_.recipients.empty()) {
        add("11-contract", {swap, EffectKind::call}, {}, "E_TO_NOT_ALLOWED",
            hint_of(kRecipient, Field::target));
    }
}

void Forbids::tokens() {
    // Without a list of tokens, a token contract must be a recipient.
    const auto& lists = ground_.tokens.empty() ? ground_.recipients : ground_.tokens;
    if (!lists.empty()) {
        Condition condition{{compiled_clause(Field::token, Comparison::is_something)}, {}};
        condition.any.push_back(each_alone(not_in_each(Field::token, lists)));
        add("20-token", {transfer, revoke, EffectKind::wrap}, std::move(condition),
            "E_TOKEN_NOT_ALLOWED", hint_of(kToken, Field::token));
    }
    if (ground_.tokens.empty()) return;
    Condition condition{{compiled_clause(Field::token_in, Comparison::is_something)}, {}};
    condition.any.push_back(each_alone(not_in_each(Field::token_in, ground_.tokens)));
    add("20-swap-token", {swap}, std::move(condition), "E_TOKEN_NOT_ALLOWED",
        hint_of(kToken, Field::token_in));
}

/// A grant outlives its transaction, so that "any recipient" and "any token" do not cover it.
void Forbids::grants() {
    if (ground_.recipients.empty()) {
        add("30-grant-to", {grant}, {}, "E_TO_NOT_ALLOWED", hint_of(kRecipient, Field::spender));
    }
    Condition condition;
    if (!ground_.tokens.empty()) {
        condition.any.push_back(each_alone(not_in_each(Field::token, ground_.tokens)));
    }
    add("30-grant-token", {grant}, std::move(condition), "E_TOKEN_NOT_ALLOWED",
        hint_of(kToken, Field::token));
}

void Forbids::calls() {
    std::vector<Clause> outside = not_in_each(Field::target, ground_.recipients);
    for (const auto& set : ground_.tokens)
        outside.push_back(in(Field::target, set));
    // A signer that delegated its code (EIP-7702) could be told to do anything by a call of itself.
    outside.push_back(is_self(Field::target, Comparison::equal));
    Condition condition{
        {compiled_clause(
            Field::kind, Comparison::in,
            std::vector<std::string>{"unknown_selector", "untrusted_contract"})},
        {}};
    Condition call;
    if (!ground_.recipients.empty()) {
        condition.any.push_back(each_alone(outside));
        call.any.push_back(each_alone(outside));
    }
    add("40-opaque", {opaque}, std::move(condition), "E_OPAQUE_CALL", kOpaque);
    add("40-call", {EffectKind::call}, std::move(call), "E_CALL_NOT_ALLOWED",
        "guardrails let calls of {target} through only where the recipient allowlist names it and "
        "it is neither a token nor the signer");
}

/// What no list lifts, on any chain.
void add_unconditional(Forbids& forbids) {
    forbids.add(
        "31-grant-unbounded", {grant},
        {{compiled_clause(Field::amount, Comparison::is_unbounded)}, {}}, "E_GRANT_UNBOUNDED",
        "an unlimited grant to {spender} is never signed; grant the amount that is needed");
    forbids.add(
        "41-non-canonical", {opaque},
        {{compiled_clause(
             Field::kind, Comparison::equal, std::vector<std::string>{"non_canonical"})},
         {}},
        "E_NON_CANONICAL",
        "the calldata for {target} is not the canonical ABI encoding of its arguments; encode it "
        "with a standard ABI encoder, without trailing data");
    forbids.add(
        "50-deploy", {deploy}, {}, "E_DEPLOY",
        "creating a contract is not something that guardrails can allow");
    forbids.add(
        "60-other-effects",
        {delegate_7702, EffectKind::delegatecall, EffectKind::authority, userop,
         EffectKind::message},
        {}, "E_UNCLAIMED_EFFECT", kElsewhere);
    forbids.add(
        "60-other-accounts",
        {transfer, grant, revoke, swap, EffectKind::wrap, opaque, EffectKind::call},
        {{is_self(Field::actor, Comparison::not_equal)}, {}}, "E_UNCLAIMED_EFFECT",
        "{actor} would act, an account that obeys the signer; guardrails cannot allow this, a "
        "policy document can");
    forbids.add(
        "60-other-holders", {EffectKind::wrap},
        {{is_self(Field::holder, Comparison::not_equal)}, {}}, "E_UNCLAIMED_EFFECT", kElsewhere);
}

/// The set of a list, which the policy names too.
void add_set(
    Policy& policy, const std::vector<Address>& list, const std::string& name, Sets& sets) {
    if (list.empty()) return;
    AddressSet set{name, list, std::string{kCompiledFrom}};
    std::ranges::sort(set.addresses);
    policy.sets.push_back(set);
    sets.push_back(std::make_shared<const AddressSet>(std::move(set)));
}

Ground ground_of_all(Policy& policy, const Limits& everywhere) {
    Ground ground;
    add_set(policy, everywhere.to_allowlist, "recipients", ground.recipients);
    add_set(policy, everywhere.token_allowlist, "tokens", ground.tokens);
    return ground;
}

bool has_lists(const Limits& limits) {
    return !limits.to_allowlist.empty() || !limits.token_allowlist.empty();
}

}  // namespace

void add_compiled_forbids(Policy& policy, const Guardrails& guardrails) {
    const auto everywhere = ground_of_all(policy, guardrails.everywhere);
    std::vector<Ground> grounds;
    std::vector<ChainId> own;
    for (const auto& [chain, named] : guardrails.per_chain) {
        const auto& limits = named.second;
        if (!has_lists(limits)) continue;
        auto ground = everywhere;
        ground.suffix = fmt::format("/{}", chain);
        ground.chains = {
            compiled_clause(Field::chain, Comparison::equal, std::vector<ChainId>{ChainId{chain}})};
        add_set(policy, limits.to_allowlist, "recipients" + ground.suffix, ground.recipients);
        add_set(policy, limits.token_allowlist, "tokens" + ground.suffix, ground.tokens);
        grounds.push_back(std::move(ground));
        own.push_back(ChainId{chain});
    }
    grounds.push_back(everywhere);
    if (!own.empty()) {
        grounds.back().chains = {compiled_clause(Field::chain, Comparison::not_in, own)};
    }
    for (const auto& ground : grounds) {
        Forbids forbids{policy, ground};
        forbids.recipients();
        forbids.targets();
        forbids.tokens();
        forbids.grants();
        forbids.calls();
    }
    const Ground anywhere;
    Forbids unconditional{policy, anywhere};
    add_unconditional(unconditional);
}

}  // namespace chela::policy
