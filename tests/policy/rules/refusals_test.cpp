#include "tests/policy/rules/documents.hpp"

#include <gtest/gtest.h>

namespace chela::policy::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

struct Line {
    std::string text;     ///< after head()
    const char* place;    ///< "18: permit r.where"
    const char* problem;  ///< key words
};

void expect_refusals(const std::string& before, const std::vector<Line>& lines) {
    for (const auto& [text, place, problem] : lines) {
        EXPECT_THAT(
            refusal(before + text),
            AllOf(StartsWith("p.yaml:" + std::string{place}), HasSubstr(problem)))
            << text;
    }
}

TEST(load_policy, refuses_a_header_that_is_not_one) {
    expect_refusals(
        "", {
                {"", "", "schema"},
                {"schema: chela.policy/2\nid: a\nversion: 1\n", "1: schema: ", "chela.policy/1"},
                {"schema: chela.policy/1\nid: A\nversion: 1\n", "2: id: ", "a-z"},
                {"schema: chela.policy/1\nversion: 1\n", "1: ", "\"id\" is missing"},
                {"schema: chela.policy/1\nid: a\n", "1: ", "\"version\" is missing"},
                {"schema: chela.policy/1\nid: a\nversion: 0\n", "3: version: ", "from 1 to"},
                {"schema: chela.policy/1\nid: a\nversion: 9223372036854775808\n",
                 "3: version: ", "from 1 to"},
                {"schema: chela.policy/1\nid: a\nversion: 1.0\n", "3: version: ", "digits"},
                {"schema: chela.policy/1\nid: a\nversion: 1\nexpires: tomorrow\n",
                 "4: expires: ", "2027-01-01T00:00:00Z"},
                {"schema: chela.policy/1\nid: a\nversion: 1\nexpires: 2027-02-29T00:00:00Z\n",
                 "4: expires: ", "time in UTC"},
                {"schema: chela.policy/1\nid: a\nversion: 1\nexpires: 2027-01-01T00:00:00+01:00\n",
                 "4: expires: ", "time in UTC"},
                {"schema: chela.policy/1\nid: a\nversion: 1\nnot_before: 2027-01-01T00:00:00Z\n"
                 "expires: 2027-01-01T00:00:00Z\n",
                 "5: expires: ", "not after not_before"},
                {"schema: chela.policy/1\nid: a\nversion: 1\nshow_limits: yes\n",
                 "4: show_limits: ", "true or false"},
                {"schema: chela.policy/1\nid: a\nversion: 1\nrules: []\n",
                 "4: ", "unknown key \"rules\""},
                {"schema: chela.policy/1\nid: a\nid: b\nversion: 1\n", "3: ", "set twice"},
                {"[a]\n", "1: ", "expected a section"},
            });
}

TEST(load_policy, refuses_names_that_are_not_understood) {
    const std::string id = "schema: chela.policy/1\nid: a\nversion: 1\n";
    expect_refusals(
        id,
        {
            {"assets: {usdc: {}}\n", "4: assets.usdc: ", "NAME@CHAIN"},
            {"assets: {usdc@base: {}}\n", "4: ", "NAME@CHAIN"},
            {"assets: {usdc@0: {}}\n", "4: ", "NAME@CHAIN"},
            {"assets: {usdc@1: {decimals: 6}}\n", "4: ", "\"address\" is missing"},
            {"assets: {usdc@1: {address: \"0x1111111111111111111111111111111111111111\"}}\n",
             "4: ", "\"decimals\" is missing"},
            {"assets: {usdc@1: {address: \"0x1111111111111111111111111111111111111111\", "
             "decimals: 78}}\n",
             "4: assets.usdc@1.decimals: ", "from 0 to 77"},
            {"assets:\n  usdc@1:\n    address: \"0x833589fcD6eDb6E08f4c7C32D4f71b54bdA02913\"\n",
             "5: assets.usdc@1: ", "\"decimals\" is missing"},
            {"assets:\n  a@1: {address: \"0x1111111111111111111111111111111111111111\", decimals: "
             "1}\n  b@1: {address: \"0x1111111111111111111111111111111111111111\", decimals: 2}\n",
             "6: assets.b@1.address: ", "a@1 has this address already"},
            {"assets: {native@1: {decimals: 8}}\n", "4: ", "from 18 to 18"},
            {"assets: {native@1: {symbol: p o l}}\n", "4: ", "capitals"},
            {"assets: {native@1: {address: \"0x11\"}}\n", "4: ", "unknown key \"address\""},
            {"sets: {self: []}\n", "4: sets.self: ", "is not self"},
            {"sets: {A: []}\n", "4: ", "a-z"},
            {"sets: {a: [\"0x833589fcD6eDb6E08f4c7C32D4f71b54bdA02913\"]}\n",
             "4: sets.a[0]: ", "checksum"},
            {"sets: {a: [\"0x11\"]}\n", "4: sets.a[0]: ", "\"0x11\""},
            {"sets: {a: b}\n", "4: sets.a: ", "expected a list"},
            {"sets: {a: }\n", "4: sets.a: ", "found nothing"},
            {"contracts: {a: {chain: 1, address: "
             "\"0x1111111111111111111111111111111111111111\"}}\n",
             "4: contracts.a: ", "says nothing"},
            {"contracts: {a: {address: \"0x1111111111111111111111111111111111111111\", kind: "
             "safe}}\n",
             "4: ", "\"chain\" is missing"},
            {"contracts: {a: {chain: 1, address: \"0x1111111111111111111111111111111111111111\", "
             "kind: bank}}\n",
             "4: contracts.a.kind: ", "unknown kind \"bank\""},
            {"contracts: {a: {chain: 1, address: \"0x1111111111111111111111111111111111111111\", "
             "abi: [\"mint(adress)\"]}}\n",
             "4: contracts.a.abi[0]: ", "adress"},
            {"contracts: {a: {chain: 1, address: \"0x1111111111111111111111111111111111111111\", "
             "abi: [\"event Go()\"]}}\n",
             "4: contracts.a.abi[0]: ", "expected a function"},
            {"contracts: {a: {chain: 1, address: \"0x1111111111111111111111111111111111111111\", "
             "abi: [\"go(uint)\", \"go(uint256 x)\"]}}\n",
             "4: contracts.a.abi[1]: ", "has the selector of"},
            {"contracts: {a: {chain: 1, address: \"0x1111111111111111111111111111111111111111\", "
             "abi: \"[{]\"}}\n",
             "4: contracts.a.abi: ", ""},
            {"sets: {a: []}\ncontracts: {a: {chain: 1, kind: safe}}\n",
             "5: contracts.a: ", "taken by a set"},
            {"contracts:\n  a: {chain: 1, address: \"0x1111111111111111111111111111111111111111\", "
             "kind: safe}\n  b: {chain: 1, address: "
             "\"0x1111111111111111111111111111111111111111\", "
             "kind: safe}\n",
             "6: contracts.b.address: ", "a is this contract already"},
        });
}

TEST(load_policy, refuses_budgets_and_envelopes_that_count_nothing_clear) {
    const std::string id = "schema: chela.policy/1\nid: a\nversion: 1\n";
    expect_refusals(
        id,
        {
            {"budgets: {b: {limit: 1 ETH, window: 24h}}\n",
             "4: budgets.b: ", "\"asset\" is missing"},
            {"envelope: {chains: [1]}\nbudgets: {b: {asset: native@1, limit: 1 ETH}}\n",
             "5: budgets.b: ", "\"window\" is missing"},
            {"envelope: {chains: [1]}\nbudgets: {b: {asset: native@1, window: 24h}}\n",
             "5: budgets.b: ", "\"limit\" is missing"},
            {"envelope: {chains: [1]}\nbudgets: {b: {asset: native@1, limit: 1, window: 24h}}\n",
             "5: budgets.b.limit: ", "with its unit"},
            {"envelope: {chains: [1]}\nbudgets: {b: {asset: native@1, limit: 1e3 ETH, window: "
             "24h}}\n",
             "5: budgets.b.limit: ", "not an amount"},
            {"envelope: {chains: [1]}\nbudgets: {b: {asset: native@1, limit: -1 ETH, window: "
             "24h}}\n",
             "5: budgets.b.limit: ", "\"-1\": not an amount: digits"},
            {"envelope: {chains: [1]}\nbudgets: {b: {asset: native@1, limit: "
             "0.0000000000000000001 ETH, window: 24h}}\n",
             "5: budgets.b.limit: ", "\": too many digits after the point: at most 18"},
            {"envelope: {chains: [1]}\nbudgets: {b: {asset: native@1, limit: 1 USDC, window: "
             "24h}}\n",
             "5: budgets.b.limit: ", "write \"1 ETH\""},
            {"budgets: {b: {asset: native@1, limit: 1 ETH, window: 24h}}\n",
             "4: budgets.b.asset: ", "envelope.chains does not list 1; add it there"},
            {"envelope: {chains: []}\nbudgets: {b: {asset: native@8453, limit: 1 ETH, window: "
             "24h}}\n",
             "5: budgets.b.asset: ", "envelope.chains does not list 8453"},
            {"budgets: {b: {counts: max_fee, limit: 1 ETH, window: 1day}}\n",
             "4: budgets.b.window: ",
             "found \"1day\"; write a time from 1s to 3650d such as 90s, 5m, 24h or 7d, or "
             "utc-day, "
             "unlimited or signature"},
            {"budgets: {b: {counts: max_fee, limit: 1 ETH, window: 24}}\n",
             "4: budgets.b.window: ", "90s, 5m, 24h or 7d"},
            {"budgets: {b: {counts: max_fee, limit: 1 ETH, window: 0s}}\n",
             "4: budgets.b.window: ", "from 1s"},
            {"budgets: {b: {counts: max_fee, limit: 1 ETH, window: 4000d}}\n",
             "4: budgets.b.window: ", "3650d"},
            {"budgets: {b: {counts: fees, limit: 1 ETH, window: 24h}}\n",
             "4: budgets.b.counts: ", "unknown \"fees\""},
            {"budgets: {b: {counts: max_fee, limit: 1 ETH, window: 24h, scope: world}}\n",
             "4: budgets.b.scope: ", "organization"},
            {"budgets: {b: {counts: signatures, limit: many, window: 24h}}\n",
             "4: budgets.b.limit: ", "whole number"},
            {"envelope: {chain: 1}\n", "4: envelope: ", "unknown key \"chain\""},
            {"envelope: {chains: [0]}\n", "4: envelope.chains[0]: ", "from 1"},
            {"envelope: {tx_types: [5]}\n", "4: envelope.tx_types[0]: ", "from 0 to 4"},
            {"envelope: {operations: [send]}\n", "4: envelope.operations[0]: ", "typed_data"},
            {"envelope: {operations: []}\n", "4: envelope.operations: ", "none listed means all"},
            {"envelope: {max_total_fee: 1}\n", "4: envelope.max_total_fee: ", "with its unit"},
            {"envelope: {max_total_fee: 1 USDC}\n",
             "4: envelope.max_total_fee: ", "ETH, gwei or wei"},
            {"envelope: {charge: b}\n", "4: envelope.charge: ", "unknown budget"},
            {"envelope: {chains: [1], charge: b}\nbudgets: {b: {counts: effects, limit: 3, window: "
             "24h}}\n",
             "4: envelope.charge: ", "counts effects"},
            {"budgets: {b: {counts: effects, asset: native@1, limit: 3, window: 24h}}\nenvelope: "
             "{chains: [1]}\n",
             "4: budgets.b.asset: ", "a number has no asset"},
            {"envelope: {chains: [1], charge: b}\nbudgets: {b: {asset: native@1, limit: 1 ETH, "
             "window: 24h}}\n",
             "4: envelope.charge: ", "counts amounts"},
            {"envelope: {chains: [1, 10], charge: b}\nbudgets: {b: {asset: native@1, limit: 1 ETH, "
             "counts: max_fee, window: 24h}}\n",
             "4: envelope.charge: ", "fees on chain 10"},
            {"simulation: {operations: []}\n",
             "4: simulation.operations: ", "none listed means all"},
            {"simulation: {required: true}\n", "4: simulation: ", "unknown key"},
            {"simulation: {max_outflow: {usdc@1: 1 USDC}}\n",
             "4: simulation.max_outflow.usdc@1: ", "unknown asset"},
        });
}

Line where(std::string rule, const char* place, const char* problem) {
    return {"forbid: [{id: r, " + rule + "}]\n", place, problem};
}

TEST(load_policy, refuses_clauses_that_do_not_say_what_they_mean) {
    expect_refusals(
        head(),
        {
            where(
                "effect: transfer, where: {spender: self}", "18: forbid r.where.spender: ",
                "transfer has no field spender; it has asset, token, from, to, amount, token_id, "
                "chain, actor, target"),
            where(
                "effect: wrap, where: {asset: native@8453}", "18: forbid r.where.asset: ",
                "a wrap's asset is the token (such as weth@8453), never native currency; declare "
                "it under assets"),
            where(
                "effect: wrap, where: {any: [{asset: [weth@8453, native@8453]}]}",
                "18: ", "a wrap's asset is the token"),
            where("effect: [grant, transfer], where: {to: self}", "18: ", "grant has no field to"),
            where("effect: transfer, where: {recipient_address: self}", "18: ", "unknown field"),
            where(
                "effect: transfer, where: {to: payees}", "18: forbid r.where.to: ", "{in: payees}"),
            where(
                "effect: transfer, where: {to: {in: nobody}}", "18: forbid r.where.to.in: ",
                "no address, declared set or contract; write an address in full, payees, nft, "
                "self"),
            where("effect: transfer, where: {to: usdc@8453}", "18: ", "no address"),
            where(
                "effect: transfer, where: {to: \"0x833589fcD6eDb6E08f4c7C32D4f71b54bdA02913\"}",
                "18: forbid r.where.to: ", "checksum"),
            where("effect: transfer, where: {to: none}", "18: ", "no address"),
            where("effect: transfer, where: {to: }", "18: ", "found nothing"),
            where("effect: transfer, where: {to: {}}", "18: ", "expected a comparison"),
            where("effect: transfer, where: {to: {eq: [self, actor]}}", "18: ", "in or not_in"),
            where("effect: transfer, where: {to: {gt: self}}", "18: ", "cannot be compared"),
            where("effect: transfer, where: {to: {is_none: true}}", "18: ", "unknown comparison"),
            where("effect: transfer, where: {to: {like: self}}", "18: ", "unknown comparison"),
            where(
                "effect: transfer, where: {to: [nft, "
                "\"0x1111111111111111111111111111111111111111\"]}",
                "18: forbid r.where.to: ", "under any"),
            where("effect: transfer, where: {amount: 5}", "18: ", "with its unit"),
            where("effect: transfer, where: {amount: {gt: 5 DAI}}", "18: ", "unknown unit"),
            where("effect: transfer, where: {amount: {gt: unbounded}}", "18: ", "with its unit"),
            where(
                "effect: transfer, where: {amount: [1 USDC, 2 USDC]}",
                "18: ", "cannot be compared"),
            where(
                "effect: transfer, where: {asset: weth@8453, amount: {gt: 5 USDC}}",
                "18: ", "one of weth@8453 is meant"),
            where(
                "effect: transfer, where: {asset: dai@8453}", "18: ",
                "declare it under assets, or write one of usdc@8453, weth@8453, native@8453"),
            where("effect: transfer, where: {token_id: -1}", "18: ", "decimal digits"),
            where("effect: transfer, where: {token_id: 0x10}", "18: ", "decimal digits"),
            where("effect: swap, where: {min_out: unbounded}", "18: ", "with its unit"),
            where("effect: swap, where: {deadline: 5m}", "18: ", "cannot be compared"),
            where("effect: swap, where: {deadline_within: soon}", "18: ", "5m"),
            where("effect: swap, where: {venue: sushiswap@8453}", "18: ", "unknown venue"),
            where("effect: swap, where: {venue: uniswap-v3}", "18: ", "unknown venue"),
            where("effect: swap, where: {via: {eq: usdc@8453}}", "18: ", "cannot be compared"),
            where("effect: grant, where: {deadline_within: 5m}", "18: ", "no field deadline"),
            where("effect: authority, where: {kind: unknown_selector}", "18: ", "owner, threshold"),
            where("effect: opaque, where: {kind: owner}", "18: ", "unknown_selector"),
            where("effect: deploy, where: {initcode_hash: \"0x1234\"}", "18: ", "32 bytes"),
            where("effect: deploy, where: {value: {lt: 1 USDC}}", "18: ", "ETH, gwei or wei"),
            where("effect: transfer, where: {chain: 0}", "18: ", "from 1"),
            where("effect: transfer, where: {chain: base}", "18: ", "decimal digits"),
            where("effect: message, where: {chain: 8453}", "18: ", "message has no field chain"),
            where("effect: message, where: {text: {gt: a}}", "18: ", "cannot be compared"),
            where("effect: transfer, where: {any: {to: self}}", "18: ", "expected a list"),
            where(
                "effect: transfer, where: {any: [self]}",
                "18: forbid r.where.any[0]: ", "expected fields"),
            where("effect: transfer, where: [to]", "18: forbid r.where: ", "expected fields"),
        });
}

TEST(load_policy, refuses_arguments_that_no_pinned_function_has) {
    expect_refusals(
        head(),
        {
            where(
                "effect: call, where: {contract: nft, function: burn(uint256)}",
                "18: ", "no declared contract here has the function burn(uint256)"),
            where("effect: call, where: {function: mint}", "18: ", "whole signature"),
            where(
                "effect: call, where: {contract: nft, args: {to: self}}",
                "18: ", "pause(bool) has not one argument to"),
            where(
                "effect: call, where: {contract: nft, function: \"mint(address,uint256)\", args: "
                "{from: self}}",
                "18: forbid r.where.args.from: ", "has not one argument from"),
            where(
                "effect: call, where: {contract: nft, function: \"mint(address,uint256)\", args: "
                "{2: self}}",
                "18: ", "has not one argument 2"),
            where(
                "effect: call, where: {contract: nft, function: \"mint(address,uint256)\", args: "
                "{to: 5}}",
                "18: ", "no address"),
            where(
                "effect: call, where: {contract: nft, function: \"mint(address,uint256)\", args: "
                "{id: {starts_with: 5}}}",
                "18: ", "cannot be compared"),
            where(
                "effect: call, where: {contract: nft, function: pause(bool), args: {on: 1}}",
                "18: ", "true or false"),
            where(
                "effect: call, where: {contract: "
                "\"0x1111111111111111111111111111111111111111\", args: {to: self}}",
                "18: ", "has not one argument"),
        });
    EXPECT_THAT(
        refusal("schema: chela.policy/1\nid: a\nversion: 1\nforbid: [{id: r, effect: call, where: "
                "{args: {to: self}}}]\n"),
        HasSubstr("give it an abi"));
    EXPECT_THAT(
        refusal(
            "schema: chela.policy/1\nid: a\nversion: 1\n"
            "contracts: {c: {chain: 1, address: \"0x1111111111111111111111111111111111111111\", "
            "abi: [\"go(uint256[] ids)\"]}}\n"
            "forbid: [{id: r, effect: call, where: {contract: c, args: {ids: 5}}}]\n"),
        HasSubstr("type uint256[] cannot be compared"));
}

TEST(load_policy, refuses_rules_that_are_not_whole) {
    expect_refusals(
        head(),
        {
            {"permit: {id: r}\n", "18: permit: ", "expected a list"},
            {"permit: [r]\n", "18: permit[0]: ", "expected a section"},
            {"permit: [{effect: transfer}]\n", "18: permit[0]: ", "\"id\" is missing"},
            {"permit: [{id: R, effect: transfer}]\n", "18: ", "a-z"},
            {"permit: [{id: r}]\n", "18: permit r: ", "\"effect\" is missing"},
            {"permit: [{id: r, effect: []}]\n", "18: ", "names no effect"},
            {"permit: [{id: r, effect: steal}]\n", "18: ",
             "unknown \"steal\"; write one of transfer, grant, revoke, swap, wrap, deploy, "
             "delegate_7702, delegatecall, authority, userop, call, message"},
            {"permit: [id:pay]\n",
             "18: permit[0]: ", "a blank is missing after the colon; write \"id: pay\""},
            {"permit: [{id:pay, effect: transfer}]\n",
             "18: permit[0]: ", "a blank is missing after the colon; write \"id: pay\""},
            {"permit: [{id: r, effect: [grant, grant]}]\n", "18: ", "listed twice"},
            {"permit: [{id: r, effect: opaque}]\n", "18: permit r.effect: ", "never permitted"},
            {"permit: [{id: r, effect: transfer, code: E_NO}]\n", "18: ", "unknown key \"code\""},
            {"permit: [{id: r, effect: transfer, quorum: {}}]\n", "18: ", "unknown key \"quorum\""},
            {"forbid: [{id: r, effect: transfer, charge: usdc-day}]\n",
             "18: ", "unknown key \"charge\""},
            {"permit: [{id: r, effect: transfer, op: [send]}]\n", "18: ", "unknown \"send\""},
            {"permit: [{id: r, effect: transfer, op: []}]\n", "18: ", "leave it out"},
            {"permit:\n  - {id: r, effect: revoke}\nforbid:\n  - {id: r, effect: grant}\n",
             "21: ", "r is the id of another rule at p.yaml:19"},
            {"forbid: [{id: r, effect: transfer, code: NO}]\n", "18: ", "E_NO_PAYROLL"},
            {"forbid: [{id: r, effect: transfer, hint: \"{spender} is bad\"}]\n",
             "18: ", "in braces"},
            {"forbid: [{id: r, effect: transfer, hint: \"{to is bad\"}]\n", "18: ", "in braces"},
            {"review: [{id: r, effect: transfer, quorum: {m: 0}}]\n",
             "18: review r.quorum.m: ", "from 1"},
            {"review: [{id: r, effect: transfer, quorum: {of: agents}}]\n",
             "18: ", "expected operators"},
            {"review: [{id: r, effect: transfer, quorum: {ttl: 1y}}]\n", "18: ", "24h"},
        });
}

Line charge(std::string rule, const char* problem) {
    return {"permit: [{id: r, " + rule + "}]\n", "18: permit r.charge: ", problem};
}

TEST(load_policy, refuses_a_charge_that_would_count_the_wrong_thing) {
    expect_refusals(
        head(),
        {
            charge(
                "effect: transfer, charge: nothing",
                "unknown budget \"nothing\"; declare it under budgets, or write one of usdc-day, "
                "gas-day, eth-day"),
            charge("effect: transfer, charge: gas-day", "which the envelope charges"),
            charge("effect: transfer, charge: usdc-day", "add asset:"),
            charge(
                "effect: transfer, where: {asset: [usdc@8453, weth@8453]}, charge: usdc-day",
                "add asset:"),
            charge(
                "effect: transfer, where: {asset: {ne: usdc@8453}}, charge: usdc-day",
                "add asset:"),
            charge(
                "effect: transfer, where: {any: [{asset: usdc@8453}]}, charge: usdc-day",
                "add asset:"),
            charge(
                "effect: transfer, where: {asset: weth@8453}, charge: usdc-day",
                "usdc-day counts usdc@8453, and the rule takes weth@8453"),
            charge(
                "effect: swap, where: {asset_out: usdc@8453}, charge: usdc-day", "add asset_in:"),
            charge(
                "effect: wrap, where: {asset: weth@8453}, charge: eth-day",
                "add asset: with the token (such as weth@8453) and direction:"),
            charge(
                "effect: wrap, where: {asset: weth@8453, direction: unwrap}, charge: eth-day",
                "takes weth@8453"),
            charge("effect: deploy, charge: eth-day", "add chain:"),
            charge("effect: revoke, charge: usdc-day", "takes no amount"),
            charge("effect: call, charge: eth-day", "takes no amount"),
        });
    for (const auto* rule :
         {"effect: transfer, where: {asset: usdc@8453}, charge: usdc-day",
          "effect: [transfer, grant], where: {asset: {in: [usdc@8453]}}, charge: [usdc-day]",
          "effect: swap, where: {asset_in: usdc@8453}, charge: usdc-day",
          "effect: wrap, where: {asset: weth@8453, direction: wrap}, charge: eth-day",
          "effect: deploy, where: {chain: 8453}, charge: eth-day"}) {
        EXPECT_EQ(loaded(head() + "permit: [{id: r, " + rule + "}]\n").rules.size(), 1U) << rule;
    }
}

std::string nested(std::size_t depth) {
    std::string text = "{to: self}";
    for (std::size_t i = 0; i < depth; ++i)
        text = "{any: [" + text + "]}";
    return head() + "forbid: [{id: r, effect: transfer, where: " + text + "}]\n";
}

TEST(load_policy, tells_how_an_address_with_wrong_capitals_is_written) {
    const std::string id = "schema: chela.policy/1\nid: a\nversion: 1\n";
    EXPECT_THAT(
        refusal(id + "sets: {a: [\"0x833589FCD6eDb6E08f4c7C32D4f71b54bdA02913\"]}\n"),
        testing::EndsWith("wrong checksum; if every digit is right, write " + std::string{kUsdc}));
    EXPECT_THAT(
        refusal(id + "sets: {a: [\"0x833589FCD6eDb6E08f4c7C32D4f71b54bdA0291\"]}\n"),
        testing::Not(HasSubstr("every digit")));
}

TEST(load_policy, lists_a_dozen_of_what_there_is) {
    std::string budgets = "schema: chela.policy/1\nid: a\nversion: 1\nbudgets:\n";
    for (int i = 10; i < 24; ++i)
        budgets += "  b" + std::to_string(i) + ": {counts: signatures, limit: 1, window: 24h}\n";
    EXPECT_THAT(
        refusal(budgets + "envelope: {charge: c}\n"),
        AllOf(HasSubstr("b10, b11, "), HasSubstr("b21 (and 2 more)")));
}

TEST(load_policy, bounds_what_it_reads) {
    EXPECT_EQ(loaded(nested(8)).rules.size(), 1U);
    EXPECT_THAT(refusal(nested(9)), HasSubstr("more than 8 deep"));
    EXPECT_THAT(refusal(nested(40)), HasSubstr("nested too deeply"));
    EXPECT_THAT(
        refusal(std::string((1U << 20U) + 1, ' ')), StartsWith("p.yaml:1: longer than 1 MiB"));
    std::string rules = "schema: chela.policy/1\nid: a\nversion: 1\nforbid: [";
    for (int i = 0; i < 10'001; ++i)
        rules += "{id: r" + std::to_string(i) + ", effect: grant},";
    EXPECT_THAT(refusal(rules + "]\n"), HasSubstr("more than 10000 rules"));
    // Aliases unfold: few bytes, many addresses.
    std::string sets =
        "schema: chela.policy/1\nid: a\nversion: 1\nsets:\n  a0: &l "
        "[\"0x1111111111111111111111111111111111111111\"";
    for (int i = 1; i < 5'000; ++i)
        sets += ",\"0x1111111111111111111111111111111111111111\"";
    sets += "]\n";
    for (int i = 1; i <= 20; ++i)
        sets += "  a" + std::to_string(i) + ": *l\n";
    EXPECT_THAT(refusal(sets), HasSubstr("more than 100000 addresses"));
}

TEST(load_policy, refuses_text_that_is_no_document) {
    EXPECT_THAT(
        refusal("a: b: c\n"),
        AllOf(
            StartsWith("p.yaml:1: not valid YAML: "), HasSubstr("text with a colon needs quotes")));
    EXPECT_THAT(
        refusal("id: a\nsets:\n\ta: []\n"),
        AllOf(
            StartsWith("p.yaml:3: not valid YAML"), HasSubstr("a tab indents line 3; use spaces")));
    EXPECT_THAT(
        refusal("id: a\nenvelope: {chains: [1,\nversion: 1\n"),
        HasSubstr("the list or map that begins at line 2 is not closed"));
    EXPECT_THAT(
        refusal("id: a\npermit:\n  - id: b\n effect: transfer\n"),
        AllOf(StartsWith("p.yaml:4: not valid YAML"), HasSubstr("a line is indented wrongly")));
    EXPECT_THAT(refusal(std::string{"id: \xff\n"}), StartsWith("p.yaml:1: not plain UTF-8"));
    EXPECT_THAT(refusal("id: \"a\\nb\"\n"), HasSubstr("one line"));
    EXPECT_THAT(refusal("id: !!str a\n"), HasSubstr("tags"));
}

}  // namespace
}  // namespace chela::policy::test
