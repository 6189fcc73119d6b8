#include "chains/base/rfc3339.hpp"
#include "tests/policy/rules/documents.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace chela::policy::test {
namespace {

using testing::Contains;
using testing::Not;

/// "L_CODE 18" of each finding.
std::vector<std::string> findings(const std::string& text) {
    std::vector<std::string> found;
    for (const auto& finding : lint(loaded(text))) {
        EXPECT_FALSE(finding.text.empty());
        const auto colon = finding.where.rfind(':');
        found.push_back(finding.code + " " + finding.where.substr(colon + 1));
    }
    return found;
}

struct LintLine {
    std::string rules;    ///< after head()
    std::string found;    ///< "L_CODE LINE"
    std::string instead;  ///< rules without the finding
};

TEST(lint, finds_what_is_probably_not_meant) {
    const std::string pay =
        "permit: [{id: r, effect: transfer, where: {asset: usdc@8453, to: {in: payees}}, charge: "
        "usdc-day}]\n";
    const std::vector<LintLine> lines{
        {"permit: [{id: r, effect: transfer, where: {from: self}}]\n", "L_PAY_ANYBODY 18", pay},
        {"permit: [{id: r, effect: transfer, where: {to: self}}]\n", "L_NO_BUDGET 18", pay},
        {pay, "L_NOT_OWN 18",
         "permit: [{id: r, effect: transfer, where: {from: self, to: {in: payees}}}]\n"},
        {"permit: [{id: r, effect: transfer, where: {from: {not_in: payees}}}]\n", "L_NOT_OWN 18",
         "permit: [{id: r, effect: transfer, where: {any: [{actor: self, from: self}, {actor: nft, "
         "from: [actor]}]}}]\n"},
        {"permit: [{id: r, effect: transfer, where: {any: [{from: self}, {to: self}]}}]\n",
         "L_NOT_OWN 18", "forbid: [{id: r, effect: transfer}]\n"},
        {"permit: [{id: r, effect: grant, where: {spender: nft}}]\n", "L_NOT_OWN 18",
         "permit: [{id: r, effect: grant, where: {spender: nft, owner: self}}]\n"},
        {"permit: [{id: r, effect: wrap, where: {asset: usdc@8453, direction: wrap}}]\n",
         "L_DEAD_WRAP 18",
         "permit: [{id: r, effect: wrap, where: {asset: weth@8453, direction: wrap}}]\n"},
        {"permit: [{id: r, effect: message}]\n", "L_WIDE_PERMIT 18",
         "permit: [{id: r, effect: message, where: {length: {lt: 9}}}]\n"},
        {"", "L_NO_PERMIT 16", pay},
        {"", "L_UNUSED_SET 8", pay},
        {"", "L_UNUSED_BUDGET 13", pay},
        {"", "L_UNUSED_ASSET 6",
         "forbid: [{id: r, effect: transfer, where: {asset: weth@8453}}]\n"},
        {"permit: [{id: r, effect: grant, where: {asset: usdc@8453}}]\n", "L_UNLIMITED_GRANT 18",
         "permit: [{id: r, effect: grant, where: {asset: usdc@8453, amount: {lte: 5 USDC}}}]\n"},
        {"permit: [{id: r, effect: grant, where: {asset: usdc@8453}}]\n", "L_UNLIMITED_GRANT 18",
         "permit: [{id: r, effect: grant, where: {asset: usdc@8453}}]\n"
         "forbid: [{id: f, effect: grant, where: {any: [{amount: unbounded}, {expiry: none}]}}]\n"},
        {"permit: [{id: r, effect: grant, where: {asset: usdc@8453}}]\n", "L_LASTING_GRANT 18",
         "permit: [{id: r, effect: grant, where: {expiry_within: 1d}}]\n"},
        {"permit: [{id: r, effect: grant, where: {asset: usdc@8453}}]\n", "L_GRANT_TO_ANYBODY 18",
         "permit: [{id: r, effect: grant, where: {spender: {in: payees}}}]\n"},
        {"permit: [{id: r, effect: swap, where: {asset_in: usdc@8453}}]\n", "L_SWAP_RECIPIENT 18",
         "permit: [{id: r, effect: swap, where: {recipient: self}}]\n"},
        {"permit: [{id: r, effect: swap, where: {asset_in: usdc@8453}}]\n", "L_SWAP_MINIMUM 18",
         "permit: [{id: r, effect: swap, where: {min_out: {gte: 1 WETH}}}]\n"},
        {"permit: [{id: r, effect: swap, where: {asset_in: usdc@8453}}]\n", "L_SWAP_DEADLINE 18",
         "permit: [{id: r, effect: swap, where: {deadline_within: 5m}}]\n"},
        {pay + "forbid: [{id: f, effect: transfer}]\n", "L_DEAD_PERMIT 18",
         pay + "forbid: [{id: f, effect: transfer, where: {to: self}}]\n"},
        {"permit:\n- {id: a, effect: revoke, where: {actor: self}}\n"
         "- {id: b, effect: [revoke, grant], where: {actor: self}}\n",
         "L_OVERLAPPING_PERMITS 20", pay},
        {"permit:\n- {id: a, effect: revoke, where: {actor: self}}\n"
         "- {id: b, effect: revoke, where: {actor: self, spender: self}}\n",
         "L_WIDER_PERMIT 19", pay},
        {"forbid: [{id: r, effect: transfer, where: {to: self, any: [{to: []}]}}]\n",
         "L_EMPTY_LIST 18", pay},
        {"forbid: [{id: r, effect: transfer, where: {to: nft, chain: 1}}]\n", "L_CONTRADICTION 18",
         pay},
        {"forbid: [{id: r, effect: transfer, where: {chain: [1, 8453]}}]\n",
         "L_UNREACHABLE_CHAIN 18",
         "forbid: [{id: r, effect: transfer, where: {chain: {not_in: [1]}}}]\n"},
        {"review: [{id: r, effect: transfer}]\n", "L_REVIEW_WITHOUT_PERMIT 18",
         pay + "review: [{id: f, effect: transfer}]\n"},
        {"", "L_NO_SIMULATION 1", "simulation: {require: true}\n"},
        {"", "L_NO_EXPIRY 16", "expires: 2027-01-01T00:00:00Z\n"},
    };
    for (const auto& [rules, found, instead] : lines) {
        EXPECT_THAT(findings(head() + rules), Contains(found)) << rules;
        EXPECT_THAT(findings(head() + instead), Not(Contains(found))) << instead;
    }
}

TEST(lint, finds_a_document_that_ran_out_when_told_the_time) {
    const auto policy = loaded(head() + "expires: 2027-01-01T00:00:00Z\n");
    const auto code_at = [&](const char* time) {
        std::vector<std::string> codes;
        for (const auto& finding : lint(policy, parse_rfc3339(time).value()))
            codes.push_back(finding.code);
        return codes;
    };
    EXPECT_THAT(code_at("2026-12-31T23:59:59Z"), Not(Contains("L_EXPIRED")));
    EXPECT_THAT(code_at("2027-01-01T00:00:00Z"), Contains("L_EXPIRED"));
    EXPECT_THAT(
        findings(head() + "expires: 2001-01-01T00:00:00Z\n"), Not(Contains("L_EXPIRED 16")));
}

TEST(lint, finds_documents_that_allow_nothing) {
    const std::string id = "schema: chela.policy/1\nid: a\nversion: 1\n";
    EXPECT_THAT(findings(id), Contains("L_NO_CHAIN 1"));
    EXPECT_THAT(findings(id), Contains("L_NO_TX_TYPE 1"));
    EXPECT_THAT(findings(id), Contains("L_FEES_UNCOUNTED 1"));
    EXPECT_THAT(
        findings(id + "envelope: {chains: [1], tx_types: [2]}\n"), Contains("L_NO_FEE_LIMIT 4"));
    EXPECT_THAT(
        findings(id + "envelope: {operations: typed_data}\n"), Not(Contains("L_NO_TX_TYPE 4")));
    for (const auto* code : {"L_NO_CHAIN", "L_NO_TX_TYPE", "L_FEES_UNCOUNTED", "L_NO_FEE_LIMIT"})
        EXPECT_THAT(findings(head()), Not(Contains(testing::StartsWith(code))));
}

TEST(lint, finds_what_the_envelope_does_not_reach) {
    const std::string id = "schema: chela.policy/1\nid: a\nversion: 1\nenvelope: {chains: [10]}\n";
    EXPECT_THAT(
        findings(
            id + "assets: {a@1: {address: \"0x1111111111111111111111111111111111111111\", "
                 "decimals: 1}}\n"),
        Contains("L_UNREACHABLE_ASSET 5"));
    EXPECT_THAT(
        findings(
            id + "contracts: {a: {chain: 1, kind: safe, address: "
                 "\"0x1111111111111111111111111111111111111111\"}}\n"),
        Contains("L_UNREACHABLE_CONTRACT 5"));
    EXPECT_THAT(
        findings(id + "sets: {a: []}\nforbid: [{id: r, effect: transfer, where: {to: {in: a}}}]\n"),
        Contains("L_EMPTY_SET 5"));
    EXPECT_THAT(
        findings(id + "budgets: {b: {asset: native@10, limit: 0 ETH, window: 24h}}\n"),
        Contains("L_ZERO_BUDGET 5"));
}

TEST(lint, finds_rules_for_calls_that_are_read_as_something_else) {
    const std::string text =
        "schema: chela.policy/1\nid: a\nversion: 1\n"
        "contracts: {c: {chain: 1, address: \"0x1111111111111111111111111111111111111111\", abi: "
        "[\"approve(address,uint256)\", \"go()\"]}}\n";
    EXPECT_THAT(
        findings(
            text + "permit: [{id: r, effect: call, where: {contract: c, function: "
                   "\"approve(address,uint256)\"}}]\n"),
        Contains("L_DECODED_FUNCTION 5"));
    EXPECT_THAT(
        findings(text + "permit: [{id: r, effect: call, where: {contract: c, function: go()}}]\n"),
        Not(Contains("L_DECODED_FUNCTION 5")));
}

}  // namespace
}  // namespace chela::policy::test
