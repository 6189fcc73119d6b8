#include "chains/base/hex.hpp"
#include "tests/sidecar/flow/world.hpp"
#include "tests/sidecar/node/scripted_client.hpp"

namespace chela::sidecar::flow {
namespace {

constexpr auto kNobody = R"(
schema: chela.policy/1
id: nobody
version: 1
expires: 2030-01-01T00:00:00Z
assets:
  native@8453: {decimals: 18}
envelope: {chains: [8453], tx_types: [2]}
permit:
  - {id: pay, effect: transfer, where: {to: {in: ["0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"]}}}
)";

class hand_over : public World {
protected:
    static IntentRequest for_its_caller() {
        auto request = request_to_alice();
        request.delivery = Delivery::sign_only;
        return request;
    }
    Result<IntentRecord> send(const Bytes& raw, const std::string& as) {
        return test::await(
            process->context, process->intents.send_signed(as, ChainId{8453}, raw, soon()));
    }
    Result<IntentRecord> send(const Bytes& raw) { return send(raw, agent_id); }
    void expect_refused(const Bytes& raw, ErrorCode code, const std::string& reason) {
        const auto sent = send(raw);
        ASSERT_FALSE(sent.has_value());
        EXPECT_EQ(sent.error().code, code) << sent.error().detail;
        EXPECT_EQ(sent.error().reason, reason) << sent.error().detail;
        EXPECT_TRUE(node->sent.empty());
    }
    [[nodiscard]] std::size_t entries(const std::string& action) const {
        const auto all = *process->store->audit_records(0, 1'000);
        return static_cast<std::size_t>(
            std::ranges::count(all, action, &store::AuditRecord::action));
    }

    std::string id = submitted("a", IntentState::sign_only, for_its_caller());
    Bytes bytes = intent(id).signed_bytes;
};

TEST_F(hand_over, chela_sends_these_very_bytes_and_sees_to_them) {
    EXPECT_TRUE(node->sent.empty());
    const auto sent = send(bytes);
    ASSERT_TRUE(sent.has_value()) << sent.error().detail;
    EXPECT_EQ(sent->state, IntentState::broadcast);
    ASSERT_EQ(node->sent.size(), 1U);
    EXPECT_EQ(node->sent.front(), to_hex(bytes));
    EXPECT_EQ(entries("intent.still_approved"), 1U);
    EXPECT_EQ(entries("intent.handed_over"), 1U);
    EXPECT_EQ(charges(), 1U) << "it was paid for when it was signed";
    node->mine();
    expect_reaches(id, IntentState::confirmed);
}

TEST_F(hand_over, the_account_is_free_for_others_at_once) {
    const auto waits = submit("b");
    ASSERT_FALSE(waits.has_value());
    EXPECT_EQ(waits.error().reason, "E_LANE_WAITS_FOR_SIGNED");
    ASSERT_TRUE(send(bytes).has_value());
    submitted("b", IntentState::broadcast);
}

TEST_F(hand_over, until_then_others_hear_what_holds_them_up_but_for_what_is_worse) {
    auto request = request_to_alice();
    request.nonce = Nonce{0};
    EXPECT_EQ(submit("b", request).error().reason, "E_LANE_WAITS_FOR_SIGNED");
    node->count = 7;  // somebody else has used the key
    EXPECT_EQ(submit("b", request).error().reason, "E_NONCE_FOREIGN");
    node->count = 0;
    deactivate_agent();
    EXPECT_EQ(submit("c", request).error().reason, "E_AGENT_INACTIVE");
}

TEST_F(hand_over, asking_again_changes_nothing) {
    ASSERT_TRUE(send(bytes).has_value());
    ASSERT_TRUE(send(bytes).has_value());
    node->mine();
    expect_reaches(id, IntentState::confirmed);
    const auto again = send(bytes);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->state, IntentState::confirmed);
    EXPECT_EQ(entries("intent.handed_over"), 1U);
}

TEST_F(hand_over, what_is_sent_anyway_is_looked_up) {
    ASSERT_TRUE(send(bytes).has_value());
    const auto other = intent(submitted("b", IntentState::broadcast));
    const auto sent = send(other.signed_bytes);
    ASSERT_TRUE(sent.has_value());
    EXPECT_EQ(sent->id, other.id);
}

TEST_F(hand_over, it_is_sent_after_a_crash) {
    node->intercept = [](const std::string& method,
                         const Json&) -> std::optional<test::FakeChain::Answer> {
        if (method != "eth_sendRawTransaction") return std::nullopt;
        return fail(ErrorCode::unavailable, "gone");
    };
    ASSERT_TRUE(send(bytes).has_value());
    node->intercept = {};
    node->sent.clear();
    restart();
    expect_reaches(id, IntentState::broadcast);
}

TEST_F(hand_over, it_can_be_sped_up_and_cancelled_like_any_other) {
    ASSERT_TRUE(send(bytes).has_value());
    const auto wished = test::await(
        process->context, process->intents.speed_up(id, std::nullopt, "agent:x", soon()));
    ASSERT_TRUE(wished.has_value()) << wished.error().detail;
    ASSERT_TRUE(test::run_until(
        process->context, [&] { return process->store->attempts(id)->size() == 2; }));
    EXPECT_TRUE(send(bytes).has_value()) << "the first bytes still name it";
    ASSERT_TRUE(
        test::await(process->context, process->intents.cancel(id, "agent:x", soon())).has_value());
    ASSERT_TRUE(test::run_until(process->context, [&] {
        const auto all = *process->store->attempts(id);
        return all.back().kind == chains::lane::AttemptKind::cancel &&
               node->hash_at(0) == to_hex(all.back().hash);
    }));
    node->mine();
    expect_reaches(id, IntentState::cancelled);
}

TEST_F(hand_over, bytes_of_what_is_over_are_only_looked_up_after_a_start) {
    ASSERT_TRUE(send(bytes).has_value());
    node->mine();
    expect_reaches(id, IntentState::confirmed);
    restart();  // nothing of the lane is open, so that nobody owns it
    const auto again = send(bytes);
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_EQ(again->state, IntentState::confirmed);
}

TEST_F(hand_over, one_that_no_node_ever_takes_ends_like_any_other) {
    node->intercept = [](const std::string& method,
                         const Json&) -> std::optional<test::FakeChain::Answer> {
        if (method != "eth_sendRawTransaction") return std::nullopt;
        return test::rpc_error(-32000, "intrinsic gas too low");
    };
    static_cast<void>(send(bytes));
    expect_reaches(id, IntentState::cancelling);
    node->intercept = nullptr;
    ASSERT_TRUE(test::run_until(process->context, [&] { return !node->hash_at(0).empty(); }));
    node->mine();
    expect_reaches(id, IntentState::failed);
}

TEST_F(hand_over, the_policies_of_now_decide) {
    use_policy(kNobody);
    const auto refused = send(bytes);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::denied) << refused.error().detail;
    EXPECT_TRUE(node->sent.empty());
    EXPECT_EQ(intent(id).state, IntentState::sign_only) << "it stays what it was";
    EXPECT_EQ(entries("intent.no_longer_approved"), 1U);
    EXPECT_EQ(entries("intent.handed_over"), 0U);
}

TEST_F(hand_over, an_agent_that_may_do_nothing_sends_nothing) {
    deactivate_agent();
    const auto before = entries("intent.denied");
    expect_refused(bytes, ErrorCode::denied, "E_AGENT_INACTIVE");
    EXPECT_EQ(entries("intent.denied"), before + 1) << "who asked for it is written down";
}

TEST_F(hand_over, another_agent_cannot_send_it) {
    const auto sent = send(bytes, "11111111-1111-4111-8111-111111111111");
    ASSERT_FALSE(sent.has_value());
    EXPECT_EQ(sent.error().reason, "E_RAW_TRANSACTION");
    EXPECT_TRUE(node->sent.empty());
}

TEST_F(hand_over, what_was_given_up_stays_so) {
    ASSERT_TRUE(
        test::await(process->context, process->intents.cancel(id, "agent:x", soon())).has_value());
    const auto refused = send(bytes);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_INTENT_STATE") << refused.error().detail;
    for (const auto& sent : node->sent)
        EXPECT_NE(sent, to_hex(bytes));
}

TEST_F(hand_over, bytes_that_chela_did_not_sign_go_nowhere) {
    auto other = *chains::decode_signed(bytes);
    other.signature.y_parity ^= 1U;
    const auto forged = chains::encode_signed(other.transaction, other.signature);
    ASSERT_TRUE(chains::decode_signed(forged).has_value()) << "some other account's";
    expect_refused(forged, ErrorCode::denied, "E_RAW_TRANSACTION");
    EXPECT_FALSE(send({}).has_value());
    EXPECT_FALSE(send(Bytes{0x02, 0xf8}).has_value());
    auto longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(send(longer).has_value());
    EXPECT_TRUE(node->sent.empty());
}

TEST_F(hand_over, a_transaction_of_another_chain_is_refused) {
    const auto sent = test::await(
        process->context, process->intents.send_signed(agent_id, ChainId{1}, bytes, soon()));
    ASSERT_FALSE(sent.has_value());
    EXPECT_EQ(sent.error().reason, "E_CHAIN_MISMATCH");
}

}  // namespace
}  // namespace chela::sidecar::flow
