// Bundles of calls across trouble and restarts.
#include "sidecar/flow/call_bundles.hpp"

#include "tests/sidecar/flow/world.hpp"

#include <future>
#include <thread>

namespace chela::sidecar::flow {
namespace {

using namespace std::chrono_literals;

class call_bundles : public World {
protected:
    call_bundles() { open(); }
    ~call_bundles() override { close(); }

    void open() {
        runner = std::make_unique<CallBundles>(
            process->context.get_executor(), process->services, process->intents,
            CallBundleOptions{.interval = 5ms});
        runner->start();
    }
    void close() {
        if (runner) test::await(process->context, runner->stop());
        runner.reset();
    }
    void reopen() {
        close();
        restart();
        open();
    }
    Result<BundleProgress> send(const std::string& id, std::vector<IntentRequest> calls) {
        store::BundleRecord bundle;
        bundle.agent_id = agent_id;
        bundle.id = id;
        return test::await(process->context, runner->submit(bundle, std::move(calls), soon()));
    }
    BundleProgress progress(const std::string& id) {
        auto found = test::await(process->context, runner->progress(agent_id, id, soon()));
        if (!found) bug(found.error().detail);
        return *std::move(found);
    }
    BundleProgress closed(const std::string& id) {
        EXPECT_TRUE(test::run_until(
            process->context, [&] { return !process->store->bundle(agent_id, id)->is_open; }));
        return progress(id);
    }
    void hold_the_node() {
        node->intercept = [](const std::string& method, const Json&) {
            return method == "eth_getTransactionCount"
                       ? std::optional{test::FakeChain::Answer{fail(
                             ErrorCode::unavailable, "the node is away", "E_NODE_UNAVAILABLE")}}
                       : std::nullopt;
        };
    }
    [[nodiscard]] std::size_t intents() const {
        return process->store->intents(agent_id, 100)->size();
    }
    static std::vector<IntentRequest> three() {
        return {request_to_alice(wei(1)), request_to_alice(wei(2)), request_to_alice(wei(3))};
    }

    std::unique_ptr<CallBundles> runner;
};

TEST_F(call_bundles, sign_one_call_after_the_other) {
    ASSERT_TRUE(send("b", three()).has_value());
    const auto done = closed("b");
    EXPECT_EQ(done.bundle.error_code, "");
    ASSERT_EQ(done.intents.size(), 3U);
    for (std::uint64_t at = 0; at < 3; ++at) {
        EXPECT_EQ(done.intents[at]->nonce, Nonce{at});
        EXPECT_EQ(done.intents[at]->value, wei(at + 1));
    }
}

TEST_F(call_bundles, that_were_stored_too_late_for_their_caller_are_carried_out_all_the_same) {
    store::BundleRecord bundle;
    bundle.agent_id = agent_id;
    bundle.id = "late";
    // Another process writes for longer than the caller waits.
    const auto other = store::open_sqlite(folder.path() / "chela.db", store::OpenMode::existing);
    ASSERT_TRUE(other.has_value());
    std::promise<void> writes;
    std::promise<void> is_over;
    std::thread writer{[&] {
        const auto written = (*other)->transact([&](policy::LedgerTransaction&) -> Status {
            writes.set_value();
            is_over.get_future().wait();
            return {};
        });
        EXPECT_TRUE(written.has_value());
    }};
    writes.get_future().wait();
    const auto gone = test::await(
        process->context,
        runner->submit(bundle, three(), std::chrono::steady_clock::now() + 100ms));
    is_over.set_value();
    writer.join();
    ASSERT_FALSE(gone.has_value());
    EXPECT_EQ(gone.error().code, ErrorCode::timed_out);
    ASSERT_TRUE(test::run_until(process->context, [&] {
        const auto found = process->store->bundle(agent_id, "late");
        return found && !found->is_open;
    }));
    EXPECT_EQ(progress("late").intents.size(), 3U);
    EXPECT_EQ(intents(), 3U) << "each once";
}

TEST_F(call_bundles, that_wait_for_a_node_go_on_when_it_is_back) {
    hold_the_node();
    ASSERT_TRUE(send("b", three()).has_value());
    EXPECT_TRUE(progress("b").bundle.is_open);
    node->intercept = nullptr;
    EXPECT_EQ(closed("b").intents.back()->nonce, Nonce{2});
    EXPECT_EQ(intents(), 3U);
}

TEST_F(call_bundles, go_on_after_a_restart_and_send_nothing_twice) {
    hold_the_node();
    ASSERT_TRUE(send("b", three()).has_value());
    reopen();
    reopen();
    EXPECT_TRUE(node->sent.empty());
    node->intercept = nullptr;
    const auto done = closed("b");
    EXPECT_EQ(done.bundle.error_code, "");
    for (std::uint64_t at = 0; at < 3; ++at)
        EXPECT_EQ(done.intents[at]->nonce, Nonce{at});
    EXPECT_EQ(highest_nonce(), Nonce{2});
    reopen();
    EXPECT_EQ(highest_nonce(), Nonce{2});
}

TEST_F(call_bundles, go_on_with_what_was_signed_before_a_restart) {
    std::size_t asked = 0;
    node->intercept = [&asked](const std::string& method, const Json&) {
        const bool is_away = method == "eth_getTransactionCount" && ++asked > 1;
        return is_away ? std::optional{test::FakeChain::Answer{fail(
                             ErrorCode::unavailable, "the node is away", "E_NODE_UNAVAILABLE")}}
                       : std::nullopt;
    };
    ASSERT_TRUE(send("b", three()).has_value());
    const auto before = progress("b");
    ASSERT_TRUE(before.intents[0].has_value());
    ASSERT_TRUE(before.intents[0]->hash.has_value());
    reopen();
    node->intercept = nullptr;
    const auto done = closed("b");
    EXPECT_EQ(done.intents[0]->id, before.intents[0]->id);
    EXPECT_EQ(done.intents[2]->nonce, Nonce{2});
    EXPECT_EQ(highest_nonce(), Nonce{2});
}

TEST_F(call_bundles, end_for_an_agent_that_may_not_sign_any_more) {
    hold_the_node();
    ASSERT_TRUE(send("b", three()).has_value());
    deactivate_agent();
    node->intercept = nullptr;
    const auto done = closed("b");
    EXPECT_EQ(highest_nonce(), std::nullopt);
    ASSERT_TRUE(done.intents[0].has_value());
    // Whichever comes first: the call that is under way finds out, sooner or later, or it is not
    // tried again and may not go on by itself.
    const auto state = done.intents[0]->state;
    if (state == IntentState::denied || state == IntentState::failed) {
        EXPECT_EQ(done.intents[0]->error_code, "E_AGENT_INACTIVE");
        EXPECT_FALSE(done.bundle.error_code.empty());
    } else {
        EXPECT_EQ(state, IntentState::cancelled);
        EXPECT_EQ(done.bundle.error_code, "E_INTENTS_DISABLED");
    }
}

TEST_F(call_bundles, are_given_up_when_nothing_was_signed_in_time) {
    hold_the_node();
    ASSERT_TRUE(send("b", three()).has_value());
    clock.time += 2h;
    const auto done = closed("b");
    EXPECT_EQ(done.bundle.error_code, "E_BUNDLE_EXPIRED");
    node->intercept = nullptr;
    EXPECT_EQ(highest_nonce(), std::nullopt);
}

TEST_F(call_bundles, end_with_the_call_that_is_denied) {
    auto calls = three();
    calls[1].to = test::address(0xe5);
    ASSERT_TRUE(send("b", calls).has_value());
    const auto done = closed("b");
    EXPECT_EQ(done.bundle.error_code, "E_CALL_ENDED");
    EXPECT_EQ(done.intents[1]->state, IntentState::denied);
    EXPECT_FALSE(done.intents[2].has_value());
}

TEST_F(call_bundles, have_one_name_each) {
    ASSERT_TRUE(send("b", three()).has_value());
    const auto again = send("b", three());
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().reason, "E_BUNDLE_ID");
    EXPECT_EQ(closed("b").intents.size(), 3U);
    EXPECT_EQ(intents(), 3U);
}

}  // namespace
}  // namespace chela::sidecar::flow
