// What a caller meets when the token is slow, hangs, or is asked by too many at once.
#include "tests/integration/signer/signing_faults.hpp"
#include "tests/support/process.hpp"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <p11-kit/pkcs11.h>

namespace chela::test {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kPatience{20};

auto in(milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

class breaker : public signing_faults {
protected:
    void hold_one_session(std::size_t max_waiting) {
        auto config = soft.config(CHELA_FAULTY_MODULE);
        config.max_sessions = 1;
        config.max_waiting = max_waiting;
        reopen(config);
        faulty.hold("C_Sign");
    }
    Result<chains::RecoverableSignature> sign_in(milliseconds time) {
        return made.key->sign_before(approve_transfer(made.info.address, 77), in(time));
    }
};

TEST_F(breaker, opens_when_a_call_hangs_and_closes_when_it_returns) {
    hold_one_session(8);
    const auto late = sign_in(milliseconds{400});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::timed_out);
    EXPECT_EQ(late.error().reason, "E_TOKEN_TIMEOUT");
    EXPECT_EQ(metrics->hanging(), 1U);

    const unsigned calls = faulty.calls("*");
    for (int i = 0; i < 3; ++i) {
        const auto began = std::chrono::steady_clock::now();
        const auto refused = sign_in(kPatience);
        // Nobody waits for that deadline: the answer is there at once.
        EXPECT_LT(std::chrono::steady_clock::now() - began, kPatience / 2);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
        EXPECT_EQ(refused.error().reason, "E_TOKEN_HANGS");
    }
    EXPECT_EQ(made.key->probe().error().reason, "E_TOKEN_HANGS");
    EXPECT_EQ(token->status().error().reason, "E_TOKEN_HANGS");
    EXPECT_EQ(faulty.calls("*"), calls);
    EXPECT_EQ(metrics->failures("E_TOKEN_HANGS"), 5U);

    faulty.release();
    EXPECT_TRUE(eventually([&] { return sign().has_value(); }, kPatience));
    EXPECT_EQ(metrics->hanging(), 0U);
    EXPECT_EQ(metrics->signatures(), 1U);  // the late signature went to nobody
}

TEST_F(breaker, refuses_at_once_what_the_queue_has_no_room_for) {
    hold_one_session(1);
    std::thread running{[&] { EXPECT_TRUE(sign_in(kPatience)); }};
    ASSERT_TRUE(eventually([&] { return faulty.held() == 1; }, kPatience));
    std::thread waiting{[&] { EXPECT_TRUE(sign_in(kPatience)); }};
    ASSERT_TRUE(eventually([&] { return metrics->depth() == 1; }, kPatience));
    const auto refused = sign_in(kPatience);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_EQ(refused.error().reason, "E_TOKEN_BUSY");
    faulty.release();
    running.join();
    waiting.join();
    EXPECT_TRUE(sign());
}

TEST_F(breaker, lets_a_caller_go_whose_turn_does_not_come_and_signs_nothing_for_it) {
    hold_one_session(8);
    std::thread running{[&] { EXPECT_TRUE(sign_in(kPatience)); }};
    ASSERT_TRUE(eventually([&] { return faulty.held() == 1; }, kPatience));
    const unsigned began = faulty.calls("C_SignInit");
    const auto refused = sign_in(milliseconds{50});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_EQ(refused.error().reason, "E_TOKEN_BUSY");
    faulty.release();
    running.join();
    EXPECT_EQ(faulty.calls("C_SignInit"), began);
}

TEST_F(breaker, begins_nothing_after_the_deadline) {
    warm_up();
    const unsigned calls = faulty.calls("*");
    const auto refused = sign_in(milliseconds{-1});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_EQ(faulty.calls("*"), calls);
}

TEST_F(breaker, stays_closed_for_a_caller_that_is_only_impatient) {
    warm_up();  // the token of the fixture waits a second before it calls a call hanging
    faulty.delay("C_Sign", 1, 600);
    const auto late = sign_in(milliseconds{250});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::timed_out);
    EXPECT_TRUE(sign());
    EXPECT_TRUE(eventually([&] { return metrics->hanging() == 0; }, kPatience));
}

TEST_F(breaker, retries_nothing_for_a_caller_that_has_gone) {
    warm_up();
    faulty.delay("C_SignInit", 1, 600);
    faulty.plan("C_Sign", 0, 1, CKR_SESSION_HANDLE_INVALID);
    const unsigned signs = faulty.calls("C_Sign");
    EXPECT_EQ(sign_in(milliseconds{250}).error().code, ErrorCode::timed_out);
    ASSERT_TRUE(eventually([&] { return metrics->hanging() == 0; }, kPatience));
    EXPECT_EQ(faulty.calls("C_Sign"), signs + 1);
}

TEST_F(breaker, does_not_keep_the_token_from_ending_and_ends_the_module_later) {
    hold_one_session(8);
    ASSERT_EQ(sign_in(milliseconds{300}).error().code, ErrorCode::timed_out);
    const unsigned finalized = faulty.calls("C_Finalize");
    made.key.reset();
    token.reset();
    EXPECT_EQ(faulty.calls("C_Finalize"), finalized);  // not under the call that hangs
    faulty.release();
    EXPECT_TRUE(eventually([&] { return faulty.calls("C_Finalize") == finalized + 1; }, kPatience));
    EXPECT_EQ(faulty.overlaps(), 0U);
}

TEST_F(breaker, tells_of_a_module_that_hangs_while_keys_are_made) {
    auto config = soft.config(CHELA_FAULTY_MODULE);
    config.sign_limit = milliseconds{300};
    reopen(config);
    faulty.hold("C_FindObjectsInit");
    const auto probed = made.key->probe();
    ASSERT_FALSE(probed);
    EXPECT_EQ(probed.error().code, ErrorCode::timed_out);
    const auto refused = token->generate("beta");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "E_TOKEN_HANGS");
    faulty.release();
    EXPECT_TRUE(eventually([&] { return token->list().has_value(); }, kPatience));
    EXPECT_EQ(token->list()->size(), 1U);
}

}  // namespace
}  // namespace chela::test
