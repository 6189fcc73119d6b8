// Signatures that are no transactions, from the request to the result.
#include "chains/crypto/ecdsa.hpp"
#include "chains/message/personal.hpp"
#include "tests/sidecar/flow/greeter.hpp"
#include "tests/sidecar/flow/world.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {
namespace {

SignatureRequest message(std::string_view text) {
    return {base_chain(), {}, chains::PersonalMessage{Bytes{text.begin(), text.end()}}};
}

class signing : public World {
protected:
    signing() { use_policy(kGreeter); }
};

TEST_F(signing, a_permitted_message_gets_a_signature_that_recovers_its_signer) {
    const auto id = submitted("a", IntentState::signed_message, message("hello world"));
    const auto done = intent(id);
    EXPECT_EQ(done.operation, policy::Operation::personal_message);
    EXPECT_FALSE(done.nonce.has_value());
    const auto result = Json::parse(done.result);
    const auto bytes = parse_hex(result.at("signature").get<std::string>());
    ASSERT_TRUE(bytes.has_value());
    ASSERT_EQ(bytes->size(), 65U);
    chains::RecoverableSignature signature{
        U256::from_big_endian(BytesView{*bytes}.first(32)).value(),
        U256::from_big_endian(BytesView{*bytes}.subspan(32, 32)).value(),
        static_cast<std::uint8_t>(bytes->back() - 27)};
    const chains::Preimage preimage{
        std::get<chains::PersonalMessage>(message("hello world").content)};
    EXPECT_EQ(result.at("hash"), to_hex(preimage.signing_hash()));
    const auto key = chains::recover(preimage.signing_hash(), signature);
    ASSERT_TRUE(key.has_value());
    EXPECT_EQ(chains::address_of(*key), signer);
}

TEST_F(signing, the_same_key_and_message_replay_and_sign_once) {
    const auto id = submitted("a", IntentState::signed_message, message("hello"));
    const auto again = submit("a", message("hello"));
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->is_replay);
    EXPECT_EQ(again->intent.id, id);
    EXPECT_EQ(token.behaviour.signatures(), 1U);
    const auto other = submit("a", message("hello!"));
    ASSERT_FALSE(other.has_value());
    EXPECT_EQ(other.error().reason, "E_IDEMPOTENCY_MISMATCH");
}

TEST_F(signing, what_no_rule_permits_never_reaches_the_key) {
    const auto id = submitted("a", IntentState::denied, message("goodbye"));
    EXPECT_EQ(intent(id).error_code, "E_UNCLAIMED_EFFECT");
    EXPECT_EQ(token.behaviour.attempts(), 0U);
    EXPECT_FALSE(intent(id).decision_id.empty());
}

TEST_F(signing, guardrails_alone_permit_no_message) {
    const auto unbound = process->store->update_agent(
        agent_id, {clock.time, "operator", "test", agent_id, "{}"},
        [](store::AgentRecord& agent) -> Status {
            agent.policy_id.reset();
            return {};
        });
    ASSERT_TRUE(unbound.has_value());
    submitted("a", IntentState::denied, message("hello"));
    EXPECT_EQ(token.behaviour.attempts(), 0U);
}

TEST_F(signing, a_signature_that_fails_for_sure_frees_what_was_reserved) {
    token.behaviour.fail_sign(Error{ErrorCode::unavailable, "gone", "E_TOKEN_UNAVAILABLE"});
    const auto id = submitted("a", IntentState::failed, message("hello"));
    EXPECT_EQ(intent(id).error_code, "E_TOKEN_UNAVAILABLE");
    EXPECT_EQ(charges(), 0U);
}

TEST_F(signing, one_that_may_exist_keeps_its_reservation_and_the_same_key_ends_it) {
    token.behaviour.fail_sign(Error{ErrorCode::timed_out, "slow"});
    const auto unclear = submit("a", message("hello"));
    ASSERT_FALSE(unclear.has_value());
    EXPECT_EQ(unclear.error().code, ErrorCode::timed_out);
    EXPECT_EQ(charges(), 1U);
    token.behaviour.fail_sign(std::nullopt);
    submitted("a", IntentState::signed_message, message("hello"));
    EXPECT_EQ(charges(), 1U);
}

TEST_F(signing, one_that_nobody_asks_for_again_holds_no_budget_for_ever) {
    token.behaviour.fail_sign(Error{ErrorCode::timed_out, "slow"});
    ASSERT_FALSE(submit("a", message("hello")).has_value());
    const auto id = process->store->intents(agent_id, 1)->front().id;
    process->approval_watch.start();
    clock.time += std::chrono::minutes{59};
    process->approval_watch.wake();
    EXPECT_EQ(intent(id).state, IntentState::reserved);
    clock.time += std::chrono::minutes{1};
    process->approval_watch.wake();
    expect_reaches(id, IntentState::failed);
    EXPECT_EQ(intent(id).error_code, "E_INTERRUPTED");
    EXPECT_EQ(charges(), 0U);
}

TEST_F(signing, an_interrupted_one_goes_on_after_a_restart_with_the_same_key) {
    token.behaviour.fail_sign(Error{ErrorCode::timed_out, "slow"});
    ASSERT_FALSE(submit("a", message("hello")).has_value());
    token.behaviour.fail_sign(std::nullopt);
    restart();
    submitted("a", IntentState::signed_message, message("hello"));
}

}  // namespace
}  // namespace chela::sidecar::flow
