#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "tests/policy/rules/documents.hpp"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace chela::policy::test {
namespace {

using testing::HasSubstr;

/// What a second reading of the canonical text gives must be the same policy.
void expect_round_trip(const Policy& policy) {
    const auto again = load_canonical(policy.canonical);
    ASSERT_TRUE(again) << again.error().detail << "\n" << policy.canonical;
    EXPECT_EQ(again->canonical, policy.canonical);
    EXPECT_EQ(again->digest, policy.digest);
    ASSERT_EQ(again->rules.size(), policy.rules.size());
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        EXPECT_EQ(again->rules[i].id, policy.rules[i].id);
        const auto& before = policy.rules[i].condition.clauses;
        const auto& after = again->rules[i].condition.clauses;
        ASSERT_EQ(after.size(), before.size());
        for (std::size_t at = 0; at < before.size(); ++at)
            EXPECT_EQ(after[at].expected, before[at].expected);
    }
}

void expect_same(const std::string& one, const std::string& other) {
    const auto first = loaded(one);
    const auto second = loaded(other);
    EXPECT_EQ(first.canonical, second.canonical);
    EXPECT_EQ(first.digest, second.digest);
}

TEST(canonical, reads_back_what_it_wrote) {
    expect_round_trip(loaded("schema: chela.policy/1\nid: a\nversion: 1\n"));
    expect_round_trip(loaded(
        head() +
        "expires: 2027-01-01T00:00:00Z\nnot_before: 2026-01-01T00:00:00Z\nshow_limits: true\n"
        "permit:\n"
        "  - {id: pay, effect: transfer, op: transaction, where: {asset: usdc@8453, from: self, "
        "to: "
        "{in: payees}}, charge: usdc-day}\n"
        "  - {id: swap, effect: swap, where: {venue: [uniswap-v3@8453, nft], recipient: actor, "
        "asset_in: usdc@8453, via: none, deadline_within: 5m}}\n"
        "  - {id: mint, effect: call, where: {contract: nft, function: \"mint(address,uint256)\", "
        "args: {to: self, id: {in: [1, 2]}}}}\n"
        "forbid:\n"
        "  - {id: f, effect: grant, code: E_MINE, hint: \"not to {spender}\", where: {any: "
        "[{amount: unbounded}, {any: [{expiry: none}, {spender: {not_in: payees}}]}]}}\n"
        "  - {id: g, effect: [deploy, message], op: [typed_data, transaction]}\n"
        "  - {id: h, effect: deploy, where: {value: {gt: 1 wei}, initcode_hash: "
        "\"0x1111111111111111111111111111111111111111111111111111111111111111\"}}\n"
        "review: [{id: r, effect: transfer, where: {token_id: {gte: 5}, chain: [1, 8453]}}]\n"
        "simulation: {require: true, operations: [transaction], max_age_blocks: 3, max_outflow: "
        "{usdc@8453: 1 USDC, native: 2 "
        "gwei}}\n"));
}

TEST(canonical, is_one_text_for_one_meaning) {
    expect_same(
        head() +
            "forbid: [{id: r, effect: [grant, transfer], where: {chain: 8453, actor: self}}]\n",
        "# another order, other words\n" + head() +
            "forbid:\n- effect: [transfer, grant]\n  id: \"r\"\n  where:\n    actor: {in: [self]}\n"
            "    chain: [8453, 8453]\n");
    expect_same(
        head() + "forbid: [{id: a, effect: grant}, {id: b, effect: revoke}]\n",
        head() + "forbid: [{id: b, effect: revoke, where: {}}, {id: a, effect: grant}]\n");
    expect_same(
        head() + "forbid: [{id: r, effect: transfer, where: {amount: {gt: 1.50 USDC}}}]\n",
        head() + "forbid: [{id: r, effect: transfer, where: {amount: {gt: \"1.5 usdc@8453\"}}}]\n");
    expect_same(
        head() + "forbid: [{id: r, effect: transfer, where: {any: [{to: self}, {from: self}]}}]\n",
        head() +
            "forbid: [{id: r, effect: transfer, where: {any: [{from: self}, {to: self}, {to: "
            "{eq: self}}]}}]\n");
    expect_same(
        head() +
            "forbid: [{id: r, effect: call, where: {contract: nft, function: "
            "\"mint(address,uint256)\", args: {0: self}}}]\n",
        head() +
            "forbid: [{id: r, effect: call, where: {contract: nft, function: "
            "\"mint(address to, uint256 id)\", args: {to: self}}}]\n");
    expect_same(
        head() + "review: [{id: r, effect: grant}]\nsimulation: {must_not_revert: true}\n",
        head() + "review: [{id: r, effect: grant, quorum: {of: operators, m: 1, ttl: 15m}}]\n");
    const std::string checksummed = "833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
    expect_same(
        head(), head().replace(
                    head().find(checksummed), checksummed.size(),
                    "833589fcd6edb6e08f4c7c32d4f71b54bda02913"));
}

TEST(canonical, differs_where_the_meaning_does) {
    const auto digest_of = [](const std::string& rules) {
        return to_hex(loaded(head() + rules).digest);
    };
    std::set<std::string> digests;
    const std::vector<std::string> documents{
        "",
        "show_limits: true\n",
        "forbid: [{id: r, effect: grant}]\n",
        "permit: [{id: r, effect: grant}]\n",
        "forbid: [{id: s, effect: grant}]\n",
        "forbid: [{id: r, effect: revoke}]\n",
        "forbid: [{id: r, effect: grant, code: E_MINE}]\n",
        "forbid: [{id: r, effect: grant, op: transaction}]\n",
        "forbid: [{id: r, effect: grant, where: {amount: {gt: 1 USDC}}}]\n",
        "forbid: [{id: r, effect: grant, where: {amount: {gt: 1 WETH}}}]\n",
        "forbid: [{id: r, effect: grant, where: {amount: {gte: 1 USDC}}}]\n",
        "forbid: [{id: r, effect: grant, where: {any: [{amount: {gte: 1 USDC}}]}}]\n",
        "forbid: [{id: r, effect: grant, where: {any: []}}]\n",
        "simulation: {require: true}\n"};
    for (const auto& document : documents)
        digests.insert(digest_of(document));
    EXPECT_EQ(digests.size(), documents.size());
}

TEST(canonical, does_not_depend_on_where_things_are_written) {
    const auto policy = loaded(head() + "forbid: [{id: r, effect: grant}]\n");
    EXPECT_THAT(policy.canonical, testing::Not(HasSubstr("p.yaml")));
}

TEST(canonical, digest_is_keccak_256_of_the_text) {
    const auto policy = loaded("schema: chela.policy/1\nid: a\nversion: 1\n");
    EXPECT_EQ(
        policy.canonical,
        R"({"assets":{},"budgets":{},"contracts":{},"envelope":{"any_chain":false,"chain_hint":"",)"
        R"("chains":[],"charge":[],"max_fee_per_gas":null,"max_gas":null,"max_total_fee":null,)"
        R"("operations":[],"per_chain":[],"tx_types":[]},"expires":null,"id":"a",)"
        R"("is_compiled":false,"not_before":null,"rules":[],"schema":"chela.policy.canonical/1",)"
        R"("sets":{},"show_limits":false,"simulation":{"max_age_blocks":null,)"
        R"("max_native_outflow":null,"max_outflow":{},"must_not_revert":true,"operations":[],)"
        R"("require":false},"version":1})");
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(policy.canonical.data());
    EXPECT_EQ(policy.digest, chains::keccak256(BytesView{bytes, policy.canonical.size()}));
}

/// Rules made of parts at random; every document of them loads.
std::string random_rules(std::mt19937& random) {
    const auto pick = [&](const std::vector<std::string>& from) {
        return from[random() % from.size()];
    };
    std::string out = "forbid:\n";
    const auto count = 1 + random() % 6;
    for (std::size_t i = 0; i < count; ++i) {
        const auto clause = [&] {
            return "{" +
                   pick(
                       {"to: self", "to: {in: payees}", "to: {not_in: [actor, self, self]}",
                        "amount: {gt: 3 USDC, lt: 5 USDC}", "amount: unbounded",
                        "asset: [usdc@8453, weth@8453]", "token: none", "token_id: [3, 2, 1]",
                        "from: {ne: nft}"}) +
                   pick({"", ", chain: 8453", ", actor: self"}) + "}";
        };
        out += "  - {id: r" + std::to_string(random() % 1000) + "-" + std::to_string(i) +
               ", effect: transfer, where: " +
               pick(
                   {clause(), "{any: [" + clause() + ", " + clause() + "]}",
                    "{any: [{any: [" + clause() + "]}, " + clause() + "]}"}) +
               "}\n";
    }
    return out;
}

TEST(canonical, reads_back_any_document) {
    std::mt19937 random{20260921};
    for (int i = 0; i < 100; ++i) {
        const auto text = head() + random_rules(random);
        SCOPED_TRACE(text);
        expect_round_trip(loaded(text));
        if (HasFailure()) return;
    }
}

TEST(canonical, refuses_any_other_text) {
    const auto policy = loaded(
        head() +
        "permit: [{id: pay, effect: transfer, where: {asset: usdc@8453, amount: {lt: 5 "
        "USDC}, to: {in: payees}}, charge: usdc-day}]\n");
    const auto& text = policy.canonical;
    ASSERT_TRUE(load_canonical(text));
    const auto with = [&](const std::string& from, const std::string& to) {
        auto changed = text;
        const auto at = changed.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        if (at != std::string::npos) changed.replace(at, from.size(), to);
        return changed;
    };
    for (const auto& changed :
         {std::string{},
          std::string{"{}"},
          std::string{"[]"},
          text + " ",
          " " + text,
          with("\"version\":7", "\"version\":7.0"),
          with("\"version\":7", "\"version\":-7"),
          with("\"version\":7", "\"version\":\"7\""),
          with("\"effects\":[\"transfer\"]", "\"effects\":[]"),
          with("\"effects\":[\"transfer\"]", "\"effects\":[\"opaque\"]"),
          with("\"effects\":[\"transfer\"]", "\"effects\":[\"revoke\"]"),
          with("\"amount\":\"5000000\"", "\"amount\":\"05000000\""),
          with("\"set\":\"payees\"", "\"set\":\"nobody\""),
          with("\"field\":\"to\"", "\"field\":\"spender\""),
          with("\"comparison\":\"lt\"", "\"comparison\":\"in\""),
          with("\"comparison\":\"lt\"", "\"comparison\":\"like\""),
          with("amount < 5 USDC", "amount < 6 USDC"),
          with("\"charge\":[\"usdc-day\"]", "\"charge\":[\"gas-day\"]"),
          with("\"charge\":[\"usdc-day\"]", "\"charge\":[\"nothing\"]"),
          with("\"quorum\":null", "\"quorum\":{\"minimum\":1,\"of\":\"operators\",\"ttl_ms\":1}"),
          with("\"kind\":\"permit\"", "\"kind\":\"forbid\""),
          with("\"limit\":\"100000000\"", "\"limit\":null"),
          with("\"show_limits\":false", "\"show_limits\":false,\"x\":1"),
          with("8453/0x833589", "8453/0X833589")}) {
        const auto loaded_again = load_canonical(changed);
        EXPECT_FALSE(loaded_again) << changed;
        if (!loaded_again) {
            EXPECT_EQ(loaded_again.error().reason, "E_POLICY_DOCUMENT");
        }
    }
}

}  // namespace
}  // namespace chela::policy::test
