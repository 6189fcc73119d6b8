#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/message/typed_data.hpp"
#include "policy/decide/envelope_facts.hpp"
#include "policy/decide/record.hpp"
#include "policy/decode/preimage.hpp"
#include "policy/rules/load.hpp"
#include "tests/policy/decide/build.hpp"

#include <gtest/gtest.h>

namespace chela::policy {
namespace {

using chains::Preimage;

const Address kToken = *parse_address("0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913");

/// The document of the design, with a permit for small grants beside it.
std::string text() {
    return fmt::format(
        R"(schema: chela.policy/1
id: treasury-agent
version: 7
expires: 2027-01-01T00:00:00Z
assets:
  usdc@8453: {{address: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", decimals: 6}}
sets:
  payees: ["{}"]
budgets:
  usdc-day: {{asset: usdc@8453, limit: "100 USDC", window: 24h, scope: agent}}
  gas-day: {{asset: native@8453, limit: "0.01 ETH", window: 24h, counts: max_fee}}
envelope: {{chains: [8453], tx_types: [2], max_total_fee: "0.002 ETH", charge: gas-day}}
permit:
  - {{id: pay, effect: transfer, where: {{asset: usdc@8453, from: self, to: {{in: payees}}}}, charge: usdc-day}}
  - {{id: let, effect: grant, where: {{asset: usdc@8453, owner: self, spender: {{in: payees}}}}, charge: usdc-day}}
forbid:
  - id: no-unlimited
    effect: grant
    code: E_GRANT_UNBOUNDED
    where: {{any: [{{amount: unbounded}}, {{amount: {{gt: "100 USDC"}}}}]}}
review:
  - {{id: big-pay, effect: transfer, where: {{asset: usdc@8453, amount: {{gt: "50 USDC"}}}}, quorum: {{of: operators, m: 1, ttl: 15m}}}}
)",
        to_checksum(kAlice));
}

Policy loaded() {
    auto policy = load_policy(text(), "treasury.yaml");
    if (!policy) bug(policy.error().detail);
    return *std::move(policy);
}

Preimage call(const std::string& data, const Address& to = kToken) {
    return Preimage{chains::Transaction{test::transaction_to(to, {}, data)}};
}
Preimage transfer_to(const Address& to, std::uint64_t amount) {
    return call("a9059cbb" + test::word(to) + test::word(amount));
}
Preimage approve(const std::string& amount) {
    return call("095ea7b3" + test::word(kAlice) + amount);
}
Preimage permit_of(const std::string& value) {
    const auto data = chains::parse_typed_data(fmt::format(
        R"({{"types": {{"Permit": [
            {{"name": "owner", "type": "address"}}, {{"name": "spender", "type": "address"}},
            {{"name": "value", "type": "uint256"}}, {{"name": "nonce", "type": "uint256"}},
            {{"name": "deadline", "type": "uint256"}}]}},
            "primaryType": "Permit",
            "domain": {{"name": "USD Coin", "version": "2", "chainId": 8453,
                "verifyingContract": "{}"}},
            "message": {{"owner": "{}", "spender": "{}", "value": "{}", "nonce": 0,
                "deadline": 1790000300}}}})",
        to_hex(kToken), to_hex(kSelf), to_hex(kAlice), value));
    return Preimage{data.value()};
}

struct Judged {
    EffectTree tree;
    Facts facts;
    Decision decision;
};

Judged judge(const Preimage& preimage, const BoundPolicy& bound) {
    Judged out;
    out.tree = decode_preimage(preimage.content(), kSelf, contracts_of({&bound, 1}).value());
    out.facts.self = kSelf;
    out.facts.envelope = envelope_facts(preimage.content());
    out.facts.ledger.slot = "slot";
    out.facts.now = kNow;
    out.facts.tree = &out.tree;
    out.decision = decide({&bound, 1}, out.facts);
    out.facts.tree = nullptr;
    return out;
}
std::string answer_to(const Preimage& preimage) {
    const auto bound = bind(loaded());
    return answer(judge(preimage, bound).decision);
}

const std::string kMax(64, 'f');
const std::string kMaxDecimal =
    "115792089237316195423570985008687907853269984665640564039457584007913129639935";

TEST(document, decides_on_payments) {
    EXPECT_EQ(answer_to(transfer_to(kAlice, 50'000'000)), "allow");
    EXPECT_EQ(answer_to(transfer_to(kAlice, 50'000'001)), "review E_REVIEW_REQUIRED");
    EXPECT_EQ(answer_to(transfer_to(kAlice, 100'000'001)), "deny E_BUDGET");
    EXPECT_EQ(answer_to(transfer_to(kBob, 1)), "deny E_UNCLAIMED_EFFECT");
    EXPECT_EQ(
        answer_to(Preimage{chains::Transaction{test::transaction_to(kAlice, wei(1))}}),
        "deny E_UNCLAIMED_EFFECT")
        << "native currency is another asset";
    EXPECT_EQ(
        answer_to(call("a9059cbb" + test::word(kAlice) + test::word(1), address(0x71))),
        "deny E_UNCLAIMED_EFFECT")
        << "another token of the same functions";
}

// The rule speaks of what it comes to, not of how it is asked for.
TEST(document, refuses_an_unlimited_approve_and_permit_by_one_rule) {
    EXPECT_EQ(answer_to(approve(kMax)), "deny E_GRANT_UNBOUNDED E_BUDGET");
    EXPECT_EQ(answer_to(permit_of(kMaxDecimal)), "deny E_GRANT_UNBOUNDED E_BUDGET");
    EXPECT_EQ(answer_to(approve(test::word(100'000'001))), "deny E_GRANT_UNBOUNDED E_BUDGET");
    EXPECT_EQ(answer_to(permit_of("100000001")), "deny E_GRANT_UNBOUNDED E_BUDGET");
    EXPECT_EQ(answer_to(approve(test::word(100'000'000))), "allow");
    EXPECT_EQ(answer_to(permit_of("100000000")), "allow");
    EXPECT_EQ(answer_to(approve(test::word(0))), "allow") << "to take back is always fine";
}

TEST(document, refuses_what_is_not_understood) {
    EXPECT_EQ(answer_to(call("deadbeef")), "deny E_OPAQUE_CALL");
    EXPECT_EQ(
        answer_to(call("a9059cbb" + test::word(kAlice) + test::word(1) + "00")),
        "deny E_NON_CANONICAL");
    EXPECT_EQ(
        answer_to(Preimage{chains::PersonalMessage{{'h', 'i'}}}),
        "deny E_CHAIN_NOT_ALLOWED E_UNCLAIMED_EFFECT");
    EXPECT_EQ(
        answer_to(
            Preimage{chains::Authorization{.chain_id = ChainId{0}, .address = kBob, .nonce = {}}}),
        "deny E_CHAIN_ZERO E_AUTHORIZATION_CHAIN_ZERO E_CHAIN_NOT_ALLOWED E_UNCLAIMED_EFFECT");
}

TEST(document, charges_fees_and_amounts) {
    const auto bound = bind(loaded());
    const auto judged = judge(transfer_to(kAlice, 50'000'000), bound);
    ASSERT_EQ(judged.decision.charges.size(), 2U);
    EXPECT_EQ(judged.decision.charges[0].key.meter, "gas-day");
    EXPECT_EQ(judged.decision.charges[0].amount, U256{21'000'000'000'000});
    EXPECT_EQ(judged.decision.charges[1].key.meter, "usdc-day");
    EXPECT_EQ(judged.decision.charges[1].amount, U256{50'000'000});
}

// The store keeps the canonical text; a record must not depend on which form made the policy.
TEST(document, read_back_from_its_canonical_form_makes_the_same_record) {
    const auto bound = bind(loaded());
    const auto again = load_canonical(bound.policy->canonical);
    ASSERT_TRUE(again) << again.error().detail;
    ASSERT_EQ(again->digest, bound.policy->digest);
    const auto find = [&](const Hash256& digest) -> Result<std::shared_ptr<const Policy>> {
        if (digest != again->digest) return fail(ErrorCode::not_found, "another policy");
        return std::make_shared<const Policy>(*again);
    };
    for (const auto& preimage :
         {transfer_to(kAlice, 60'000'000), transfer_to(kBob, 1), approve(kMax), permit_of("5")}) {
        auto judged = judge(preimage, bound);
        judged.facts.tree = &judged.tree;
        const auto record = to_record(preimage, {&bound, 1}, judged.facts, judged.decision);
        const auto replayed = replay(record, find);
        ASSERT_TRUE(replayed) << replayed.error().detail;
        EXPECT_EQ(*replayed, record);
    }
}

}  // namespace
}  // namespace chela::policy
