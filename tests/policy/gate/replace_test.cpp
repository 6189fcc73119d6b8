#include "chains/fees/replacement.hpp"
#include "policy/decide/record.hpp"
#include "policy/gate/gate.hpp"
#include "policy/rules/compile.hpp"
#include "policy/rules/load.hpp"
#include "tests/policy/build.hpp"
#include "tests/support/fake_ledger.hpp"

#include <gmock/gmock.h>

namespace chela::policy {
namespace {

using chains::lane::AttemptKind;
using test::address;
using test::ether;
using test::kChain;
using test::kNow;
using test::wei;
using namespace std::chrono_literals;

const Address kSigner = address(0x51);
const Address kAlice = address(0xa1);
const Address kEve = address(0xee);

constexpr auto kDocument = R"(
schema: chela.policy/1
id: payer
version: 1
expires: 2027-01-01T00:00:00Z
budgets:
  gas: {asset: native@8453, limit: "0.001 ETH", window: 24h, counts: max_fee}
assets:
  native@8453: {decimals: 18}
envelope: {chains: [8453], tx_types: [2], max_total_fee: "0.0005 ETH", charge: gas}
permit:
  - {id: pay, effect: transfer, where: {to: {in: ["0xa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"]}}}
)";

class GateReplaceTest : public testing::Test {
protected:
    GateReplaceTest() {
        auto& rules = ledger.state.rules["agent-1"];
        rules.is_active = true;
        rules.may_sign = true;
        rules.guardrails.everywhere.to_allowlist = {kAlice};
        const auto first = gate.approve(request(test::transaction_to(kAlice, ether("1"))));
        if (!first || !first->approved) bug("the test's first attempt is refused");
        original = first->approved->preimage().transaction();
    }

    static GateRequest request(chains::Transaction transaction) {
        return {
            .intent_id = "intent-1",
            .decision_id = "decision-1",
            .agent_id = "agent-1",
            .fingerprint = "fingerprint-1",
            .signer = kSigner,
            .content = std::move(transaction),
            .requested_nonce = {},
            .chain_nonce = Nonce{7},
            .chain_max_fee = ether("1"),
            .node_chain = kChain,
            .now = kNow,
            .simulation = {}};
    }
    [[nodiscard]] chains::Transaction paying(std::uint64_t price) const {
        return *chains::fees::replaced(original, chains::fees::Eip1559Fees{wei(price), wei(1)});
    }
    [[nodiscard]] chains::Transaction nothing(std::uint64_t price) const {
        const auto plain = chains::fees::cancellation(original, kSigner, Gas{21'000});
        return *chains::fees::replaced(*plain, chains::fees::Eip1559Fees{wei(price), wei(1)});
    }
    Result<GateOutcome> replace(chains::Transaction transaction, AttemptKind kind) {
        return gate.replace(request(std::move(transaction)), kind);
    }
    [[nodiscard]] U256 charged(std::string_view meter) const {
        for (const auto& charge : ledger.state.reservations.at("intent-1").charges)
            if (charge.key.meter == meter) return charge.amount;
        return {};
    }

    test::FakeLedger ledger;
    Gate gate{ledger};
    chains::Transaction original;
};

constexpr std::uint64_t kPrice = 2'000'000'000;

TEST_F(GateReplaceTest, a_bump_is_the_same_but_for_its_fees_and_counts_once_at_the_larger) {
    const auto before = charged(kGuardrailFeeBudget);
    const auto outcome = replace(paying(kPrice), AttemptKind::bump);
    ASSERT_TRUE(outcome.has_value()) << outcome.error().detail;
    ASSERT_TRUE(outcome->approved.has_value());
    EXPECT_EQ(outcome->approved->preimage().transaction(), paying(kPrice));
    EXPECT_EQ(outcome->approved->signer(), kSigner);
    const auto& held = ledger.state.reservations.at("intent-1");
    EXPECT_EQ(held.attempt_kind, AttemptKind::bump);
    EXPECT_EQ(held.nonce, Nonce{7});
    EXPECT_GT(charged(kGuardrailFeeBudget), before);
    EXPECT_EQ(charged(kGuardrailValueBudget), ether("1").value);
    EXPECT_EQ(charged(kGuardrailCountBudget), U256{1});
    EXPECT_EQ(ledger.state.audit.back().action, "intent.replaced");
    const auto resumed = gate.resume("intent-1");
    ASSERT_TRUE(resumed.has_value());
    EXPECT_EQ(resumed->preimage().transaction(), paying(kPrice));
}

TEST_F(GateReplaceTest, what_is_reserved_is_judged_again_by_the_policies_of_now) {
    const auto held = ledger.state.reservations.at("intent-1");
    const auto allowed = gate.recheck(request(original));
    ASSERT_TRUE(allowed.has_value()) << allowed.error().detail;
    EXPECT_EQ(allowed->verdict, Verdict::allow) << "its own charges do not count against it";
    EXPECT_EQ(ledger.state.audit.back().action, "intent.still_approved");
    EXPECT_EQ(ledger.state.reservations.at("intent-1").attempt_kind, held.attempt_kind);

    ledger.state.rules["agent-1"].guardrails.everywhere.to_allowlist = {kEve};
    const auto denied = gate.recheck(request(original));
    ASSERT_TRUE(denied.has_value()) << denied.error().detail;
    EXPECT_EQ(denied->verdict, Verdict::deny);
    EXPECT_EQ(ledger.state.audit.back().action, "intent.no_longer_approved");

    ledger.state.rules["agent-1"].is_active = false;
    EXPECT_EQ(gate.recheck(request(original)).error().reason, "E_AGENT_INACTIVE");
    EXPECT_EQ(gate.recheck(request(nothing(kPrice))).error().code, ErrorCode::internal);
}

TEST_F(GateReplaceTest, nothing_else_passes_for_a_bump) {
    auto& typed = std::get<chains::Eip1559Transaction>(original);
    std::vector<chains::Transaction> others;
    const auto with = [&](auto change) {
        auto other = typed;
        other.max_fee_per_gas = wei(kPrice);
        change(other);
        others.emplace_back(other);
    };
    with([](auto& tx) { tx.to = kEve; });
    with([](auto& tx) { tx.value = wei(1); });
    with([](auto& tx) { tx.data = {1}; });
    with([](auto& tx) { tx.nonce = Nonce{8}; });
    with([](auto& tx) { tx.gas_limit = Gas{50'000}; });
    with([](auto& tx) { tx.chain_id = ChainId{1}; });
    with([](auto& tx) { tx.access_list = {{kEve, {}}}; });
    others.push_back(nothing(kPrice));
    for (const auto& other : others) {
        const auto refused = replace(other, AttemptKind::bump);
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code, ErrorCode::internal);
    }
    EXPECT_EQ(ledger.state.reservations.at("intent-1").attempt_kind, AttemptKind::normal);
}

TEST_F(GateReplaceTest, a_cancellation_does_nothing_and_needs_no_permit) {
    for (const auto kind : {AttemptKind::cancel, AttemptKind::noop}) {
        const auto outcome = replace(nothing(kPrice), kind);
        ASSERT_TRUE(outcome.has_value()) << outcome.error().detail;
        ASSERT_TRUE(outcome->approved.has_value());
        EXPECT_EQ(ledger.state.audit.back().action, "intent.cancelled");
    }
    EXPECT_EQ(charged(kGuardrailValueBudget), ether("1").value) << "the first may still be mined";
}

TEST_F(GateReplaceTest, what_does_anything_is_no_cancellation) {
    auto typed = std::get<chains::Eip1559Transaction>(nothing(kPrice));
    std::vector<chains::Transaction> others{paying(kPrice)};
    const auto with = [&](auto change) {
        auto other = typed;
        change(other);
        others.emplace_back(other);
    };
    with([](auto& tx) { tx.to = kEve; });
    with([](auto& tx) { tx.value = wei(1); });
    with([](auto& tx) { tx.data = {0}; });
    with([](auto& tx) { tx.nonce = Nonce{6}; });
    with([](auto& tx) { tx.to = std::nullopt; });
    for (const auto& other : others)
        EXPECT_FALSE(replace(other, AttemptKind::cancel).has_value());
}

TEST_F(GateReplaceTest, the_first_attempt_is_made_by_approve_alone) {
    EXPECT_FALSE(replace(original, AttemptKind::normal).has_value());
    auto unknown = request(paying(kPrice));
    unknown.intent_id = "nobody";
    const auto refused = gate.replace(unknown, AttemptKind::bump);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::not_found);
}

TEST_F(GateReplaceTest, the_caps_hold_for_each_of_them) {
    const auto price = 60'000'000'000'000;  // 1.26 ether for 21000 gas
    for (const auto& [transaction, kind] :
         {std::pair{paying(price), AttemptKind::bump},
          std::pair{nothing(price), AttemptKind::cancel},
          std::pair{nothing(price), AttemptKind::noop}}) {
        const auto outcome = replace(transaction, kind);
        ASSERT_TRUE(outcome.has_value()) << outcome.error().detail;
        EXPECT_EQ(outcome->decision.verdict, Verdict::deny);
        EXPECT_EQ(outcome->decision.violations.at(0).code, "E_FEE_OVER_LIMIT");
        EXPECT_FALSE(outcome->approved.has_value());
        EXPECT_NE(ledger.state.audit.back().action.find("refused"), std::string::npos);
    }
    EXPECT_EQ(ledger.state.reservations.at("intent-1").attempt_kind, AttemptKind::normal);
}

TEST_F(GateReplaceTest, an_agent_that_may_sign_no_more_can_only_be_cancelled) {
    ledger.state.rules["agent-1"].is_active = false;
    const auto refused = replace(paying(kPrice), AttemptKind::bump);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_AGENT_INACTIVE");
    EXPECT_TRUE(replace(nothing(kPrice), AttemptKind::cancel)->approved.has_value());
}

TEST_F(GateReplaceTest, a_policy_that_forbids_it_by_now_stops_the_bump_and_not_the_end) {
    ledger.state.rules["agent-1"].guardrails.everywhere.to_allowlist = {kEve};
    EXPECT_EQ(replace(paying(kPrice), AttemptKind::bump)->decision.verdict, Verdict::deny);
    EXPECT_TRUE(replace(nothing(kPrice), AttemptKind::cancel)->approved.has_value());
}

TEST_F(GateReplaceTest, a_documents_caps_and_fee_budgets_hold_and_its_record_replays) {
    auto loaded = load_policy(kDocument, "payer.yaml");
    ASSERT_TRUE(loaded.has_value()) << loaded.error().detail;
    const auto policy = std::make_shared<const Policy>(*std::move(loaded));
    auto& rules = ledger.state.rules["agent-1"];
    rules.guardrails = {};
    rules.policies = {policy};
    const auto outcome = replace(nothing(kPrice), AttemptKind::cancel);
    ASSERT_TRUE(outcome->approved.has_value()) << outcome->decision.violations.at(0).detail;
    EXPECT_FALSE(charged("gas").is_zero()) << "the fee counts";
    const auto again = replay(
        outcome->record,
        [&](const Hash256&) -> Result<std::shared_ptr<const Policy>> { return policy; });
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_EQ(*again, outcome->record);
    EXPECT_NE(outcome->record.find("\"purpose\":\"cancellation\""), std::string::npos);

    const auto too_much = replace(nothing(30'000'000'000), AttemptKind::cancel);
    EXPECT_EQ(too_much->decision.verdict, Verdict::deny) << "0.00063 ether, the cap is 0.0005";
}

}  // namespace
}  // namespace chela::policy
