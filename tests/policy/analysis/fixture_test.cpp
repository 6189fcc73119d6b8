// What a file of cases may say, and what it is told when it says something else.
#include "tests/policy/analysis/documents.hpp"

#include <gtest/gtest.h>

namespace chela::policy::analysis {
namespace {

constexpr std::string_view kPayment =
    R"y(transaction: {to: usdc@8453, call: "transfer(address,uint256)", args: [ann, "5 USDC"]})y";

/// What is wrong, at the line where it is: line 7 is the first of the cases.
void expect_refusal(const std::string& cases, std::string_view line, std::string_view what) {
    const auto detail = refusal(cases);
    EXPECT_EQ(detail.find(fmt::format("cases.yaml:{}: ", line)), 0U) << detail;
    EXPECT_NE(detail.find(what), std::string::npos) << detail;
}

TEST(policy_fixture, reads_a_case_with_what_holds_for_the_file) {
    const auto fixture = must_read(a_case(kPayment));
    ASSERT_EQ(fixture.cases.size(), 1U);
    const auto& one = fixture.cases.front();
    EXPECT_EQ(one.name, "it");
    EXPECT_EQ(one.where, "cases.yaml:7");
    EXPECT_EQ(one.ledger.slot, kThisSlot);
    EXPECT_FALSE(one.simulation);
    EXPECT_FALSE(one.node_chain);
    ASSERT_TRUE(one.request);
    EXPECT_EQ(one.expect.verdict, Verdict::allow);
}

TEST(policy_fixture, a_case_overrides_signer_and_time) {
    const auto fixture = must_read(
        a_case(fmt::format("signer: ann\n    now: 2027-01-01T00:00:00Z\n    {}", kPayment)));
    const auto& one = fixture.cases.front();
    EXPECT_EQ(to_hex(one.signer), "0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
    EXPECT_EQ(one.now.time_since_epoch().count(), 1'798'761'600'000);
}

TEST(policy_fixture, what_holds_for_one_case_does_not_hold_for_the_next) {
    const auto fixture = must_read(
        fmt::format("  - {{name: a, signer: ann, {}, expect: {{verdict: allow}}}}\n", kPayment) +
        fmt::format("  - {{name: b, {}, expect: {{verdict: allow}}}}\n", kPayment));
    EXPECT_EQ(to_hex(fixture.cases.at(1).signer), "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
}

TEST(policy_fixture, an_unknown_key_is_refused_with_its_line) {
    expect_refusal(a_case(fmt::format("{}\n    nonsense: 1", kPayment)), "9", "unknown key");
    expect_refusal(
        a_case("transaction: {to: ann, valeu: \"1 ETH\"}"), "8", "unknown key \"valeu\"");
    expect_refusal(a_case(kPayment, "{verdict: deny, code: [E_X]}"), "9", "unknown key \"code\"");
    expect_refusal(
        a_case(fmt::format("{}\n    simulation: {{outcom: success}}", kPayment)), "9", "outcom");
    expect_refusal(
        a_case(fmt::format("{}\n    spent: [{{budget: day, amout: 1}}]", kPayment)), "9", "amout");
}

TEST(policy_fixture, an_expectation_that_cannot_fail_is_refused) {
    expect_refusal(a_case(kPayment, "{verdict: deny}"), "9", "\"codes\" is missing");
    expect_refusal(a_case(kPayment, "{verdict: review, codes: []}"), "9", "\"codes\" is missing");
    expect_refusal(
        a_case(kPayment, "{verdict: allow, codes: [E_X]}"), "9", "an allow has no reason codes");
    expect_refusal(a_case(kPayment, "{verdict: maybe}"), "9", "unknown \"maybe\"");
    expect_refusal(
        a_case(kPayment, "{verdict: allow, effects: [transfers]}"), "9", "unknown \"transfers\"");
}

TEST(policy_fixture, a_case_asks_for_exactly_one_thing) {
    expect_refusal(a_case("now: 2027-01-01T00:00:00Z"), "7", "asks for nothing");
    expect_refusal(
        a_case(fmt::format("{}\n    message: hello", kPayment)), "9", "a second request");
}

TEST(policy_fixture, a_name_stands_once) {
    const auto one = fmt::format("  - {{name: a, {}, expect: {{verdict: allow}}}}\n", kPayment);
    expect_refusal(one + one, "8", "the case \"a\" is at cases.yaml:7 already");
}

TEST(policy_fixture, names_of_the_file_do_not_hide_those_of_the_policy) {
    const std::vector<FixtureText> policies{{"policy.yaml", std::string{kPolicy}}};
    const auto problem = [&](std::string_view names) {
        const std::vector<FixtureText> texts{
            {"c.yaml", fmt::format("names: {}\ncases: []\n", names)}};
        return read_fixture(policies, texts, nullptr).error();
    };
    EXPECT_NE(
        problem(R"({vault: "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65"})")
            .detail.find("the policy names this already"),
        std::string::npos);
    EXPECT_NE(
        problem(R"({self: "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65"})")
            .detail.find("a name has"),
        std::string::npos);
    EXPECT_NE(
        problem(R"({a: "0x15d34aaf54267DB7D7c367839AAf71A00a2C6A65"})").detail.find("checksum"),
        std::string::npos);
    EXPECT_EQ(problem("{}").reason, "E_POLICY_FIXTURE");
    EXPECT_NE(problem("{}").detail.find("there is no case"), std::string::npos);
}

TEST(policy_fixture, signer_time_and_chain_must_be_said_somewhere) {
    const std::vector<FixtureText> policies{{"policy.yaml", std::string{kPolicy}}};
    const auto problem = [&](std::string_view head, std::string_view request) {
        const std::vector<FixtureText> texts{
            {"c.yaml", fmt::format("{}\ncases:\n{}", head, a_case(request))}};
        return read_fixture(policies, texts, nullptr).error().detail;
    };
    constexpr std::string_view kSigner = "signer: \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"";
    const auto with_time = fmt::format("{}\nnow: 2026-06-01T12:00:00Z", kSigner);
    EXPECT_NE(
        problem("now: 2026-06-01T12:00:00Z", "message: a").find("\"signer\""), std::string::npos);
    EXPECT_NE(problem(kSigner, "message: a").find("\"now\""), std::string::npos);
    EXPECT_NE(problem(with_time, "transaction: {to: self}").find("\"chain\""), std::string::npos);
}

TEST(policy_fixture, earlier_charges_are_read_with_their_meter_age_and_slot) {
    const auto fixture = must_read(a_case(fmt::format(
        "{}\n    spent:\n"
        "      - {{budget: day, amount: \"30 USDC\", ago: 2h}}\n"
        "      - {{budget: gas, amount: \"5 gwei\"}}\n"
        "      - {{budget: count, amount: 3, ago: 0s, slot: this}}",
        kPayment)));
    const auto& ledger = fixture.cases.front().ledger;
    ASSERT_EQ(ledger.spent.size(), 3U);
    const auto now = fixture.cases.front().now;
    EXPECT_EQ(ledger.spent[0].charge.amount, U256{30'000'000});
    EXPECT_EQ(ledger.spent[0].charge.key.owner, kFixtureAgent);
    EXPECT_EQ(ledger.spent[0].charge.chain, ChainId{8453});
    EXPECT_EQ(ledger.spent[0].at, now - std::chrono::hours{2});
    EXPECT_EQ(ledger.spent[1].charge.amount, U256{5'000'000'000});
    EXPECT_EQ(ledger.spent[1].at, kStillOpen);
    EXPECT_NE(ledger.spent[0].slot, ledger.spent[1].slot);
    EXPECT_EQ(ledger.spent[2].slot, kThisSlot);
    EXPECT_EQ(ledger.high_water, now);
}

TEST(policy_fixture, a_charge_must_be_of_the_budgets_own_unit) {
    const auto spent = [](std::string_view one) {
        return a_case(fmt::format("{}\n    spent: [{}]", kPayment, one));
    };
    expect_refusal(spent("{budget: week, amount: \"1 USDC\"}"), "9", "no policy here has a budget");
    expect_refusal(spent("{budget: day, amount: \"1 ETH\"}"), "9", "usdc@8453");
    expect_refusal(spent("{budget: day, amount: 5}"), "9", "with its unit");
    expect_refusal(spent("{budget: count, amount: \"1 USDC\"}"), "9", "whole number");
    expect_refusal(spent("{budget: day, amount: \"1 USDC\", ago: 2 h}"), "9", "duration");
}

TEST(policy_fixture, the_ledgers_clock_is_never_behind_what_it_settled) {
    expect_refusal(
        a_case(fmt::format(
            "{}\n    high_water: 2026-06-01T09:00:00Z\n    spent: [{{budget: day, amount: \"1 "
            "USDC\", ago: 1h}}]",
            kPayment)),
        "9", "before a charge");
}

TEST(policy_fixture, a_simulation_is_read_with_signs_and_units) {
    const auto fixture = must_read(a_case(fmt::format(
        "{}\n    simulation:\n      outcome: reverted\n      degraded: true\n      age_blocks: 7\n"
        "      changes:\n"
        "        - {{account: self, asset: usdc@8453, change: \"-5 USDC\"}}\n"
        "        - {{account: ann, asset: native@8453, change: \"+1 ETH\"}}\n"
        "        - {{account: ann, token: mallory, change: \"+12\"}}",
        kPayment)));
    const auto& simulation = fixture.cases.front().simulation;
    ASSERT_TRUE(simulation);
    EXPECT_EQ(simulation->outcome, chains::simulation::Outcome::reverted);
    EXPECT_TRUE(simulation->is_degraded);
    EXPECT_EQ(simulation->age_blocks, 7U);
    ASSERT_EQ(simulation->changes.size(), 3U);
    EXPECT_FALSE(simulation->changes[0].is_increase);
    EXPECT_EQ(simulation->changes[0].amount, U256{5'000'000});
    EXPECT_TRUE(simulation->changes[1].is_increase);
    EXPECT_FALSE(simulation->changes[1].token);
    EXPECT_EQ(simulation->changes[2].amount, U256{12});
}

TEST(policy_fixture, a_change_without_sign_or_with_another_unit_is_refused) {
    const auto change = [](std::string_view one) {
        return a_case(fmt::format("{}\n    simulation: {{changes: [{}]}}", kPayment, one));
    };
    expect_refusal(change("{account: self, asset: usdc@8453, change: \"5 USDC\"}"), "9", "sign");
    expect_refusal(change("{account: self, asset: usdc@8453, change: \"-5 ETH\"}"), "9", "USDC");
    expect_refusal(
        change("{account: self, asset: usdc@8453, change: \"-5\"}"), "9",
        "expected a unit, such as \"-5 USDC\", found \"-5\"");
    expect_refusal(change("{account: self, token: ann, change: \"-5 USDC\"}"), "9", "base units");
    expect_refusal(change("{account: self, change: \"-5 USDC\"}"), "9", "either asset");
    expect_refusal(
        change("{account: self, asset: usdc@8453, token: ann, change: \"-5 USDC\"}"), "9",
        "either asset");
}

TEST(policy_fixture, two_approvals_of_one_person_are_refused) {
    expect_refusal(
        a_case(fmt::format("{}\n    approvals: [alice, alice]", kPayment)), "9", "the same person");
}

TEST(policy_fixture, a_policy_that_does_not_load_is_told_as_the_loader_tells_it) {
    const auto fixture = read(a_case(kPayment), "schema: chela.policy/2\n");
    ASSERT_FALSE(fixture);
    EXPECT_EQ(fixture.error().reason, "E_POLICY_DOCUMENT");
    EXPECT_EQ(fixture.error().detail.find("policy.yaml:1:"), 0U) << fixture.error().detail;
}

}  // namespace
}  // namespace chela::policy::analysis
