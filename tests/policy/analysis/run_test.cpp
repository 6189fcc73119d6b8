// Cases are decided as the gate decides, and what they cover is counted.
#include "policy/decide/record.hpp"
#include "tests/policy/analysis/documents.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::policy::analysis {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string payment(std::string_view to, std::string_view amount) {
    return fmt::format(
        "transaction: {{to: usdc@8453, call: \"transfer(address,uint256)\", args: [{}, \"{} "
        "USDC\"]}}",
        to, amount);
}

std::vector<std::string> differences_of(const std::string& request, std::string_view expect) {
    const auto fixture = must_read(a_case(request, expect));
    const auto report = run_fixture(fixture);
    EXPECT_EQ(report.failures(), report.results.front().differences.empty() ? 0U : 1U);
    return report.results.front().differences;
}

TEST(policy_run, what_is_as_expected_has_no_differences) {
    EXPECT_THAT(differences_of(payment("ann", "5"), "{verdict: allow}"), IsEmpty());
    EXPECT_THAT(
        differences_of(payment("ann", "5"), "{verdict: allow, effects: [transfer]}"), IsEmpty());
    EXPECT_THAT(
        differences_of(payment("mallory", "5"), "{verdict: deny, codes: [E_UNCLAIMED_EFFECT]}"),
        IsEmpty());
    EXPECT_THAT(
        differences_of(payment("ann", "51"), "{verdict: review, codes: [E_REVIEW_REQUIRED]}"),
        IsEmpty());
    EXPECT_THAT(
        differences_of(payment("ann", "51") + "\n    approvals: [alice, bob]", "{verdict: allow}"),
        IsEmpty());
}

TEST(policy_run, every_difference_is_told_with_the_reasons_that_were_given) {
    const auto lines =
        differences_of(payment("mallory", "5"), "{verdict: allow, effects: [grant, transfer]}");
    EXPECT_THAT(lines, Contains("verdict: expected allow, got deny"));
    EXPECT_THAT(lines, Contains("codes: expected none, got E_UNCLAIMED_EFFECT"));
    EXPECT_THAT(lines, Contains("effects: expected grant, transfer, got transfer"));
    EXPECT_THAT(lines, Contains(HasSubstr("E_UNCLAIMED_EFFECT: ")));
}

TEST(policy_run, a_code_too_many_or_too_few_is_a_difference) {
    EXPECT_THAT(
        differences_of(
            payment("mallory", "5"), "{verdict: deny, codes: [E_UNCLAIMED_EFFECT, E_BUDGET]}"),
        Contains(HasSubstr("codes: expected E_BUDGET, E_UNCLAIMED_EFFECT")));
    EXPECT_THAT(
        differences_of(payment("mallory", "500"), "{verdict: deny, codes: [E_BUDGET]}"),
        Contains(HasSubstr("codes: expected E_BUDGET, got E_UNCLAIMED_EFFECT")));
}

TEST(policy_run, earlier_charges_count_and_those_of_this_slot_do_not) {
    const auto spent = [](std::string_view slot) {
        return payment("ann", "50") +
               fmt::format("\n    spent: [{{budget: day, amount: \"60 USDC\", slot: {}}}]", slot);
    };
    EXPECT_THAT(differences_of(spent("other"), "{verdict: deny, codes: [E_BUDGET]}"), IsEmpty());
    EXPECT_THAT(differences_of(spent("this"), "{verdict: allow}"), IsEmpty());
}

TEST(policy_run, the_node_and_the_operators_cap_are_facts_like_others) {
    EXPECT_THAT(
        differences_of(
            payment("ann", "5") + "\n    node_chain: 1",
            "{verdict: deny, codes: [E_CHAIN_MISMATCH]}"),
        IsEmpty());
    EXPECT_THAT(
        differences_of(
            payment("ann", "5") + "\n    operator_max_fee: \"1 gwei\"",
            "{verdict: deny, codes: [E_FEE_OVER_LIMIT]}"),
        IsEmpty());
}

TEST(policy_run, a_transaction_that_does_not_read_back_is_denied) {
    const auto fixture =
        must_read(a_case("transaction: {chain: 0, to: ann}", "{verdict: deny, codes: [x]}"));
    const auto outcome = outcome_of(fixture);
    EXPECT_EQ(outcome.verdict, Verdict::deny);
    EXPECT_FALSE(outcome.decision);
    EXPECT_FALSE(outcome.codes.empty());
}

TEST(policy_run, the_record_of_a_case_replays_byte_for_byte) {
    const auto fixture = must_read(a_case(payment("ann", "5")));
    const auto outcome = outcome_of(fixture);
    const auto again =
        replay(outcome.record, [&](const Hash256& digest) -> Result<std::shared_ptr<const Policy>> {
            EXPECT_EQ(digest, fixture.policies.front().policy->digest);
            return fixture.policies.front().policy;
        });
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(*again, outcome.record);
}

TEST(policy_run, a_second_document_must_allow_as_well) {
    constexpr std::string_view kAbove = R"(
schema: chela.policy/1
id: above
version: 1
envelope: {chains: [8453], tx_types: [2], max_total_fee: "1 ETH"}
)";
    const std::vector<FixtureText> policies{
        {"policy.yaml", std::string{kPolicy}}, {"organization.yaml", std::string{kAbove}}};
    const std::vector<FixtureText> cases{
        {"cases.yaml", fmt::format("{}cases:\n{}", kHead, a_case(payment("ann", "5")))}};
    const auto fixture = read_fixture(policies, cases, nullptr);
    ASSERT_TRUE(fixture) << fixture.error().detail;
    const auto report = run_fixture(*fixture);
    EXPECT_EQ(report.results.front().outcome.verdict, Verdict::deny);
    EXPECT_THAT(report.results.front().outcome.codes, Contains("E_NO_PERMIT"));
    EXPECT_EQ(report.coverage.size(), 2U);
}

/// The test's policy has 5 clauses of pay and big and 2 of the others, chain of the vault included.
TEST(policy_run, nothing_is_covered_by_nothing) {
    const auto fixture = must_read(a_case(payment("ann", "5")));
    const Coverage coverage{fixture.policies.front().policy};
    EXPECT_EQ(coverage.seen(), 0U);
    EXPECT_EQ(coverage.percent(), 0U);
    EXPECT_THAT(
        coverage.unmatched_rules(),
        testing::UnorderedElementsAre("permit pay", "permit note", "permit hello", "review big"));
}

TEST(policy_run, a_clause_is_covered_by_having_been_true_and_not) {
    const auto fixture = must_read(
        fmt::format("  - {{name: a, {}, expect: {{verdict: allow}}}}\n", payment("ann", "5")) +
        fmt::format(
            "  - {{name: b, {}, expect: {{verdict: deny, codes: [E_UNCLAIMED_EFFECT]}}}}\n",
            payment("mallory", "5")));
    const auto report = run_fixture(fixture);
    const auto& coverage = report.coverage.front();
    const auto missing = coverage.missing();
    const auto tells = [&](std::string_view text) {
        return std::ranges::any_of(
            missing, [&](const std::string& line) { return line.find(text) != std::string::npos; });
    };
    EXPECT_FALSE(tells("to in payees"));
    EXPECT_TRUE(tells("was never false"));
    EXPECT_TRUE(tells("review big never matched"));
    EXPECT_THAT(missing, Contains(HasSubstr("policy.yaml:")));
    EXPECT_GT(coverage.percent(), 0U);
    EXPECT_LT(coverage.percent(), 100U);
    EXPECT_EQ(coverage.possible() - coverage.seen(), [&] {
        std::size_t open = 0;
        for (const auto& line : missing)
            open += line.ends_with("was never looked at") ? 2U : 1U;
        return open;
    }());
}

}  // namespace
}  // namespace chela::policy::analysis
