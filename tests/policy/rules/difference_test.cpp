#include "policy/rules/compile.hpp"
#include "tests/policy/rules/documents.hpp"

#include <gtest/gtest.h>

namespace chela::policy::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> changes(const std::string& before, const std::string& after) {
    return difference(loaded(before), loaded(after));
}

TEST(difference, of_the_same_policy_is_nothing) {
    EXPECT_THAT(changes(head(), "# a comment\n" + head()), IsEmpty());
}

TEST(difference, names_what_comes_goes_and_changes) {
    const std::string pay = "permit: [{id: pay, effect: transfer, where: {to: {in: payees}}}]\n";
    EXPECT_THAT(
        changes(head(), head() + pay),
        ElementsAre("+ permit pay: transfer where actor == self and to in payees"));
    EXPECT_THAT(
        changes(head() + pay, head()),
        ElementsAre("- permit pay: transfer where actor == self and to in payees"));
    EXPECT_THAT(
        changes(head() + pay, head() + "permit: [{id: pay, effect: transfer}]\n"),
        ElementsAre("~ permit pay: transfer where actor == self and to in payees -> transfer where "
                    "actor == "
                    "self"));
}

TEST(difference, shows_limits_and_members_of_sets) {
    auto after = head();
    const auto change = [&](const std::string& from, const std::string& to) {
        after.replace(after.find(from), from.size(), to);
    };
    change("version: 7", "version: 8");
    change("limit: 100 USDC", "limit: 200 USDC");
    change(
        "[\"0x1111111111111111111111111111111111111111\"]",
        "[\"0x2222222222222222222222222222222222222222\"]");
    change("0.002 ETH", "0.003 ETH");
    change("tx_types: [2]", "tx_types: [0, 2]");
    EXPECT_THAT(
        changes(head(), after),
        ElementsAre(
            "- set payees 0x1111111111111111111111111111111111111111: listed",
            "~ budget usdc-day: 100 usdc@8453, window 1d, scope agent -> 200 usdc@8453, window 1d, "
            "scope agent",
            "~ envelope max_total_fee: 0.002 of native currency -> 0.003 of native currency",
            "~ envelope tx_types: 2 -> 0, 2",
            "+ set payees 0x2222222222222222222222222222222222222222: listed",
            "~ version: 7 -> 8"));
}

TEST(difference, leaves_nothing_out_of_a_long_list) {
    const auto rule = [](const char* last) {
        std::string text = "forbid: [{id: r, effect: transfer, where: {to: [";
        for (int i = 1; i < 9; ++i)
            text += "\"0x" + std::string(40, static_cast<char>('0' + i)) + "\",";
        return head() + text + "\"0x" + last + "\"]}}]\n";
    };
    const auto lines = changes(
        rule("9999999999999999999999999999999999999999"),
        rule("9999999999999999999999999999999999999998"));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_THAT(lines[0], HasSubstr("9999999999999999999999999999999999999998"));
}

TEST(difference, tells_that_something_changed_that_has_no_line) {
    Guardrails chains;
    chains.everywhere.daily_limit = Wei{U256{5}};
    auto before = compile_guardrails(chains);
    auto after = before;
    after.canonical += " ";
    EXPECT_THAT(difference(before, after), ElementsAre(HasSubstr("digest")));
}

}  // namespace
}  // namespace chela::policy::test
