#include "chains/abi/signature.hpp"
#include "tests/policy/guardrails/lists.hpp"

namespace chela::policy {
namespace {

std::string call_of(const char* signature, const std::vector<chains::abi::Value>& arguments) {
    const auto parsed = chains::abi::parse_signature(signature);
    const auto data = chains::abi::encode_call(*parsed, arguments);
    return to_hex(*data).substr(2);
}

const Address kRouter = *parse_address("0x2626664c2603336E57B271c5C0b26F421741e481");
const Address kWeth = *parse_address("0x4200000000000000000000000000000000000006");

/// exactInputSingle of SwapRouter02: 9 of kToken for WETH.
std::string swap_to(const Address& recipient) {
    using chains::abi::Value;
    return call_of(
        "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))",
        {Value{Value::List{
            Value{kToken}, Value{kWeth}, Value{U256{500}}, Value{recipient}, Value{U256{9}},
            Value{U256{1}}, Value{U256{}}}}});
}

TEST(guardrails, swaps_pay_the_signer_or_a_recipient_through_a_named_router) {
    const auto own = transaction_to(kRouter, {}, swap_to(kSigner));
    const auto to_alice = transaction_to(kRouter, {}, swap_to(kAlice));
    const auto to_eve = transaction_to(kRouter, {}, swap_to(kEve));
    const Codes to{"E_TO_NOT_ALLOWED"};
    expect_lines({
        {"no lists", {}, own, to},
        {"router named", {.to = {kRouter}}, own, {}},
        {"router and recipient named", {.to = {kRouter, kAlice}}, to_alice, {}},
        {"recipient not named", {.to = {kRouter, kAlice}}, to_eve, to},
        {"router not named", {.to = {kAlice}}, own, to},
        {"router named as a token", {.to = {kAlice}, .token = {kRouter, kToken}}, own, to},
        {"token named", {.to = {kRouter}, .token = {kToken}}, own, {}},
        {"token not named", {.to = {kRouter}, .token = {kWeth}}, own, {"E_TOKEN_NOT_ALLOWED"}},
    });
}

TEST(guardrails, wrapping_is_value_and_a_call_of_the_token) {
    Case line{.transaction = transaction_to(kWeth, ether("1"), "d0e30db0")};
    EXPECT_EQ(codes_of(line), Codes{});
    line.rules.everywhere.max_value = ether("0.5");
    EXPECT_EQ(codes_of(line), Codes{"E_VALUE_OVER_LIMIT"});
    line.rules = rules_of({.to = {kAlice}});
    EXPECT_EQ(codes_of(line), (Codes{"E_TO_NOT_ALLOWED", "E_TOKEN_NOT_ALLOWED"}));
    line.rules = rules_of({.token = {kWeth}});
    EXPECT_EQ(codes_of(line), Codes{});
}

TEST(guardrails, value_of_a_call_that_is_not_understood_counts) {
    Case line{
        .rules = rules_of({.to = {kContract}}),
        .transaction = transaction_to(kContract, ether("1"), "12345678")};
    EXPECT_EQ(codes_of(line), Codes{});
    line.rules.everywhere.daily_limit = ether("0.5");
    EXPECT_EQ(codes_of(line), Codes{"E_DAILY_LIMIT"});
}

TEST(guardrails, what_another_account_does_is_for_documents) {
    const auto inner = test::from_digits(transfer(kAlice));
    using chains::abi::Value;
    const auto run =
        call_of("execute(address,uint256,bytes)", {Value{kToken}, Value{U256{}}, Value{inner}});
    expect_lines({
        {"an account of the signer",
         {.to = {kContract, kAlice}, .token = {kToken}},
         transaction_to(kContract, {}, run),
         {"E_UNCLAIMED_EFFECT"}},
        {"ownership",
         {.to = {kContract, kAlice}},
         transaction_to(kContract, {}, "f2fde38b" + word(kAlice)),
         {"E_UNCLAIMED_EFFECT"}},
    });
}

TEST(guardrails, transfers_and_grants_by_signature_are_judged_like_those_by_transaction) {
    const auto judge_effect = [](const Lists& lists, Effect effect) {
        const BoundPolicy policy{
            std::make_shared<const Policy>(compile_guardrails(rules_of(lists))), "agent"};
        EffectTree tree;
        tree.roots = {
            {.what = std::move(effect),
             .actor = kSigner,
             .target = kToken,
             .range = {},
             .inner = {}}};
        Facts facts;
        facts.self = kSigner;
        facts.envelope.operation = Operation::typed_data;
        facts.envelope.chain = kChain;
        facts.tree = &tree;
        facts.now = kNow;
        Codes codes;
        for (const auto& violation : decide(std::vector{policy}, facts).violations)
            codes.push_back(violation.code);
        return codes;
    };
    const Asset token{kChain, kToken};
    const Transfer paid{token, kSigner, kAlice, U256{9}, std::nullopt};
    const Grant granted{token, kSigner, kAlice, U256{9}, std::nullopt};
    const Grant unbounded{token, kSigner, kAlice, std::nullopt, std::nullopt};
    const Lists named{.to = {kAlice}, .token = {kToken}};
    EXPECT_EQ(judge_effect(named, paid), Codes{});
    EXPECT_EQ(judge_effect(named, granted), Codes{});
    EXPECT_EQ(judge_effect(named, unbounded), Codes{"E_GRANT_UNBOUNDED"});
    EXPECT_EQ(judge_effect({}, granted), (Codes{"E_TO_NOT_ALLOWED", "E_TOKEN_NOT_ALLOWED"}));
    EXPECT_EQ(judge_effect({.to = {kEve}, .token = {kToken}}, paid), Codes{"E_TO_NOT_ALLOWED"});
    EXPECT_EQ(judge_effect(named, Message{{'h', 'i'}, std::nullopt}), Codes{"E_UNCLAIMED_EFFECT"});
    EXPECT_EQ(
        judge_effect(named, Delegate7702{kChain, kSigner, kAlice, Nonce{1}}),
        Codes{"E_UNCLAIMED_EFFECT"});
}

}  // namespace
}  // namespace chela::policy
