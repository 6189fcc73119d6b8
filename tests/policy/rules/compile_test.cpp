#include "policy/rules/compile.hpp"

#include "policy/rules/load.hpp"
#include "tests/policy/build.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::policy {
namespace {

using test::address;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Address kAlice = address(0xa1);
const Address kToken = address(0x70);

std::vector<std::string> ids_of(const Policy& policy, Rule::Kind kind) {
    std::vector<std::string> ids;
    for (const auto& rule : policy.rules)
        if (rule.kind == kind) ids.push_back(rule.id);
    return ids;
}

std::vector<std::string> budget_ids(const Policy& policy) {
    std::vector<std::string> ids;
    for (const auto& budget : policy.budgets)
        ids.push_back(budget.id);
    return ids;
}

TEST(compile_guardrails, reads_back_from_its_canonical_text) {
    Guardrails guardrails;
    guardrails.allowed_chains = {{"base", ChainId{8453}}};
    auto& everywhere = guardrails.everywhere;
    everywhere.to_allowlist = {kAlice, kToken, kAlice};
    everywhere.token_allowlist = {kToken};
    everywhere.max_value = everywhere.daily_limit = everywhere.overhead_budget = Wei{U256{5}};
    everywhere.max_per_day = 3;
    everywhere.max_fee_per_gas = Wei{U256{7}};
    everywhere.max_gas_limit = Gas{21'000};
    auto& own = guardrails.per_chain[1];
    own.second = everywhere;
    for (const auto& each : {Guardrails{}, guardrails}) {
        const auto policy = compile_guardrails(each);
        EXPECT_TRUE(policy.is_compiled);
        const auto again = load_canonical(policy.canonical);
        ASSERT_TRUE(again) << again.error().detail;
        EXPECT_EQ(again->canonical, policy.canonical);
        EXPECT_EQ(again->digest, policy.digest);
        EXPECT_EQ(compile_guardrails(each).canonical, policy.canonical);
    }
    EXPECT_NE(compile_guardrails({}).digest, compile_guardrails(guardrails).digest);
}

TEST(compile_guardrails, always_counts_and_limits_only_what_is_set) {
    Guardrails guardrails;
    EXPECT_THAT(
        budget_ids(compile_guardrails(guardrails)),
        ElementsAre("guardrails/count", "guardrails/fee", "guardrails/value"));
    for (const auto& budget : compile_guardrails(guardrails).budgets)
        EXPECT_EQ(budget.limit, std::nullopt);
    guardrails.everywhere.max_value = Wei{U256{5}};
    guardrails.per_chain[1].second.max_per_day = 2;
    const auto policy = compile_guardrails(guardrails);
    EXPECT_THAT(
        budget_ids(policy), ElementsAre(
                                "guardrails/count", "guardrails/count/utc-day/1", "guardrails/fee",
                                "guardrails/value", "guardrails/value/one"));
    const auto& count = policy.budgets[1];
    EXPECT_EQ(count.meter, kGuardrailCountBudget);
    EXPECT_EQ(count.chain, ChainId{1});
    EXPECT_EQ(count.limit, U256{2});
    EXPECT_EQ(count.window, Budget::Window::utc_day);
    EXPECT_EQ(count.code, "E_TX_PER_DAY");
    const auto& value = policy.budgets[4];
    EXPECT_EQ(value.window, Budget::Window::signature);
    EXPECT_EQ(value.asset, std::nullopt);
    EXPECT_EQ(value.code, "E_VALUE_OVER_LIMIT");
    EXPECT_THAT(policy.envelope.charge, ElementsAre("guardrails/count", "guardrails/fee"));
}

TEST(compile_guardrails, keeps_every_level) {
    Guardrails guardrails;
    guardrails.everywhere.max_fee_per_gas = Wei{U256{7}};
    guardrails.per_chain[1].second.max_gas_limit = Gas{9};
    const auto policy = compile_guardrails(guardrails);
    EXPECT_TRUE(policy.envelope.any_chain);
    EXPECT_EQ(policy.envelope.max_fee_per_gas, Wei{U256{7}});
    EXPECT_EQ(policy.envelope.max_gas, std::nullopt);
    ASSERT_TRUE(policy.envelope.per_chain.contains(1));
    EXPECT_EQ(policy.envelope.per_chain.at(1).second, Gas{9});
}

TEST(compile_guardrails, gives_a_chain_with_lists_rules_of_its_own) {
    Guardrails guardrails;
    guardrails.everywhere.to_allowlist = {kAlice};
    EXPECT_THAT(
        ids_of(compile_guardrails(guardrails), Rule::Kind::forbid), Contains("10-transfer-to"));
    guardrails.per_chain[8453].second.to_allowlist = {kToken};
    const auto policy = compile_guardrails(guardrails);
    const auto rule = std::ranges::find(policy.rules, "10-transfer-to/8453", &Rule::id);
    ASSERT_NE(rule, policy.rules.end());
    EXPECT_EQ(rule->condition.clauses.at(0).expected, "chain == 8453");
    ASSERT_EQ(rule->condition.any.size(), 1U);
    EXPECT_EQ(rule->condition.any[0].size(), 2U);
    const auto other = std::ranges::find(policy.rules, "10-transfer-to", &Rule::id);
    ASSERT_NE(other, policy.rules.end());
    EXPECT_EQ(other->condition.clauses.at(0).expected, "chain != 8453");
    EXPECT_EQ(other->condition.any[0].size(), 1U);
}

TEST(compile_guardrails, permits_nothing_that_another_account_does) {
    for (const auto& rule : compile_guardrails({}).rules) {
        if (rule.kind != Rule::Kind::permit) continue;
        EXPECT_THAT(
            rule.condition.clauses, Contains(testing::Field(&Clause::expected, "actor == self")))
            << rule.id;
    }
}

TEST(compile_guardrails, tells_in_plain_words_what_is_wide) {
    Guardrails guardrails;
    EXPECT_THAT(explain_guardrails(guardrails), Contains(HasSubstr("anybody may be paid")));
    EXPECT_THAT(explain_guardrails(guardrails), Contains(HasSubstr("every configured chain")));
    EXPECT_THAT(explain_guardrails(guardrails), Not(Contains(HasSubstr("not understood"))));
    guardrails.allowed_chains = {{"base", ChainId{8453}}};
    guardrails.per_chain[8453].second.to_allowlist = {kAlice};
    EXPECT_THAT(explain_guardrails(guardrails), Not(Contains(HasSubstr("anybody may be paid"))));
    EXPECT_THAT(explain_guardrails(guardrails), Contains(HasSubstr("not understood")));
}

}  // namespace
}  // namespace chela::policy
