#include "tests/sidecar/flow/world.hpp"
#include "tests/sidecar/node/scripted_client.hpp"

namespace chela::sidecar::flow {
namespace {

class after_a_restart : public World {
protected:
    void node_is_away() {
        node->intercept = [](const std::string& method,
                             const Json&) -> std::optional<test::FakeChain::Answer> {
            if (method != "eth_sendRawTransaction") return std::nullopt;
            return fail(ErrorCode::unavailable, "gone");
        };
    }
};

TEST_F(after_a_restart, stored_bytes_are_sent_and_never_signed_again) {
    node_is_away();
    const auto id = submitted("a", IntentState::signed_);
    const auto bytes = intent(id).signed_bytes;
    stop();
    node->intercept = nullptr;
    node->sent.clear();
    restart();
    expect_reaches(id, IntentState::broadcast);
    ASSERT_FALSE(node->sent.empty());
    for (const auto& raw : node->sent)
        EXPECT_EQ(raw, to_hex(bytes));
    EXPECT_EQ(token.behaviour.signatures(), 1U);
    node->mine();
    expect_reaches(id, IntentState::confirmed);
}

TEST_F(after_a_restart, what_a_node_had_is_sent_again_and_followed) {
    const auto id = submitted("a", IntentState::broadcast);
    node->sent.clear();
    restart();
    ASSERT_TRUE(test::run_until(process->context, [&] { return !node->sent.empty(); }));
    EXPECT_EQ(node->sent.front(), to_hex(intent(id).signed_bytes));
    node->mine();
    expect_reaches(id, IntentState::confirmed);
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(after_a_restart, what_was_mined_meanwhile_is_found) {
    const auto id = submitted("a", IntentState::broadcast);
    stop();
    node->mine();
    restart();
    expect_reaches(id, IntentState::confirmed);
}

TEST_F(after_a_restart, a_nonce_without_bytes_is_signed) {
    token.behaviour.fail_sign(Error{ErrorCode::timed_out, "slow"});
    const auto id = submitted("a", IntentState::reserved);
    stop();
    token.behaviour.fail_sign(std::nullopt);
    restart();
    expect_reaches(id, IntentState::broadcast);
    EXPECT_EQ(intent(id).nonce, Nonce{0});
    EXPECT_EQ(token.behaviour.signatures(), 1U);
    EXPECT_EQ(node->sent_nonces().front(), 0U);
}

TEST_F(after_a_restart, what_held_no_nonce_is_failed_as_interrupted_and_replays_so) {
    token.behaviour.fail_probe(Error{ErrorCode::unavailable, "gone"});
    EXPECT_FALSE(submit("a").has_value());
    const auto id = process->store->intents(agent_id, 1)->front().id;
    EXPECT_EQ(intent(id).state, IntentState::received);
    token.behaviour.fail_probe(std::nullopt);
    restart();
    EXPECT_EQ(intent(id).state, IntentState::failed);
    EXPECT_EQ(intent(id).error_code, "E_INTERRUPTED");
    const auto again = submit("a");
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->is_replay);
    EXPECT_EQ(again->intent.state, IntentState::failed);
    EXPECT_EQ(token.behaviour.attempts(), 0U);
    EXPECT_EQ(intent(submitted("b", IntentState::broadcast)).nonce, Nonce{0});
}

TEST_F(after_a_restart, the_same_key_replays_what_went_out_before_it) {
    const auto id = submitted("a", IntentState::broadcast);
    restart();
    const auto again = submit("a");
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->is_replay);
    EXPECT_EQ(again->intent.id, id);
    EXPECT_EQ(intent(submitted("b", IntentState::broadcast)).nonce, Nonce{1});
    EXPECT_EQ(token.behaviour.signatures(), 2U);
}

}  // namespace
}  // namespace chela::sidecar::flow
