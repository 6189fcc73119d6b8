#include "tests/policy/decide/build.hpp"

#include <gtest/gtest.h>

namespace chela::policy {
namespace {

Rule pays_alice() {
    return permit(
        "pay", EffectKind::transfer, {{is(Field::asset, kUsdc), is(Field::to, kAlice)}, {}});
}

Revoke revoke() {
    return {.asset = kUsdc, .owner = kSelf, .spender = kBob};
}
Transfer income(const Address& from = kBob, const Address& to = kSelf) {
    return {.asset = kUsdc, .from = from, .to = to, .amount = U256{5}, .token_id = std::nullopt};
}

TEST(coverage, allows_only_what_a_permit_claims) {
    const auto policy = document({pays_alice()});
    EXPECT_EQ(answer(policy, {pay(5)}), "allow");
    EXPECT_EQ(answer(policy, {pay(5, kUsdc, kBob)}), "deny E_UNCLAIMED_EFFECT");
    EXPECT_EQ(answer(policy, {pay(5, kWeth)}), "deny E_UNCLAIMED_EFFECT");
    EXPECT_EQ(answer(policy, {grant(U256{5})}), "deny E_UNCLAIMED_EFFECT");
    EXPECT_EQ(answer(policy, {pay(0, kNative, kAlice)}), "deny E_UNCLAIMED_EFFECT")
        << "a call with nothing in it runs the other's code all the same";
}

TEST(coverage, asks_for_every_effect_not_for_one) {
    const auto policy = document({pays_alice()});
    EXPECT_EQ(answer(policy, {pay(5), pay(5)}), "allow");
    EXPECT_EQ(answer(policy, {pay(5), pay(5, kUsdc, kBob)}), "deny E_UNCLAIMED_EFFECT");
    EXPECT_EQ(
        answer(policy, {pay(5, kUsdc, kBob), grant(U256{1})}),
        "deny E_UNCLAIMED_EFFECT E_UNCLAIMED_EFFECT");
}

TEST(coverage, looks_inside_wrappers_and_user_operations) {
    auto tree = tree_of({});
    tree.roots.push_back(
        {.what = Wrapper{"Multicall3.aggregate3", kBob},
         .actor = kSelf,
         .target = kBob,
         .range = {},
         .inner = {node(pay(5)), node(pay(5, kUsdc, kBob), kSafe)}});
    EXPECT_EQ(answer(document({pays_alice()}), facts_of(tree)), "deny E_UNCLAIMED_EFFECT");
    tree.roots.front().inner.pop_back();
    EXPECT_EQ(answer(document({pays_alice()}), facts_of(tree)), "allow");
    tree.roots.front().inner.clear();
    EXPECT_EQ(answer(document({pays_alice()}), facts_of(tree)), "deny E_NO_EFFECT")
        << "an empty batch is nothing";
}

TEST(coverage, lets_revokes_and_income_stand_without_a_permit) {
    const auto policy = document({pays_alice()});
    EXPECT_EQ(answer(policy, {revoke()}), "allow");
    EXPECT_EQ(answer(policy, {income()}), "allow");
    EXPECT_EQ(answer(policy, {income(kBob, address(0xee))}), "deny E_UNCLAIMED_EFFECT")
        << "what others pay others is no income";
    EXPECT_EQ(answer(policy, {income(kSelf, kSelf)}), "deny E_UNCLAIMED_EFFECT");
}

TEST(coverage, what_an_account_loses_through_which_the_signer_acts_is_no_income) {
    EffectTree tree;
    tree.roots.push_back(node(income(kSafe), kSafe));
    EXPECT_EQ(answer(document({pays_alice()}), facts_of(tree)), "deny E_UNCLAIMED_EFFECT");
    tree.roots = {node(income(kSafe)), node(revoke(), kSafe)};
    EXPECT_EQ(answer(document({pays_alice()}), facts_of(tree)), "deny E_UNCLAIMED_EFFECT");
}

TEST(coverage, a_document_that_permits_nothing_allows_nothing) {
    EXPECT_EQ(answer(document(), {revoke()}), "deny E_NO_PERMIT");
    EXPECT_EQ(answer(document(), {pay(5)}), "deny E_UNCLAIMED_EFFECT E_NO_PERMIT");
    EXPECT_EQ(answer(document({pays_alice()}), std::vector<Effect>{}), "deny E_NO_EFFECT");
}

TEST(coverage, never_claims_what_was_not_understood) {
    const auto policy = document({pays_alice(), permit("blind", EffectKind::opaque)});
    using Reason = Opaque::Reason;
    for (const auto& [reason, code] : std::vector<std::pair<Reason, std::string>>{
             {Reason::unknown_selector, "E_OPAQUE_CALL"},
             {Reason::non_canonical, "E_NON_CANONICAL"},
             {Reason::limit, "E_LIMIT"},
             {Reason::unknown_typed_data, "E_UNKNOWN_TYPED_DATA"},
             {Reason::undecoded_order, "E_UNDECODED_ORDER"},
             {Reason::untrusted_contract, "E_UNTRUSTED_CONTRACT"},
             {Reason::digest_like_message, "E_DIGEST_LIKE_MESSAGE"},
             {Reason::unsupported, "E_UNSUPPORTED"}}) {
        EXPECT_EQ(answer(policy, {pay(5), opaque(reason)}), "deny " + code);
    }
    auto compiled = policy;
    compiled.is_compiled = true;
    EXPECT_EQ(answer(compiled, {opaque()}), "allow") << "the operator's guardrails may";
}

TEST(forbid, stops_what_a_permit_claims) {
    const auto over_limit =
        forbid("big", EffectKind::transfer, {{over(Field::amount, 100, kUsdc)}, {}});
    const auto policy = document({over_limit, pays_alice()});
    EXPECT_EQ(answer(policy, {pay(100)}), "allow");
    EXPECT_EQ(answer(policy, {pay(101)}), "deny E_FORBIDDEN");
    EXPECT_EQ(answer(policy, {pay(Bound{})}), "deny E_FORBIDDEN") << "no bound is over every bound";
    EXPECT_EQ(answer(policy, {pay(5), pay(101)}), "deny E_FORBIDDEN");
}

TEST(forbid, stops_when_it_cannot_know) {
    const auto dear = forbid("dear", EffectKind::transfer, {{over(Field::amount, 100, kUsdc)}, {}});
    const auto policy = document({permit("any", EffectKind::transfer), dear});
    EXPECT_EQ(answer(policy, {pay(1, kWeth)}), "deny E_FORBIDDEN");
    const auto named = forbid(
        "named", EffectKind::transfer,
        {{is(Field::asset, kUsdc), over(Field::amount, 100, kUsdc)}, {}});
    EXPECT_EQ(
        answer(document({permit("any", EffectKind::transfer), named}), {pay(1, kWeth)}), "allow")
        << "the asset alone rules it out";
}

TEST(permit, does_not_hold_when_it_cannot_know) {
    const auto under = permit(
        "under", EffectKind::transfer,
        {{clause(Field::amount, Comparison::less, AssetAmount{U256{100}, kUsdc})}, {}});
    EXPECT_EQ(answer(document({under}), {pay(1)}), "allow");
    EXPECT_EQ(answer(document({under}), {pay(1, kWeth)}), "deny E_UNCLAIMED_EFFECT");
}

TEST(rule, holds_only_for_its_operations_and_kinds_of_effects) {
    auto typed = pays_alice();
    typed.operations = {Operation::typed_data};
    EXPECT_EQ(answer(document({typed}), {pay(5)}), "deny E_UNCLAIMED_EFFECT");
    const auto tree = tree_of({pay(5)});
    auto facts = facts_of(tree);
    facts.envelope.operation = Operation::typed_data;
    EXPECT_EQ(answer(document({typed}), facts), "allow");
    auto both = permit("both", EffectKind::transfer);
    both.effects = {EffectKind::grant, EffectKind::transfer};
    EXPECT_EQ(answer(document({both}), {pay(5), grant(U256{1})}), "allow");
    auto nobody = forbid("sent", EffectKind::transfer);
    nobody.operations = {Operation::transaction};
    EXPECT_EQ(answer(document({both, nobody}), facts), "allow");
    facts.envelope.operation = Operation::transaction;
    EXPECT_EQ(answer(document({both, nobody}), facts), "deny E_FORBIDDEN");
}

TEST(rule, gives_its_own_code_and_hint_with_the_fields_it_names) {
    auto own = forbid("payees", EffectKind::transfer, {{is(Field::to, kBob)}, {}});
    own.code = "E_TO_NOT_ALLOWED";
    own.hint = "{to} is not a payee";
    const auto bound = bind(document({own, permit("any", EffectKind::transfer)}));
    const auto tree = tree_of({pay(5, kUsdc, kBob)});
    const auto decision = decide({&bound, 1}, facts_of(tree));
    ASSERT_EQ(codes_of(decision), Codes{"E_TO_NOT_ALLOWED"});
    EXPECT_EQ(decision.violations[0].detail, to_checksum(kBob) + " is not a payee");
    EXPECT_NE(decision.violations[0].limits.find("payees; to eq"), std::string::npos)
        << decision.violations[0].limits;
}

TEST(violation, shows_thresholds_to_operators_alone) {
    const auto dear = forbid("dear", EffectKind::transfer, [] {
        auto limit = over(Field::amount, 123'456, kUsdc);
        limit.expected = "amount > 123456";
        return Condition{{limit}, {}};
    }());
    auto policy = document({charging(permit("any", EffectKind::transfer), {"day"}), dear});
    policy.budgets = {budget("day", kUsdc, 234'567)};
    policy.envelope.max_fee_per_gas = wei(345'678);
    policy.envelope.max_gas = Gas{45'678};
    policy.envelope.max_total_fee = wei(56'789);
    policy.simulation.max_outflow = {{kUsdc, U256{67'890}}};
    policy.simulation.max_age_blocks = 78'901;
    const auto tree = tree_of({pay(1'000'000)});
    auto facts = facts_of(tree);
    facts.simulation = SimulationFacts{
        .id = "s",
        .outcome = chains::simulation::Outcome::success,
        .is_degraded = false,
        .age_blocks = 80'000,
        .changes = {{kSelf, kUsdc.contract, false, U256{1'000'000}}}};
    const auto bound = bind(policy);
    const auto decision = decide({&bound, 1}, facts);
    const auto both = [&](auto member) {
        std::string out;
        for (const auto& violation : decision.violations)
            out += violation.*member + "\n";
        return out;
    };
    EXPECT_EQ(decision.violations.size(), 7U) << both(&Violation::limits);
    for (const char* threshold :
         {"123456", "0.234567", "0.000345678", "45678", "0.000000000000056789", "0.06789",
          "78901"}) {
        EXPECT_EQ(both(&Violation::detail).find(threshold), std::string::npos) << threshold;
        EXPECT_NE(both(&Violation::limits).find(threshold), std::string::npos) << threshold;
    }
}

TEST(review, waits_for_people_and_then_allows) {
    const auto policy = document(
        {pays_alice(),
         review("big", EffectKind::transfer, {{over(Field::amount, 50, kUsdc)}, {}})});
    EXPECT_EQ(answer(policy, {pay(50)}), "allow");
    EXPECT_EQ(answer(policy, {pay(51)}), "review E_REVIEW_REQUIRED");
    const auto tree = tree_of({pay(51)});
    auto facts = facts_of(tree);
    const auto bound = bind(policy);
    const auto asked = decide({&bound, 1}, facts);
    EXPECT_EQ(asked.quorum, (Quorum{"operators", 1, 15min}));
    EXPECT_TRUE(asked.charges.empty());
    facts.approvals.approvers = {"ana"};
    const auto agreed = decide({&bound, 1}, facts);
    EXPECT_EQ(answer(agreed), "allow");
    EXPECT_FALSE(agreed.quorum.has_value());
    EXPECT_TRUE(agreed.trace.policies[0].is_approved);
    EXPECT_EQ(agreed.trace.policies[0].quorum, (Quorum{"operators", 1, 15min}));
}

TEST(review, never_lifts_a_refusal) {
    const auto policy = document({review("all", EffectKind::transfer), pays_alice()});
    const auto tree = tree_of({pay(5, kUsdc, kBob)});
    auto facts = facts_of(tree);
    EXPECT_EQ(answer(policy, facts), "deny E_UNCLAIMED_EFFECT");
    facts.approvals.approvers = {"ana", "bo", "cy"};
    EXPECT_EQ(answer(policy, facts), "deny E_UNCLAIMED_EFFECT");
    EXPECT_EQ(
        answer(document({review("all", EffectKind::transfer)}), facts),
        "deny E_UNCLAIMED_EFFECT E_NO_PERMIT")
        << "a review permits nothing";
}

TEST(review, asks_for_the_most_people_and_the_shortest_time_of_all_that_match) {
    auto two = review("two", EffectKind::transfer);
    two.quorum = Quorum{"operators", 2, 1h};
    auto soon = review("soon", EffectKind::transfer);
    soon.quorum = Quorum{"operators", 1, 5min};
    auto other = review("other", EffectKind::grant);
    other.quorum = Quorum{"operators", 9, 1min};
    const auto policy = document({two, soon, other, pays_alice()});
    const auto tree = tree_of({pay(5)});
    auto facts = facts_of(tree);
    const auto bound = bind(policy);
    EXPECT_EQ(decide({&bound, 1}, facts).quorum, (Quorum{"operators", 2, 5min}));
    facts.approvals.approvers = {"ana"};
    EXPECT_EQ(answer(policy, facts), "review E_REVIEW_REQUIRED E_REVIEW_REQUIRED");
    facts.approvals.approvers = {"ana", "bo"};
    EXPECT_EQ(answer(policy, facts), "allow");
}

TEST(review, of_nobody_still_asks_one_and_of_two_groups_is_refused) {
    auto nobody = review("nobody", EffectKind::transfer);
    nobody.quorum->minimum = 0;
    EXPECT_EQ(answer(document({nobody, pays_alice()}), {pay(5)}), "review E_REVIEW_REQUIRED");
    auto unset = nobody;
    unset.quorum.reset();
    EXPECT_EQ(answer(document({unset, pays_alice()}), {pay(5)}), "review E_REVIEW_REQUIRED");
    auto board = nobody;
    board.quorum->of = "board";
    EXPECT_EQ(answer(document({nobody, board, pays_alice()}), {pay(5)}), "deny E_QUORUM_CONFLICT");
}

TEST(review, matches_when_it_cannot_know) {
    const auto big = review("big", EffectKind::transfer, {{over(Field::amount, 50, kUsdc)}, {}});
    EXPECT_EQ(
        answer(document({permit("any", EffectKind::transfer), big}), {pay(1, kWeth)}),
        "review E_REVIEW_REQUIRED");
}

TEST(decision, without_a_policy_is_a_refusal) {
    const auto tree = tree_of({pay(5)});
    const auto decision = decide({}, facts_of(tree));
    EXPECT_EQ(answer(decision), "deny E_NO_POLICY");
    EXPECT_TRUE(decision.charges.empty());
}

TEST(decision, of_several_policies_is_the_lowest) {
    const auto tree = tree_of({pay(60)});
    const auto facts = facts_of(tree);
    const auto yes = document({pays_alice()});
    const auto maybe = document({pays_alice(), review("all", EffectKind::transfer)});
    const auto no = document({forbid("none", EffectKind::transfer), pays_alice()});
    const auto of = [&](std::vector<Policy> policies) {
        std::vector<BoundPolicy> bound;
        for (auto& policy : policies)
            bound.push_back(bind(std::move(policy)));
        return answer(decide(bound, facts));
    };
    EXPECT_EQ(of({yes, yes}), "allow");
    EXPECT_EQ(of({yes, maybe}), "review E_REVIEW_REQUIRED");
    EXPECT_EQ(of({maybe, yes}), "review E_REVIEW_REQUIRED");
    EXPECT_EQ(of({maybe, no}), "deny E_FORBIDDEN");
    EXPECT_EQ(of({no, yes}), "deny E_FORBIDDEN");
    EXPECT_EQ(of({no, no}), "deny E_FORBIDDEN") << "the same reason is given once";
}

TEST(decision, takes_the_strictest_quorum_of_all_policies) {
    auto two = review("two", EffectKind::transfer);
    two.quorum = Quorum{"operators", 2, 1h};
    const std::vector bound{
        bind(document({pays_alice(), review("one", EffectKind::transfer)})),
        bind(document({pays_alice(), two}))};
    const auto tree = tree_of({pay(5)});
    auto facts = facts_of(tree);
    facts.approvals.approvers = {"ana"};
    const auto decision = decide(bound, facts);
    EXPECT_EQ(answer(decision), "review E_REVIEW_REQUIRED");
    EXPECT_EQ(decision.quorum, (Quorum{"operators", 2, 15min}));
    EXPECT_TRUE(decision.trace.policies[0].is_approved);
    EXPECT_FALSE(decision.trace.policies[1].is_approved);
}

TEST(trace, tells_each_rule_of_each_effect_and_who_claims_it) {
    const auto bound = bind(document(
        {pays_alice(), permit("any", EffectKind::transfer), forbid("none", EffectKind::grant)}));
    const auto tree = tree_of({pay(5), pay(5, kUsdc, kBob), revoke()});
    const auto decision = decide({&bound, 1}, facts_of(tree));
    const auto& trace = decision.trace.policies.at(0);
    EXPECT_EQ(trace.verdict, Verdict::allow);
    ASSERT_EQ(trace.rules.size(), 4U) << "two permits, two transfers";
    EXPECT_EQ(trace.rules[0].rule->id, "pay");
    EXPECT_TRUE(trace.rules[0].matched);
    EXPECT_EQ(trace.rules[1].effect, 1U);
    EXPECT_FALSE(trace.rules[1].matched);
    ASSERT_EQ(trace.rules[1].clauses.size(), 2U);
    EXPECT_EQ(trace.rules[1].clauses[0].truth, Truth::yes);
    EXPECT_EQ(trace.rules[1].clauses[1].truth, Truth::no);
    using Ids = std::vector<std::string_view>;
    EXPECT_EQ(trace.coverage, (std::vector<Ids>{{"pay", "any"}, {"any"}, {}}));
}

}  // namespace
}  // namespace chela::policy
