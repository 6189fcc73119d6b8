#include "policy/gate/gate.hpp"

#include "chains/crypto/keccak.hpp"
#include "tests/policy/bound.hpp"
#include "tests/policy/build.hpp"
#include "tests/support/fake_ledger.hpp"

#include <limits>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

using test::address;
using test::ether;
using test::kChain;
using test::kNow;
using test::transaction_to;

const Address kSigner = address(0x51);
const Address kAlice = address(0xa1);
const Address kEve = address(0xee);

Bytes bytes_of(const std::string& text) {
    return {text.begin(), text.end()};
}

using Codes = std::vector<std::string>;

Codes codes_of(const Decision& decision) {
    Codes codes;
    for (const auto& violation : decision.violations)
        codes.push_back(violation.code);
    return codes;
}

class GateTest : public testing::Test {
protected:
    GateTest() {
        auto& rules = ledger.state.rules["agent-1"];
        rules.is_active = true;
        rules.may_sign = true;
        rules.guardrails.everywhere.to_allowlist = {kAlice};
        rules.guardrails.everywhere.daily_limit = ether("3");
    }

    /// What the node shows of a payment to Alice.
    static SimulationFacts simulation() {
        return {
            .id = "simulation-1",
            .outcome = chains::simulation::Outcome::success,
            .is_degraded = true,
            .age_blocks = 0,
            .changes = {}};
    }

    static GateRequest request(
        std::string intent = "intent-1", Address to = kAlice, Wei value = ether("1")) {
        return test::bound(
            {.intent_id = std::move(intent),
             .decision_id = "decision-1",
             .agent_id = "agent-1",
             .fingerprint = "fingerprint-1",
             .signer = kSigner,
             .content = chains::Transaction{transaction_to(to, value)},
             .requested_nonce = {},
             .chain_nonce = Nonce{7},
             .chain_max_fee = ether("1"),
             .node_chain = kChain,
             .now = kNow,
             .simulation = simulation()});
    }

    test::FakeLedger ledger;
    Gate gate{ledger};
};

TEST_F(GateTest, approval_is_the_reserved_preimage) {
    const auto outcome = gate.approve(request());
    ASSERT_TRUE(outcome.has_value()) << outcome.error().detail;
    EXPECT_EQ(outcome->decision.verdict, Verdict::allow);
    ASSERT_TRUE(outcome->approved.has_value());
    EXPECT_EQ(outcome->approved->signer(), kSigner);
    const auto& preimage = outcome->approved->preimage();
    EXPECT_EQ(chains::nonce(preimage.transaction()), Nonce{7});

    const auto& held = ledger.state.reservations.at("intent-1");
    EXPECT_EQ(held.agent_id, "agent-1");
    EXPECT_EQ(held.lane, (Lane{kChain, kSigner}));
    EXPECT_EQ(held.signer, kSigner);
    EXPECT_EQ(held.operation, Operation::transaction);
    EXPECT_EQ(held.slot, "tx/8453/" + to_hex(kSigner) + "/7");
    EXPECT_EQ(held.nonce, Nonce{7});
    EXPECT_EQ(held.value, ether("1"));
    EXPECT_EQ(held.max_fee, test::wei(21'000'000'000'000));
    EXPECT_TRUE(std::ranges::equal(held.preimage, preimage.bytes()));
    EXPECT_EQ(held.at, kNow);
}

TEST_F(GateTest, a_blob_or_delegation_transaction_is_denied_and_reserves_nothing) {
    chains::Eip7702Transaction delegation;
    delegation.chain_id = kChain;
    delegation.to = kAlice;
    delegation.authorization_list.resize(1);
    chains::Eip4844Transaction blob;
    blob.chain_id = kChain;
    blob.to = kAlice;
    blob.blob_versioned_hashes.resize(1);
    blob.blob_versioned_hashes[0].bytes[0] = 1;
    for (const chains::Transaction& transaction :
         {chains::Transaction{delegation}, chains::Transaction{blob}}) {
        auto asked = request();
        asked.content = transaction;
        const auto outcome = gate.approve(test::bound(asked));
        ASSERT_TRUE(outcome.has_value()) << outcome.error().detail;
        EXPECT_EQ(outcome->decision.verdict, Verdict::deny);
        EXPECT_EQ(outcome->decision.violations.at(0).code, "E_TX_TYPE");
        EXPECT_FALSE(outcome->approved.has_value());
    }
    EXPECT_TRUE(ledger.state.reservations.empty());
    EXPECT_EQ(ledger.state.audit.size(), 2U);
}

TEST_F(GateTest, a_transaction_that_no_chain_takes_is_an_error_and_reserves_nothing) {
    chains::Eip1559Transaction upside_down = test::transaction_to(kAlice, test::wei(1));
    upside_down.max_priority_fee_per_gas = upside_down.max_fee_per_gas;
    upside_down.max_fee_per_gas = test::wei(1);
    auto asked = request();
    asked.content = chains::Transaction{upside_down};
    const auto outcome = gate.approve(asked);
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::invalid_input);
    EXPECT_TRUE(ledger.state.reservations.empty());
}

TEST_F(GateTest, a_simulation_of_another_transaction_is_denied_and_reserves_nothing) {
    const auto digest = request().simulation->transaction_digest;
    auto changed = test::transaction_to(kAlice, ether("1"));
    changed.max_fee_per_gas = test::wei(999'999'999);
    for (const chains::Transaction& transaction :
         {chains::Transaction{test::transaction_to(kAlice, ether("0.5"))},
          chains::Transaction{changed}}) {
        auto asked = request();
        asked.content = transaction;
        ASSERT_EQ(asked.simulation->transaction_digest, digest);
        const auto outcome = gate.approve(asked);
        ASSERT_TRUE(outcome.has_value()) << outcome.error().detail;
        EXPECT_EQ(codes_of(outcome->decision), Codes{"E_SIMULATION_OTHER"});
        EXPECT_FALSE(outcome->approved.has_value());
    }
    auto unbound = request();
    unbound.simulation->transaction_digest = std::nullopt;
    EXPECT_EQ(codes_of(gate.approve(unbound)->decision), Codes{"E_SIMULATION_OTHER"});
    auto of_another_signer = request();
    of_another_signer.signer = address(0x52);
    EXPECT_EQ(codes_of(gate.approve(of_another_signer)->decision), Codes{"E_SIMULATION_OTHER"});
    EXPECT_TRUE(ledger.state.reservations.empty());
}

TEST_F(GateTest, says_how_old_a_simulation_may_be) {
    auto asked = request();
    EXPECT_EQ(gate.check(asked)->max_simulation_age, kMaxSimulationAge);
    asked.simulation->age_blocks = kMaxSimulationAge + 1;
    EXPECT_EQ(codes_of(gate.approve(asked)->decision), Codes{"E_SIMULATION_STALE"});
}

TEST_F(GateTest, approval_is_recorded_with_its_facts) {
    ASSERT_TRUE(gate.approve(request()).has_value());
    ASSERT_EQ(ledger.state.audit.size(), 1U);
    const auto& entry = ledger.state.audit[0];
    EXPECT_EQ(entry.action, "intent.approved");
    EXPECT_EQ(entry.actor, "agent:agent-1");
    EXPECT_EQ(entry.subject, "intent-1");
    EXPECT_EQ(entry.at, kNow);
    const auto detail = parse_json(entry.detail);
    ASSERT_TRUE(detail.has_value());
    const Json expected{
        {"chain_id", 8453},
        {"nonce", 7},
        {"from", to_checksum(kSigner)},
        {"to", to_checksum(kAlice)},
        {"value", "1000000000000000000"},
        {"max_fee", "21000000000000"},
        {"effects",
         {"transfer 1000000000000000000 of the native currency on chain 8453 from " +
          to_checksum(kSigner) + " to " + to_checksum(kAlice)}},
        {"preimage_hash",
         to_hex(chains::keccak256(ledger.state.reservations.at("intent-1").preimage))},
        {"simulation_id", "simulation-1"},
        {"operation", "transaction"},
        {"decision_id", "decision-1"},
        {"decision_hash", to_hex(chains::keccak256(bytes_of(ledger.state.decisions.at(0).record)))},
        {"codes", Json::array()}};
    EXPECT_EQ(*detail, expected);
}

TEST_F(GateTest, a_denial_is_recorded_and_reserves_nothing) {
    const auto outcome = gate.approve(request("intent-1", kEve));
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->decision.verdict, Verdict::deny);
    EXPECT_EQ(codes_of(outcome->decision), Codes{"E_TO_NOT_ALLOWED"});
    EXPECT_FALSE(outcome->approved.has_value());
    EXPECT_TRUE(ledger.state.reservations.empty());
    ASSERT_EQ(ledger.state.audit.size(), 1U);
    EXPECT_EQ(ledger.state.audit[0].action, "intent.denied");
    EXPECT_THAT(
        ledger.state.audit[0].detail, testing::HasSubstr(R"("codes":["E_TO_NOT_ALLOWED"])"));
}

TEST_F(GateTest, budgets_count_what_was_reserved) {
    for (const auto* id : {"a", "b", "c"}) {
        const auto outcome = gate.approve(request(id));
        ASSERT_TRUE(outcome.has_value());
        EXPECT_EQ(outcome->decision.verdict, Verdict::allow) << id;
    }
    const auto fourth = gate.approve(request("d"));
    ASSERT_TRUE(fourth.has_value());
    EXPECT_EQ(codes_of(fourth->decision), Codes{"E_DAILY_LIMIT"});
    EXPECT_EQ(ledger.state.reservations.size(), 3U);
}

TEST_F(GateTest, nonces_rise_by_one_and_start_where_the_chain_is) {
    const auto nonce_of = [&](GateRequest wanted) {
        const auto outcome = gate.approve(test::bound(std::move(wanted)));
        EXPECT_TRUE(outcome && outcome->approved);
        return chains::nonce(outcome->approved->preimage().transaction()).value;
    };
    auto tiny = [](std::string id) { return request(std::move(id), kAlice, {}); };
    EXPECT_EQ(nonce_of(tiny("a")), 7U);
    EXPECT_EQ(nonce_of(tiny("b")), 8U);
    auto behind = tiny("c");
    behind.chain_nonce = Nonce{3};
    EXPECT_EQ(nonce_of(behind), 9U) << "a node that lags never lowers it";
    auto ahead = tiny("d");
    ahead.chain_nonce = Nonce{20};
    const auto foreign = gate.approve(ahead);
    ASSERT_FALSE(foreign.has_value());
    EXPECT_EQ(foreign.error().code, ErrorCode::unavailable);
    EXPECT_EQ(foreign.error().reason, "E_NONCE_FOREIGN");
    ahead.chain_nonce = Nonce{10};
    EXPECT_EQ(nonce_of(ahead), 10U) << "nothing was reserved by the refusal";
    auto other_lane = tiny("e");
    other_lane.signer = address(0x52);
    EXPECT_EQ(nonce_of(other_lane), 7U);
}

TEST_F(GateTest, the_transactions_own_nonce_is_ignored) {
    auto wanted = request();
    wanted.content = chains::with_nonce(std::get<chains::Transaction>(wanted.content), Nonce{99});
    const auto outcome = gate.approve(wanted);
    ASSERT_TRUE(outcome && outcome->approved);
    EXPECT_EQ(chains::nonce(outcome->approved->preimage().transaction()), Nonce{7});
}

TEST_F(GateTest, a_requested_nonce_must_be_the_next) {
    auto wanted = request();
    for (const auto nonce : {0U, 6U, 8U}) {
        wanted.requested_nonce = Nonce{nonce};
        const auto outcome = gate.approve(wanted);
        ASSERT_FALSE(outcome.has_value());
        EXPECT_EQ(outcome.error().code, ErrorCode::conflict);
        EXPECT_EQ(outcome.error().reason, "E_NONCE_NOT_NEXT");
        EXPECT_THAT(outcome.error().detail, testing::HasSubstr("the next one is 7"));
    }
    EXPECT_TRUE(ledger.state.reservations.empty());
    ASSERT_EQ(ledger.state.audit.size(), 3U) << "what could not be judged is recorded";
    EXPECT_EQ(ledger.state.audit[0].action, "intent.failed");
    EXPECT_THAT(
        ledger.state.audit[0].detail, testing::HasSubstr(R"("codes":["E_NONCE_NOT_NEXT"])"));
    wanted.requested_nonce = Nonce{7};
    EXPECT_TRUE(gate.approve(wanted).has_value());
}

TEST_F(GateTest, the_last_nonce_is_never_given) {
    constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
    auto wanted = request();
    wanted.chain_nonce = Nonce{kMax};
    const auto outcome = gate.approve(wanted);
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::out_of_range);
    for (const auto highest : {kMax - 1, kMax}) {
        ledger.state.reservations["x"] = {
            .intent_id = "x",
            .agent_id = "y",
            .signer = kSigner,
            .operation = Operation::transaction,
            .slot = "x",
            .lane = Lane{kChain, kSigner},
            .nonce = Nonce{highest},
            .value = {},
            .max_fee = {},
            .preimage = {},
            .charges = {},
            .valid_until = {},
            .at = kNow};
        EXPECT_FALSE(gate.approve(request()).has_value());
    }
}

TEST_F(GateTest, only_active_agents_that_may_sign_get_anywhere) {
    auto& rules = ledger.state.rules["agent-1"];
    rules.may_sign = false;
    auto outcome = gate.approve(request());
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::denied);
    EXPECT_EQ(outcome.error().reason, "E_INTENTS_DISABLED");
    rules.may_sign = true;
    rules.is_active = false;
    outcome = gate.approve(request());
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::denied);
    EXPECT_EQ(outcome.error().reason, "E_AGENT_INACTIVE");
    ASSERT_EQ(ledger.state.audit.size(), 2U);
    EXPECT_EQ(ledger.state.audit[1].action, "intent.denied");
    EXPECT_THAT(ledger.state.audit[1].detail, testing::HasSubstr("E_AGENT_INACTIVE"));
    auto stranger = request();
    stranger.agent_id = "agent-2";
    outcome = gate.approve(stranger);
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::not_found);
    EXPECT_TRUE(ledger.state.reservations.empty());
}

TEST_F(GateTest, a_fee_that_does_not_fit_is_a_denial) {
    auto wanted = request();
    auto transaction = transaction_to(kAlice);
    transaction.max_fee_per_gas = Wei{U256::max()};
    wanted.content = chains::Transaction{transaction};
    const auto outcome = gate.approve(wanted);
    ASSERT_TRUE(outcome.has_value());
    EXPECT_THAT(codes_of(outcome->decision), testing::Contains("E_FEE_OVER_LIMIT"));
    EXPECT_THAT(ledger.state.audit.at(0).detail, testing::HasSubstr("\"max_fee\":null"));
}

TEST_F(GateTest, check_decides_alike_reserves_nothing_and_records_a_denial) {
    auto outcome = gate.check(request());
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->decision.verdict, Verdict::allow);
    EXPECT_FALSE(outcome->approved.has_value());
    EXPECT_TRUE(ledger.state.audit.empty());
    outcome = gate.check(request("intent-1", kEve));
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->decision.violations.at(0).code, "E_TO_NOT_ALLOWED");
    ASSERT_EQ(ledger.state.decisions.size(), 1U);
    EXPECT_EQ(ledger.state.audit.at(0).action, "intent.denied");
    auto wanted = request();
    wanted.requested_nonce = Nonce{1};
    EXPECT_FALSE(gate.check(wanted).has_value());
    EXPECT_TRUE(ledger.state.reservations.empty());
    EXPECT_EQ(ledger.state.audit.size(), 2U);
}

TEST_F(GateTest, a_failure_at_any_call_leaves_nothing_behind) {
    for (const auto to : {kAlice, kEve}) {
        int failures = 0;
        for (ledger.fail_at = 1;; ++ledger.fail_at) {
            const auto outcome = gate.approve(request("intent-1", to));
            if (ledger.fail_at > ledger.calls) {
                EXPECT_TRUE(outcome.has_value());
                break;
            }
            ++failures;
            ASSERT_FALSE(outcome.has_value());
            EXPECT_EQ(outcome.error().code, ErrorCode::unavailable);
            EXPECT_TRUE(ledger.state.reservations.empty());
            EXPECT_TRUE(ledger.state.audit.empty());
        }
        // rules, nonce, approval, high water, charges of three meters, (reserve,) decision, audit
        EXPECT_EQ(failures, to == kAlice ? 10 : 9);
        ledger.state.reservations.clear();
        ledger.state.order.clear();
        ledger.state.audit.clear();
    }
}

TEST_F(GateTest, a_failed_commit_approves_nothing) {
    ledger.fail_commit = true;
    const auto outcome = gate.approve(request());
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::unavailable);
    EXPECT_TRUE(ledger.state.reservations.empty());
}

TEST_F(GateTest, resume_gives_the_same_preimage_again) {
    const auto outcome = gate.approve(request());
    ASSERT_TRUE(outcome && outcome->approved);
    const auto resumed = gate.resume("intent-1");
    ASSERT_TRUE(resumed.has_value()) << resumed.error().detail;
    EXPECT_EQ(resumed->signer(), kSigner);
    EXPECT_TRUE(
        std::ranges::equal(resumed->preimage().bytes(), outcome->approved->preimage().bytes()));
    const auto missing = gate.resume("intent-2");
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
}

TEST_F(GateTest, resume_refuses_a_reservation_that_was_tampered_with) {
    ASSERT_TRUE(gate.approve(request()).has_value());
    const auto right = ledger.state.reservations.at("intent-1");
    const std::vector<std::function<void(Reservation&)>> changes{
        [](Reservation& held) { held.lane->chain = ChainId{1}; },
        [](Reservation& held) { held.lane.reset(); },
        [](Reservation& held) { held.nonce = Nonce{8}; },
        [](Reservation& held) { held.value = {}; },
        [](Reservation& held) { held.max_fee = {}; },
        [](Reservation& held) { held.preimage.pop_back(); },
        [](Reservation& held) { held.preimage.clear(); },
    };
    for (const auto& change : changes) {
        auto& held = ledger.state.reservations.at("intent-1");
        held = right;
        change(held);
        const auto resumed = gate.resume("intent-1");
        ASSERT_FALSE(resumed.has_value());
        EXPECT_EQ(resumed.error().code, ErrorCode::internal);
    }
}

}  // namespace
}  // namespace chela::policy
