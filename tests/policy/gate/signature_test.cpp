// The gate on signatures that are no transactions, on documents, and on approvals.
#include "policy/gate/gate.hpp"
#include "policy/rules/load.hpp"
#include "tests/policy/build.hpp"
#include "tests/support/fake_ledger.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace chela::policy {
namespace {

using test::address;
using test::ether;
using test::kChain;
using test::kNow;
using Codes = std::vector<std::string>;

const Address kSigner = address(0x51);
const Address kSpender = address(0x5e);
constexpr auto kToken = "0x7070707070707070707070707070707070707070";

constexpr auto kDocument = R"(
schema: chela.policy/1
id: tester
version: 1
expires: 2027-01-01T00:00:00Z
assets:
  usdc@8453: {address: "0x7070707070707070707070707070707070707070", decimals: 6}
budgets:
  usdc-day: {asset: usdc@8453, limit: "100 USDC", window: 24h}
envelope:
  chains: [8453]
  tx_types: [2]
  operations: [transaction, typed_data, personal_message]
  max_total_fee: "0.1 ETH"
permit:
  - {id: pay, effect: transfer, where: {asset: usdc@8453, from: self}, charge: usdc-day}
  - {id: allow, effect: grant, where: {asset: usdc@8453, owner: self}, charge: usdc-day}
  - {id: greet, effect: message, where: {text: {starts_with: "hello"}}}
forbid:
  - {id: no-unlimited, effect: grant, where: {amount: unbounded}, code: E_GRANT_UNBOUNDED}
review:
  - {id: big, effect: [transfer, grant], where: {asset: usdc@8453, amount: {gt: "50 USDC"}}, quorum: {of: operators, m: 2, ttl: 15m}}
)";

class SignatureGateTest : public testing::Test {
protected:
    SignatureGateTest() {
        auto loaded = load_policy(kDocument, "tester.yaml");
        if (!loaded) bug(loaded.error().detail);
        policy = std::make_shared<const Policy>(*std::move(loaded));
        auto& rules = ledger.state.rules["agent-1"];
        rules.is_active = true;
        rules.may_sign = true;
        rules.policies = {policy};
    }

    static GateRequest request(chains::Preimage::Content content, std::string intent = "intent-1") {
        return {
            .intent_id = std::move(intent),
            .decision_id = "decision-1",
            .agent_id = "agent-1",
            .fingerprint = "fingerprint-1",
            .signer = kSigner,
            .content = std::move(content),
            .requested_nonce = {},
            .chain_nonce = {},
            .chain_max_fee = ether("1"),
            .node_chain = kChain,
            .now = kNow,
            .simulation = {}};
    }

    static chains::PersonalMessage message(std::string_view text) {
        return {Bytes{text.begin(), text.end()}};
    }

    /// EIP-2612. @param amount  base units, in decimal
    static chains::TypedData permit(const std::string& amount) {
        const auto text = fmt::format(
            R"({{"types":{{"Permit":[{{"name":"owner","type":"address"}},
            {{"name":"spender","type":"address"}},{{"name":"value","type":"uint256"}},
            {{"name":"nonce","type":"uint256"}},{{"name":"deadline","type":"uint256"}}]}},
            "primaryType":"Permit",
            "domain":{{"name":"USD","version":"1","chainId":8453,"verifyingContract":"{}"}},
            "message":{{"owner":"{}","spender":"{}","value":"{}","nonce":"0","deadline":"1900000000"}}}})",
            kToken, to_hex(kSigner), to_hex(kSpender), amount);
        auto data = chains::parse_typed_data(text);
        if (!data) bug(data.error().detail);
        return *std::move(data);
    }

    Codes codes_of(chains::Preimage::Content content, std::string intent = "intent-1") {
        const auto outcome = gate.approve(request(std::move(content), std::move(intent)));
        EXPECT_TRUE(outcome.has_value()) << outcome.error().detail;
        Codes codes;
        if (outcome)
            for (const auto& violation : outcome->decision.violations)
                codes.push_back(violation.code);
        return codes;
    }

    std::shared_ptr<const Policy> policy;
    test::FakeLedger ledger;
    Gate gate{ledger};
};

TEST_F(SignatureGateTest, a_permitted_message_is_approved_and_reserved_by_its_hash) {
    const auto outcome = gate.approve(request(message("hello world")));
    ASSERT_TRUE(outcome && outcome->approved) << outcome->record;
    const auto& held = ledger.state.reservations.at("intent-1");
    EXPECT_EQ(held.operation, Operation::personal_message);
    EXPECT_FALSE(held.lane || held.nonce);
    EXPECT_EQ(
        held.slot, "sig/" + to_hex(outcome->approved->preimage().signing_hash()) + "/intent-1");
}

TEST_F(SignatureGateTest, a_message_that_no_rule_permits_is_denied) {
    EXPECT_THAT(codes_of(message("goodbye")), testing::Contains("E_UNCLAIMED_EFFECT"));
    EXPECT_TRUE(ledger.state.reservations.empty());
}

TEST_F(SignatureGateTest, an_unlimited_permit_is_refused_by_the_rule_of_approvals) {
    const auto codes = codes_of(permit(to_decimal(U256::max())));
    EXPECT_THAT(codes, testing::Contains("E_GRANT_UNBOUNDED"));
}

TEST_F(SignatureGateTest, a_permit_charges_the_budget_that_payments_charge) {
    EXPECT_EQ(codes_of(permit("40000000"), "a"), Codes{});
    EXPECT_EQ(codes_of(permit("40000001"), "b"), Codes{});
    EXPECT_THAT(codes_of(permit("20000000"), "c"), testing::Contains("E_BUDGET"));
}

TEST_F(SignatureGateTest, a_message_is_resumed_from_what_was_asked_and_from_nothing_else) {
    ASSERT_TRUE(gate.approve(request(message("hello"))).has_value());
    const auto resumed = gate.resume("intent-1", message("hello"), ChainId{8453});
    ASSERT_TRUE(resumed.has_value()) << resumed.error().detail;
    EXPECT_EQ(resumed->signer(), kSigner);
    const auto other = gate.resume("intent-1", message("hello!"), ChainId{8453});
    ASSERT_FALSE(other.has_value());
    EXPECT_EQ(other.error().code, ErrorCode::internal);
    EXPECT_FALSE(gate.resume("intent-1").has_value()) << "its bytes are no transaction";
}

TEST_F(SignatureGateTest, review_holds_and_reserves_nothing_until_enough_people_agree) {
    const auto held = gate.approve(request(permit("60000000")));
    ASSERT_TRUE(held.has_value());
    EXPECT_EQ(held->decision.verdict, Verdict::review);
    ASSERT_TRUE(held->decision.quorum.has_value());
    EXPECT_EQ(held->decision.quorum->minimum, 2U);
    EXPECT_TRUE(ledger.state.reservations.empty());
    EXPECT_EQ(ledger.state.audit.back().action, "intent.held");

    Approval approval{
        .approvers = {"anna"},
        .policy_digests = held->policy_digests,
        .fingerprint = "fingerprint-1"};
    ledger.state.approvals["intent-1"] = approval;
    EXPECT_EQ(gate.approve(request(permit("60000000")))->decision.verdict, Verdict::review);
    ledger.state.approvals["intent-1"].approvers = {"anna", "ben"};
    EXPECT_EQ(gate.approve(request(permit("60000000")))->decision.verdict, Verdict::allow);
}

TEST_F(SignatureGateTest, an_approval_of_something_else_does_not_count) {
    const auto held = gate.approve(request(permit("60000000")));
    ASSERT_TRUE(held.has_value());
    const Approval right{
        .approvers = {"anna", "ben"},
        .policy_digests = held->policy_digests,
        .fingerprint = "fingerprint-1"};
    auto other_intent = right;
    other_intent.fingerprint = "fingerprint-2";
    auto other_policy = right;
    other_policy.policy_digests.front().bytes[0] ^= 1;
    for (const auto& wrong : {other_intent, other_policy}) {
        ledger.state.approvals["intent-1"] = wrong;
        const auto outcome = gate.approve(request(permit("60000000")));
        ASSERT_TRUE(outcome.has_value());
        EXPECT_EQ(outcome->decision.verdict, Verdict::review);
    }
}

TEST_F(SignatureGateTest, approval_does_not_lift_a_budget) {
    ASSERT_EQ(codes_of(permit("45000000"), "a"), Codes{});
    const auto asked = request(permit("60000000"), "b");
    ledger.state.approvals["b"] = Approval{
        .approvers = {"anna", "ben"},
        .policy_digests = {policy->digest},
        .fingerprint = "fingerprint-1"};
    const auto outcome = gate.approve(asked);
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->decision.verdict, Verdict::deny);
}

TEST_F(SignatureGateTest, guardrails_that_are_set_hold_beside_the_document) {
    ledger.state.rules["agent-1"].guardrails.everywhere.to_allowlist = {address(0xa1)};
    const auto outcome = gate.approve(request(permit("1")));
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->decision.verdict, Verdict::deny) << "the spender is not listed";
    EXPECT_EQ(outcome->policy_digests.size(), 2U);
}

TEST_F(SignatureGateTest, a_bound_document_that_is_not_there_signs_nothing) {
    ledger.state.rules["agent-1"].policies.clear();
    ledger.state.rules["agent-1"].missing_policy = "tester";
    const auto outcome = gate.approve(request(message("hello")));
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::denied);
    EXPECT_EQ(outcome.error().reason, "E_POLICY_MISSING");
}

}  // namespace
}  // namespace chela::policy
