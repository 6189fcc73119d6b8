#include "tests/policy/guardrails/lists.hpp"

namespace chela::policy {
namespace {

TEST(guardrails, nothing_decided_is_a_denial) {
    EXPECT_EQ(Decision{}.verdict, Verdict::deny);
}

template <class Typed>
Typed like(const chains::Eip1559Transaction& from) {
    Typed out;
    out.chain_id = from.chain_id;
    out.max_priority_fee_per_gas = from.max_priority_fee_per_gas;
    out.max_fee_per_gas = from.max_fee_per_gas;
    out.gas_limit = from.gas_limit;
    out.to = *from.to;
    out.value = from.value;
    out.data = from.data;
    return out;
}

TEST(guardrails, blobs_and_delegations_are_refused_by_their_type_whatever_they_do) {
    Guardrails rules;
    rules.everywhere.to_allowlist = {kAlice};
    const auto plain = transaction_to(kAlice, wei(1));
    auto blob = like<chains::Eip4844Transaction>(plain);
    blob.blob_versioned_hashes.resize(1);
    auto delegation = like<chains::Eip7702Transaction>(plain);
    delegation.authorization_list.resize(1);
    EXPECT_EQ(codes_of({.rules = rules, .transaction = plain}), Codes{});
    EXPECT_EQ(codes_of({.rules = rules, .transaction = blob}), Codes{"E_TX_TYPE"});
    EXPECT_EQ(codes_of({.rules = rules, .transaction = delegation}), Codes{"E_TX_TYPE"});
    EXPECT_THAT(
        judge({.rules = rules, .transaction = blob}).violations.at(0).detail,
        testing::HasSubstr("EIP-4844"));
    EXPECT_THAT(
        judge({.rules = rules, .transaction = delegation}).violations.at(0).detail,
        testing::HasSubstr("EIP-7702"));
}

TEST(guardrails, an_access_list_with_a_gas_price_is_judged_like_any_call) {
    const chains::Eip2930Transaction typed{
        .chain_id = kChain,
        .nonce = {},
        .gas_price = wei(1),
        .gas_limit = Gas{21'000},
        .to = kAlice,
        .value = wei(1),
        .data = {},
        .access_list = {{kContract, {}}}};
    Guardrails rules;
    rules.everywhere.to_allowlist = {kAlice};
    EXPECT_EQ(codes_of({.rules = rules, .transaction = typed}), Codes{});
    rules.everywhere.to_allowlist = {kEve};
    EXPECT_EQ(codes_of({.rules = rules, .transaction = typed}), Codes{"E_TO_NOT_ALLOWED"});
}

TEST(guardrails, chains) {
    Case line;
    EXPECT_EQ(codes_of(line), Codes{});
    line.rules.allowed_chains = {{"base", kChain}};
    EXPECT_EQ(codes_of(line), Codes{});
    line.rules.allowed_chains = {{"mainnet", ChainId{1}}};
    EXPECT_EQ(codes_of(line), Codes{"E_CHAIN_NOT_ALLOWED"});
    auto unprotected = transaction_to(kAlice);
    unprotected.chain_id = ChainId{0};
    EXPECT_EQ(codes_of({.rules = {}, .transaction = unprotected}), Codes{"E_CHAIN_ZERO"})
        << "no rule can lift it";
}

TEST(guardrails, recipients) {
    const Codes denied{"E_TO_NOT_ALLOWED"};
    expect_lines({
        {"no list: anybody", {}, transaction_to(kEve), {}},
        {"listed", {.to = {kAlice}}, transaction_to(kAlice), {}},
        {"unlisted", {.to = {kAlice}}, transaction_to(kEve), denied},
        {"unlisted, of nothing", {.to = {kAlice}}, transaction_to(kEve, wei(0)), denied},
        {"the signer itself", {.to = {kAlice}}, transaction_to(kSigner), denied},
        {"the chain's list too",
         {.to = {kAlice}, .chain_to = {kEve}},
         transaction_to(kAlice),
         denied},
        {"everybody's list too",
         {.to = {kAlice}, .chain_to = {kEve}},
         transaction_to(kEve),
         denied},
        {"both lists", {.to = {kAlice}, .chain_to = {kAlice}}, transaction_to(kAlice), {}},
        {"only the chain's list", {.chain_to = {kAlice}}, transaction_to(kAlice), {}},
    });
}

TEST(guardrails, tokens) {
    const Codes to{"E_TO_NOT_ALLOWED"};
    const Codes token{"E_TOKEN_NOT_ALLOWED"};
    const Codes both{"E_TO_NOT_ALLOWED", "E_TOKEN_NOT_ALLOWED"};
    const auto to_alice = transaction_to(kToken, {}, transfer(kAlice));
    const auto to_eve = transaction_to(kToken, {}, transfer(kEve));
    const auto pulled =
        transaction_to(kToken, {}, "23b872dd" + word(kEve) + word(kAlice) + word(9));
    const auto pulled_to_eve =
        transaction_to(kToken, {}, "23b872dd" + word(kAlice) + word(kEve) + word(9));
    expect_lines({
        {"no lists", {}, to_eve, {}},
        {"token listed", {.token = {kToken}}, to_eve, {}},
        {"token unlisted", {.token = {kContract}}, to_eve, token},
        {"both listed", {.to = {kAlice}, .token = {kToken}}, to_alice, {}},
        {"the argument is the recipient", {.to = {kAlice}, .token = {kToken}}, to_eve, to},
        {"the contract is no recipient", {.to = {kToken}, .token = {kToken}}, to_eve, to},
        {"recipient listed, token not", {.to = {kAlice}, .token = {kContract}}, to_alice, both},
        {"no token list: the contract must be a recipient", {.to = {kAlice}}, to_alice, both},
        {"no token list: contract and recipient are", {.to = {kAlice, kToken}}, to_alice, {}},
        {"no token list: recipient is not", {.to = {kToken}}, to_eve, to},
        {"the chain's token list", {.to = {kAlice}, .chain_token = {kToken}}, to_alice, {}},
        {"both token lists", {.token = {kToken}, .chain_token = {kContract}}, to_alice, token},
        {"somebody else's tokens", {.to = {kAlice}, .token = {kToken}}, pulled, {}},
        {"somebody else's tokens to Eve", {.to = {kAlice}, .token = {kToken}}, pulled_to_eve, to},
        {"value sent to the token",
         {.to = {kAlice}, .token = {kToken}},
         transaction_to(kToken, wei(1), transfer(kAlice)),
         to},
    });
}

TEST(guardrails, every_entry_of_a_batch_is_judged) {
    const auto batch = transaction_to(
        kToken, {},
        "2eb2c2d6" + word(kSigner) + word(kEve) + word(0xa0) + word(0xe0) + word(0x120) + word(1) +
            word(7) + word(1) + word(5) + word(0));
    expect_lines({
        {"Eve", {.to = {kAlice}, .token = {kToken}}, batch, {"E_TO_NOT_ALLOWED"}},
        {"listed", {.to = {kEve}, .token = {kToken}}, batch, {}},
    });
}

TEST(guardrails, grants) {
    const Codes to{"E_TO_NOT_ALLOWED"};
    const Codes token{"E_TOKEN_NOT_ALLOWED"};
    const Codes both{"E_TO_NOT_ALLOWED", "E_TOKEN_NOT_ALLOWED"};
    const auto grant = transaction_to(kToken, {}, approve(kAlice, 9));
    const auto increase = transaction_to(kToken, {}, "39509351" + word(kAlice) + word(9));
    const auto permit = transaction_to(
        kToken, {},
        "d505accf" + word(kEve) + word(kAlice) + word(9) + word(1) + word(27) + word(1) + word(1));
    expect_lines({
        {"no lists", {}, grant, both},
        {"token named only", {.token = {kToken}}, grant, to},
        {"spender named only", {.to = {kAlice, kToken}}, grant, token},
        {"both named", {.to = {kAlice}, .token = {kToken}}, grant, {}},
        {"other spender", {.to = {kEve}, .token = {kToken}}, grant, to},
        {"other token", {.to = {kAlice, kToken}, .token = {kContract}}, grant, token},
        {"increase, no lists", {}, increase, both},
        {"increase, both named", {.to = {kAlice}, .token = {kToken}}, increase, {}},
        {"permit, no lists", {}, permit, both},
        {"permit, both named", {.to = {kAlice}, .token = {kToken}}, permit, {}},
    });
}

TEST(guardrails, unbounded_grants_are_never_allowed) {
    const std::string max(64, 'f');
    const Lists named{.to = {kAlice}, .token = {kToken}};
    const Codes denied{"E_GRANT_UNBOUNDED"};
    expect_lines({
        {"approve", named, transaction_to(kToken, {}, "095ea7b3" + word(kAlice) + max), denied},
        {"increase", named, transaction_to(kToken, {}, "39509351" + word(kAlice) + max), denied},
        {"for all", named, transaction_to(kToken, {}, "a22cb465" + word(kAlice) + word(1)), denied},
        {"no lists",
         {},
         transaction_to(kToken, {}, "095ea7b3" + word(kAlice) + max),
         {"E_TO_NOT_ALLOWED", "E_TOKEN_NOT_ALLOWED", "E_GRANT_UNBOUNDED"}},
    });
}

TEST(guardrails, revocations_name_token_and_spender) {
    const auto revoke = transaction_to(kToken, {}, "a457c2d7" + word(kEve) + word(9));
    expect_lines({
        {"no lists", {}, revoke, {}},
        {"token named", {.token = {kToken}}, revoke, {}},
        {"token not named", {.token = {kContract}}, revoke, {"E_TOKEN_NOT_ALLOWED"}},
        {"spender not named", {.to = {kAlice}, .token = {kToken}}, revoke, {"E_TO_NOT_ALLOWED"}},
        {"both named", {.to = {kEve}, .token = {kToken}}, revoke, {}},
    });
}

TEST(guardrails, approving_nothing_may_grant_the_nft_with_that_id) {
    const auto zero = transaction_to(kToken, {}, approve(kEve, 0));
    expect_lines({
        {"no lists", {}, zero, {"E_TO_NOT_ALLOWED", "E_TOKEN_NOT_ALLOWED"}},
        {"token named", {.token = {kToken}}, zero, {"E_TO_NOT_ALLOWED"}},
        {"spender not named", {.to = {kAlice}, .token = {kToken}}, zero, {"E_TO_NOT_ALLOWED"}},
        {"both named", {.to = {kEve}, .token = {kToken}}, zero, {}},
    });
}

TEST(guardrails, calls_that_are_not_understood) {
    const Codes opaque{"E_OPAQUE_CALL"};
    const Codes both{"E_TO_NOT_ALLOWED", "E_OPAQUE_CALL"};
    const auto call = transaction_to(kContract, {}, "12345678");
    expect_lines({
        {"no lists", {}, call, opaque},
        {"target named", {.to = {kContract}}, call, {}},
        {"target not named", {.to = {kAlice}}, call, both},
        {"named on one level only", {.to = {kContract}, .chain_to = {kAlice}}, call, both},
        {"a token", {.token = {kContract}}, call, opaque},
        {"a token and a recipient", {.to = {kContract}, .token = {kContract}}, call, opaque},
        {"the chain's token", {.to = {kContract}, .chain_token = {kContract}}, call, opaque},
        {"three bytes", {}, transaction_to(kContract, {}, "a9059c"), opaque},
        {"the signer's own code",
         {.to = {kSigner}},
         transaction_to(kSigner, {}, "12345678"),
         opaque},
        {"non-canonical",
         {},
         transaction_to(kToken, {}, transfer(kAlice) + "00"),
         {"E_NON_CANONICAL"}},
        {"non-canonical, named",
         {.to = {kAlice, kToken}},
         transaction_to(kToken, {}, transfer(kAlice) + "00"),
         {"E_NON_CANONICAL"}},
    });
}

TEST(guardrails, deployments_and_nothing_are_denied) {
    expect_lines({
        {"deploy", {}, transaction_to(std::nullopt, {}, "6001"), {"E_DEPLOY"}},
        {"deploy with lists",
         {.to = {Address{}}},
         transaction_to(std::nullopt, wei(1), ""),
         {"E_DEPLOY"}},
    });
    const BoundPolicy policy{std::make_shared<const Policy>(compile_guardrails({})), "agent"};
    const auto decision = judge_tree({}, EffectTree{}, policy);
    ASSERT_EQ(decision.violations.size(), 1U);
    EXPECT_EQ(decision.violations[0].code, "E_NO_EFFECT");
    EXPECT_EQ(decision.verdict, Verdict::deny);
}

TEST(guardrails, tells_everything_that_is_wrong_in_a_fixed_order) {
    Case line;
    auto& all = line.rules.everywhere;
    line.rules.allowed_chains = {{"mainnet", ChainId{1}}};
    all.to_allowlist = {kAlice};
    all.token_allowlist = {kContract};
    all.max_value = all.daily_limit = ether("0");
    all.max_per_day = 0;
    all.max_fee_per_gas = wei(0);
    all.overhead_budget = wei(0);
    all.max_gas_limit = Gas{0};
    line.transaction =
        transaction_to(kToken, ether("1"), "095ea7b3" + word(kEve) + std::string(64, 'f'));
    line.chain_max_fee = {};
    EXPECT_EQ(
        codes_of(line),
        (Codes{
            "E_CHAIN_NOT_ALLOWED", "E_FEE_OVER_LIMIT", "E_FEE_OVER_LIMIT", "E_GAS_OVER_LIMIT",
            "E_TO_NOT_ALLOWED", "E_TO_NOT_ALLOWED", "E_TOKEN_NOT_ALLOWED", "E_GRANT_UNBOUNDED",
            "E_TX_PER_DAY", "E_FEE_BUDGET", "E_DAILY_LIMIT", "E_VALUE_OVER_LIMIT"}));
    EXPECT_EQ(judge(line).violations, judge(line).violations);
}

TEST(guardrails, sentences_name_the_request_and_not_the_limit) {
    Case line;
    line.rules.everywhere.to_allowlist = {kAlice};
    line.rules.everywhere.max_value = ether("0.4321");
    line.rules.everywhere.daily_limit = ether("0.5678");
    line.spends = {{kChain, ether("0.1111"), {}, kNow}};
    line.transaction = transaction_to(kEve, ether("1.5"));
    const auto decision = judge(line);
    ASSERT_EQ(decision.violations.size(), 3U);
    EXPECT_EQ(
        decision.violations[0].detail,
        to_checksum(kEve) +
            " is not in the agent's recipient allowlist; an operator can add it with "
            "`chela agent update`");
    EXPECT_THAT(decision.violations[1].detail, testing::HasSubstr("1.5"));
    for (const auto& violation : decision.violations) {
        for (const auto* secret : {"4321", "5678", "1111", "4567"}) {
            EXPECT_THAT(violation.detail, testing::Not(testing::HasSubstr(secret)));
        }
        EXPECT_THAT(violation.detail, testing::Not(testing::HasSubstr(to_checksum(kAlice))));
    }
}

}  // namespace
}  // namespace chela::policy
