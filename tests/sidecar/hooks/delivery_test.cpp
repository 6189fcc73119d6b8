// Workers and what they send, on a real store and against a scripted receiver.
#include "chains/base/json.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/hooks/dispatcher.hpp"
#include "sidecar/hooks/look_up.hpp"
#include "sidecar/hooks/signature.hpp"
#include "sidecar/node/tls.hpp"
#include "tests/sidecar/await.hpp"
#include "tests/sidecar/node/scripted_server.hpp"
#include "tests/sidecar/store/fixture.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::hooks {
namespace {

using store::WebhookRecord;
using test::http_answer;
using test::raw;
using test::Script;
using test::ScriptedServer;
using test::silence;
using namespace std::chrono_literals;

class FixedClock final : public Clock {
public:
    TimePoint time = test::kNow;
    [[nodiscard]] TimePoint now() const override { return time; }
};

std::string ok() {
    return http_answer("204 No Content", "");
}

std::string field(const test::Seen& seen, const std::string& name) {
    const auto at = seen.head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "none";
    const auto begin = at + name.size() + 4;
    return seen.head.substr(begin, seen.head.find("\r\n", begin) - begin);
}

class Delivery : public store::StoreTest {
protected:
    Delivery() {
        store->report_commits_to([bell = bell](std::size_t) { bell->ring(); });
        watch.start();
    }

public:
    ~Delivery() override {
        if (dispatcher) test::await(context, dispatcher->stop());
        test::await(context, watch.stop());
        store->report_commits_to({});
        store_pool.join();
    }

protected:
    ScriptedServer& serve(std::vector<Script> scripts) {
        servers.push_back(std::make_unique<ScriptedServer>(context, std::move(scripts)));
        return *servers.back();
    }
    /// As many connections as there are answers; chela closes each after its answer.
    ScriptedServer& serve_each(std::vector<std::string> answers) {
        std::vector<Script> scripts;
        for (auto& answer : answers)
            scripts.push_back({raw(std::move(answer))});
        return serve(std::move(scripts));
    }
    WebhookRecord make(
        const std::string& url, std::vector<std::string> events = {"*"}, const char* agent = "") {
        WebhookRecord webhook;
        webhook.id = "hook-" + std::to_string(++made);
        webhook.url = url;
        webhook.events = std::move(events);
        webhook.secret = "whsec_test";
        webhook.created_at = clock.time;
        if (*agent != '\0') webhook.agent_id = agent;
        const auto stored = store->insert_webhook(webhook, store::audit_of("webhook.created"));
        if (!stored) bug("the test's webhook is refused: " + stored.error().detail);
        return *stored;
    }
    void begin() {
        dispatcher = std::make_unique<Dispatcher>(
            context.get_executor(), parts, watch, road, DispatcherOptions{.poll = 20ms});
        dispatcher->start();
    }
    [[nodiscard]] WebhookRecord read(const WebhookRecord& webhook) const {
        return *store->webhook(webhook.id);
    }
    void until(const std::function<bool()>& is_true) {
        EXPECT_TRUE(test::run_until(context, is_true));
    }
    [[nodiscard]] std::string metrics() const { return parts.metrics->text(); }

    std::shared_ptr<Bell> bell = std::make_shared<Bell>();
    FixedClock clock;
    boost::asio::io_context context{1};
    boost::asio::thread_pool store_pool{2};
    Road road{.tls = *node::make_tls({}), .timeout = 5s};
    Parts parts{*store, clock, store_pool, std::make_shared<telemetry::Metrics>(), [] {
                    return std::uint64_t{0};
                }};
    EventWatch watch{context.get_executor(), *store, store_pool, bell, {.poll = 20ms, .gap = 1ms}};
    std::unique_ptr<Dispatcher> dispatcher;
    std::vector<std::unique_ptr<ScriptedServer>> servers;
    int made = 0;
};

TEST_F(Delivery, sends_signed_events_in_their_order) {
    auto& server = serve_each({ok(), ok(), ok()});
    const auto webhook = make(server.url("/hook?key=1"));
    insert("i");
    expect_ok(reserve("i", 0));
    begin();
    until([&] { return read(webhook).cursor == 2; });
    insert("j");
    until([&] { return read(webhook).cursor == 3; });
    ASSERT_EQ(server.seen().size(), 3U);
    const std::vector<std::string> types{
        "transaction.received", "transaction.reserved", "transaction.received"};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto& seen = server.seen()[i];
        const Json body = *parse_json(seen.body);
        EXPECT_EQ(body.at("sequence"), i + 1);
        EXPECT_EQ(body.at("type"), types[i]);
        EXPECT_EQ(body.at("data").at("agent_id"), store::kAgent);
        EXPECT_EQ(field(seen, "X-Chela-Event-Id"), "evt_" + std::to_string(i + 1));
        const auto seconds =
            std::chrono::floor<std::chrono::seconds>(clock.time).time_since_epoch().count();
        EXPECT_EQ(field(seen, "X-Chela-Timestamp"), std::to_string(seconds));
        EXPECT_EQ(
            field(seen, "X-Chela-Signature"), signature_header({"whsec_test"}, seconds, seen.body));
        EXPECT_EQ(field(seen, "X-Chela-Delivery").size(), 36U);
        EXPECT_EQ(field(seen, "Content-Type"), "application/json");
        EXPECT_TRUE(seen.head.starts_with("POST /hook?key=1 HTTP/1.1\r\n")) << seen.head;
    }
    const auto kept = store->deliveries(webhook.id);
    ASSERT_EQ(kept->size(), 3U);
    EXPECT_EQ(kept->front().status, 204U);
    EXPECT_EQ(kept->front().sequence, 3);
    const std::string counted = "chela_webhook_deliveries_total{outcome=\"delivered\"} 3";
    until([&] { return metrics().find(counted) != std::string::npos; });
}

TEST_F(Delivery, leaves_out_what_nobody_asked_for) {
    expect_ok(store->insert_agent(store::agent_of("agent-2"), store::audit_of("agent.created")));
    auto& reserved_only = serve_each({ok()});
    auto& of_agent_2 = serve_each({ok()});
    const auto one = make(reserved_only.url(), {"transaction.reserved"});
    const auto two = make(of_agent_2.url(), {"*"}, "agent-2");
    insert("i");
    expect_ok(reserve("i", 0));
    ASSERT_TRUE(store->insert_intent(store::intent_of("j", "agent-2")).has_value());
    begin();
    until([&] { return read(one).cursor == 2 && read(two).cursor == 3; });
    ASSERT_EQ(reserved_only.seen().size(), 1U);
    EXPECT_EQ(parse_json(reserved_only.seen()[0].body)->at("sequence"), 2);
    ASSERT_EQ(of_agent_2.seen().size(), 1U);
    EXPECT_EQ(parse_json(of_agent_2.seen()[0].body)->at("data").at("agent_id"), "agent-2");
}

TEST_F(Delivery, what_nobody_asks_for_does_not_hold_the_log_back) {
    const auto webhook = make("http://127.0.0.1:9/", {"signature.denied"});
    begin();
    for (int i = 0; i < 120; ++i)
        insert("many-" + std::to_string(i));
    until([&] { return read(webhook).cursor >= 100; });
}

TEST_F(Delivery, repeats_a_failed_event_after_its_delay_and_skips_none) {
    auto& server = serve_each({http_answer("500 Oops", "x"), ok(), ok()});
    const auto webhook = make(server.url());
    insert("i");
    insert("j");
    begin();
    until([&] { return read(webhook).failures == 1; });
    EXPECT_EQ(read(webhook).next_try_at, clock.time + 1s);
    EXPECT_EQ(read(webhook).cursor, 0);
    EXPECT_EQ(store->deliveries(webhook.id)->front().status, 500U);
    EXPECT_NE(
        store->deliveries(webhook.id)->front().error.find("HTTP status 500"), std::string::npos);
    clock.time += 1s;
    until([&] { return read(webhook).cursor == 2; });
    ASSERT_EQ(server.seen().size(), 3U);
    EXPECT_EQ(server.seen()[0].body, server.seen()[1].body) << "the same event, byte by byte";
    EXPECT_NE(
        field(server.seen()[0], "X-Chela-Delivery"), field(server.seen()[1], "X-Chela-Delivery"));
    EXPECT_EQ(read(webhook).failures, 0U);
}

TEST_F(Delivery, waits_as_long_as_the_receiver_asks) {
    auto& server = serve_each({http_answer("503 Busy", "", "Retry-After: 90\r\n")});
    const auto webhook = make(server.url());
    insert("i");
    begin();
    until([&] { return read(webhook).failures == 1; });
    EXPECT_EQ(read(webhook).next_try_at, clock.time + 90s);
}

TEST_F(Delivery, gone_switches_the_webhook_off_until_somebody_switches_it_on) {
    auto& server = serve_each({http_answer("410 Gone", ""), ok()});
    const auto webhook = make(server.url());
    insert("i");
    begin();
    until([&] { return !read(webhook).is_active; });
    EXPECT_FALSE(read(webhook).paused_reason.empty());
    until([&] { return metrics().find("outcome=\"gone\"} 1") != std::string::npos; });
    ASSERT_TRUE(store->update_webhook(
        webhook.id, store::audit_of("webhook.updated"), [](WebhookRecord& change) -> Status {
            change.is_active = true;
            return {};
        }));
    until([&] { return read(webhook).cursor == 1; });
}

TEST_F(Delivery, pauses_after_three_days_of_failures) {
    auto& server = serve_each({http_answer("500 Oops", ""), http_answer("500 Oops", "")});
    const auto webhook = make(server.url());
    insert("i");
    begin();
    until([&] { return read(webhook).failures == 1; });
    clock.time += 72h;
    until([&] { return !read(webhook).paused_reason.empty(); });
    EXPECT_TRUE(read(webhook).is_active);
    EXPECT_EQ(read(webhook).failures, 2U);
    until([&] { return metrics().find("outcome=\"paused\"} 1") != std::string::npos; });
    EXPECT_EQ(read(webhook).cursor, 0);
}

TEST_F(Delivery, does_not_follow_redirects) {
    auto& elsewhere = serve_each({ok()});
    auto& server =
        serve_each({http_answer("302 Found", "", "Location: " + elsewhere.url() + "\r\n")});
    const auto webhook = make(server.url());
    insert("i");
    begin();
    until([&] { return read(webhook).failures == 1; });
    EXPECT_NE(store->deliveries(webhook.id)->front().error.find("not followed"), std::string::npos);
    EXPECT_EQ(elsewhere.accepted(), 0U);
}

TEST_F(Delivery, an_answer_that_is_no_http_or_too_large_is_a_failure) {
    for (const auto& answer :
         {std::string{"hello\r\n\r\n"}, http_answer("200 OK", std::string(70'000, 'x'))}) {
        auto& server = serve_each({answer});
        const auto webhook = make(server.url());
        const auto sent = test::await(context, send_test(parts, road, webhook));
        ASSERT_TRUE(sent);
        EXPECT_FALSE(sent->error.empty());
        EXPECT_EQ(sent->status, std::nullopt);
    }
}

TEST_F(Delivery, a_receiver_that_hangs_holds_back_neither_others_nor_the_end) {
    road.timeout = 60s;
    auto& slow = serve({{silence()}});
    auto& quick = serve_each({ok(), ok()});
    const auto hanging = make(slow.url());
    const auto other = make(quick.url());
    insert("i");
    begin();
    until([&] { return slow.seen().size() == 1; });
    insert("j");
    until([&] { return read(other).cursor == 2; });
    EXPECT_EQ(read(hanging).cursor, 0);
    const auto before = std::chrono::steady_clock::now();
    test::await(context, dispatcher->stop());
    EXPECT_LT(std::chrono::steady_clock::now() - before, 30s);
    dispatcher.reset();
    EXPECT_EQ(read(hanging).failures, 0U) << "nothing is known of it";
    // What comes after a crash begins with the event that was not noted.
    auto& again = serve_each({ok(), ok()});
    ASSERT_TRUE(store->update_webhook(
        hanging.id, store::audit_of("webhook.updated"), [&](WebhookRecord& change) -> Status {
            change.url = again.url();
            return {};
        }));
    begin();
    until([&] { return read(hanging).cursor == 2; });
    EXPECT_EQ(parse_json(again.seen().front().body)->at("sequence"), 1);
}

TEST_F(Delivery, a_receiver_that_is_slow_fails_in_time) {
    road.timeout = 50ms;
    auto& slow = serve({{silence()}});
    const auto webhook = make(slow.url());
    const auto sent = test::await(context, send_test(parts, road, webhook));
    ASSERT_TRUE(sent);
    EXPECT_NE(sent->error.find("in time"), std::string::npos) << sent->error;
}

TEST_F(Delivery, an_address_that_may_not_be_called_is_not_called) {
    auto& server = serve_each({ok()});
    auto webhook = make(server.url());
    // As if the rules had been wider when it was made.
    for (const auto* url :
         {"http://10.0.0.1/", "https://169.254.169.254/latest", "https://10.0.0.1/"}) {
        webhook.url = url;
        const auto sent = test::await(context, send_test(parts, road, webhook));
        ASSERT_TRUE(sent);
        EXPECT_TRUE(sent->error.starts_with("url: ")) << sent->error;
    }
    EXPECT_EQ(server.accepted(), 0U);
}

TEST_F(Delivery, a_test_is_kept_on_record_and_moves_nothing) {
    auto& server = serve_each({ok()});
    const auto webhook = make(server.url());
    const auto sent = test::await(context, send_test(parts, road, webhook));
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->error, "");
    EXPECT_EQ(parse_json(server.seen()[0].body)->at("type"), "webhook.test");
    EXPECT_EQ(store->deliveries(webhook.id)->size(), 1U);
    EXPECT_EQ(read(webhook).cursor, 0);
    EXPECT_EQ(*store->last_sequence(), 0);
}

TEST_F(Delivery, one_that_is_deleted_or_switched_off_gets_no_more) {
    auto& server = serve_each({ok(), ok(), ok()});
    const auto gone = make(server.url());
    const auto off = make(server.url());
    begin();
    insert("i");
    until([&] { return read(gone).cursor == 1 && read(off).cursor == 1; });
    expect_ok(store->delete_webhook(gone.id, store::audit_of("webhook.deleted")));
    ASSERT_TRUE(store->update_webhook(
        off.id, store::audit_of("webhook.updated"), [](WebhookRecord& change) -> Status {
            change.is_active = false;
            return {};
        }));
    auto& other = serve_each({ok()});
    const auto third = make(other.url());
    insert("j");
    until([&] { return read(third).cursor == 2; });
    EXPECT_EQ(server.seen().size(), 2U);
}

TEST_F(Delivery, old_events_are_pruned_by_itself) {
    insert("i");
    clock.time += 31 * 24h;
    begin();
    until([&] { return store->events_after(0, 10)->empty(); });
}

TEST_F(Delivery, a_name_that_does_not_exist_is_an_error_and_no_wait) {
    const auto found = test::await(
        context, look_up("no-such-host.invalid", 80, std::chrono::steady_clock::now() + 30s));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::unavailable);
    const auto local =
        test::await(context, look_up("localhost", 81, std::chrono::steady_clock::now() + 30s));
    ASSERT_TRUE(local) << local.error().detail;
    EXPECT_TRUE(local->front().address().is_loopback());
    EXPECT_EQ(local->front().port(), 81);
}

TEST_F(Delivery, commits_wake_who_waits_without_a_poll) {
    // Only the bell can bring this one in time.
    EventWatch quiet{context.get_executor(), *store, store_pool, bell, {.poll = 1h, .gap = 1ms}};
    test::await(context, watch.stop());
    quiet.start();
    EventWatch::Waiter waiter{quiet};
    insert("i");
    until([&] { return quiet.newest() == 1; });
    insert("j");
    until([&] { return quiet.newest() == 2; });
    test::await(context, waiter.wait(1, Deadline::max()));
    waiter.cancel();
    test::await(context, waiter.wait(2, Deadline::max()));
    test::await(context, quiet.stop());
}

}  // namespace
}  // namespace chela::sidecar::hooks
