#include "signer/pkcs11/call_queue.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace chela::signer::pkcs11 {
namespace {

using Clock = CallQueue::Clock;
using std::chrono::milliseconds;

Clock::time_point never() {
    return Clock::now() + std::chrono::minutes{1};
}

/// A call that stays inside until it is let go; shared by the test and the call.
class Gate {
public:
    CallQueue::Job job() {
        return [gate = state_] {
            gate->entered.set_value();
            gate->open.get_future().wait();
        };
    }
    void wait_until_entered() { state_->entered.get_future().wait(); }
    void open() { state_->open.set_value(); }

private:
    struct State {
        std::promise<void> entered;
        std::promise<void> open;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

TEST(call_queue, runs_each_job_once_and_to_its_end) {
    CallQueue queue{{.workers = 3, .waiting = 64, .patience = milliseconds{1000}}, nullptr};
    const auto count = std::make_shared<std::atomic<unsigned>>(0);
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&queue, count] {
            for (int i = 0; i < 200; ++i)
                EXPECT_TRUE(queue.run([count] { ++*count; }, never()));
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(*count, 1600U);
    EXPECT_EQ(queue.hanging(), 0U);
}

TEST(call_queue, refuses_the_call_for_which_there_is_no_room) {
    CallQueue queue{{.workers = 1, .waiting = 0, .patience = milliseconds{1000}}, nullptr};
    Gate gate;
    std::thread inside{[&] { EXPECT_TRUE(queue.run(gate.job(), never())); }};
    gate.wait_until_entered();
    const auto has_run = std::make_shared<std::atomic<bool>>(false);
    const auto refused = queue.run([has_run] { *has_run = true; }, never());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_EQ(refused.error().reason, "E_TOKEN_BUSY");
    gate.open();
    inside.join();
    EXPECT_FALSE(*has_run);
}

TEST(call_queue, never_starts_a_job_whose_deadline_has_passed) {
    CallQueue queue{{.workers = 1, .waiting = 4, .patience = milliseconds{1000}}, nullptr};
    const auto has_run = std::make_shared<std::atomic<bool>>(false);
    const auto late = queue.run([has_run] { *has_run = true; }, Clock::now());
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().reason, "E_TOKEN_BUSY");
    // A later job on the one thread: what was before it would have run by now.
    EXPECT_TRUE(queue.run([] {}, never()));
    EXPECT_FALSE(*has_run);
}

TEST(call_queue, leaves_a_call_that_hangs_and_lets_nothing_in_until_it_returns) {
    CallQueue queue{{.workers = 2, .waiting = 4, .patience = milliseconds{0}}, nullptr};
    Gate gate;
    const auto late = queue.run(gate.job(), Clock::now() + milliseconds{400});
    ASSERT_FALSE(late);
    gate.wait_until_entered();
    EXPECT_EQ(late.error().code, ErrorCode::timed_out);
    EXPECT_EQ(late.error().reason, "E_TOKEN_TIMEOUT");
    EXPECT_EQ(queue.hanging(), 1U);
    const auto refused = queue.run([] {}, never());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_EQ(refused.error().reason, "E_TOKEN_HANGS");
    gate.open();
    while (queue.hanging() > 0)
        std::this_thread::yield();
    EXPECT_TRUE(queue.run([] {}, never()));
}

TEST(call_queue, may_end_while_a_call_hangs) {
    Gate gate;
    {
        CallQueue queue{{.workers = 1, .waiting = 4, .patience = milliseconds{0}}, nullptr};
        ASSERT_FALSE(queue.run(gate.job(), Clock::now() + milliseconds{400}));
    }
    gate.open();
}

TEST(call_queue, frees_what_a_job_owned_before_its_caller_goes_on) {
    CallQueue queue{{.workers = 1, .waiting = 4, .patience = milliseconds{1000}}, nullptr};
    auto owned = std::make_shared<int>(1);
    const std::weak_ptr<int> watch = owned;
    EXPECT_TRUE(queue.run([owned = std::move(owned)] { EXPECT_EQ(*owned, 1); }, never()));
    EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace chela::signer::pkcs11
