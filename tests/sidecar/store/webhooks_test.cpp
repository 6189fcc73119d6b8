#include "tests/sidecar/store/fixture.hpp"

namespace chela::sidecar::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

WebhookRecord webhook_of(std::string id) {
    WebhookRecord webhook;
    webhook.id = std::move(id);
    webhook.url = "https://example.org/hook";
    webhook.events = {"transaction.*", "signature.denied"};
    webhook.description = "books";
    webhook.secret = "whsec_one";
    webhook.created_at = kNow;
    return webhook;
}

DeliveryRecord delivery_of(std::int64_t sequence, std::string error = {}) {
    return {
        .delivery_id = "d-" + std::to_string(sequence),
        .at = kNow + 1s,
        .sequence = sequence,
        .type = "transaction.received",
        .status = error.empty() ? std::optional{204U} : std::nullopt,
        .duration = 12ms,
        .error = std::move(error)};
}

class WebhookTest : public StoreTest {
protected:
    WebhookRecord make(const std::string& id) {
        const auto made = store->insert_webhook(webhook_of(id), audit_of("webhook.created", id));
        if (!made) bug("the test's webhook is refused: " + made.error().detail);
        return *made;
    }
    Result<WebhookRecord> update(
        const std::string& id, const std::function<void(WebhookRecord&)>& change) {
        return store->update_webhook(
            id, audit_of("webhook.updated", id), [&](WebhookRecord& webhook) -> Status {
                change(webhook);
                return {};
            });
    }
    void fail_once(const std::string& id, const DeliveryFailure& failure) {
        expect_ok(store->note_failed(id, webhook_of(id).url, delivery_of(1, "refused"), failure));
    }
    [[nodiscard]] WebhookRecord read(const std::string& id) const {
        const auto webhook = store->webhook(id);
        if (!webhook) bug("the test's webhook is gone");
        return *webhook;
    }
};

TEST_F(WebhookTest, comes_back_whole_and_begins_with_what_comes_next) {
    insert("i");
    insert("j");
    EXPECT_EQ(make("w").cursor, 2);
    reopen();
    const auto webhook = read("w");
    EXPECT_EQ(webhook.agent_id, std::nullopt);
    EXPECT_EQ(webhook.url, "https://example.org/hook");
    EXPECT_THAT(webhook.events, ElementsAre("transaction.*", "signature.denied"));
    EXPECT_EQ(webhook.description, "books");
    EXPECT_TRUE(webhook.is_active);
    EXPECT_EQ(webhook.secret, "whsec_one");
    EXPECT_EQ(webhook.previous_secret, "");
    EXPECT_EQ(webhook.created_at, kNow);
    EXPECT_EQ(webhook.cursor, 2);
    EXPECT_EQ(webhook.failures, 0U);
    EXPECT_EQ(webhook.next_try_at, std::nullopt);
    EXPECT_EQ(webhook.paused_reason, "");
    EXPECT_EQ(store->webhooks()->size(), 1U);
    expect_ok(store->verify_audit_chain());
}

TEST_F(WebhookTest, of_an_agent_needs_the_agent) {
    auto webhook = webhook_of("w");
    webhook.agent_id = "nobody";
    expect_error(store->insert_webhook(webhook, audit_of("webhook.created")), ErrorCode::not_found);
    webhook.agent_id = kAgent;
    EXPECT_EQ(store->insert_webhook(webhook, audit_of("webhook.created"))->agent_id, kAgent);
}

TEST_F(WebhookTest, there_are_not_too_many) {
    for (std::size_t i = 0; i < WebhookStore::kMaxWebhooks; ++i)
        make(std::to_string(i));
    const auto more = store->insert_webhook(webhook_of("more"), audit_of("webhook.created"));
    expect_error(more, ErrorCode::conflict);
    EXPECT_EQ(more.error().reason, "E_WEBHOOKS_FULL");
}

TEST_F(WebhookTest, a_change_that_is_refused_changes_nothing) {
    make("w");
    const auto before = audit_size();
    const auto refused = store->update_webhook(
        "w", audit_of("webhook.updated"), [](WebhookRecord& webhook) -> Status {
            webhook.url = "https://elsewhere.example";
            return fail(ErrorCode::invalid_input, "no");
        });
    expect_error(refused, ErrorCode::invalid_input);
    EXPECT_EQ(read("w").url, webhook_of("w").url);
    EXPECT_EQ(audit_size(), before);
    expect_error(update("unknown", [](WebhookRecord&) {}), ErrorCode::not_found);
}

TEST_F(WebhookTest, a_change_moves_neither_cursor_nor_owner) {
    insert("i");
    make("w");
    const auto changed = update("w", [](WebhookRecord& webhook) {
        webhook.id = "x";
        webhook.agent_id = kAgent;
        webhook.cursor = 0;
        webhook.created_at = {};
        webhook.previous_secret = webhook.secret;
        webhook.previous_secret_until = kNow + 24h;
        webhook.secret = "whsec_two";
    });
    ASSERT_TRUE(changed.has_value()) << changed.error().detail;
    EXPECT_EQ(read("w").cursor, 1);
    EXPECT_EQ(read("w").agent_id, std::nullopt);
    EXPECT_EQ(read("w").created_at, kNow);
    EXPECT_EQ(read("w").secret, "whsec_two");
    EXPECT_EQ(read("w").previous_secret, "whsec_one");
    EXPECT_EQ(read("w").previous_secret_until, kNow + 24h);
}

TEST_F(WebhookTest, what_was_delivered_is_done_and_the_cursor_never_goes_back) {
    make("w");
    fail_once("w", {.next_try_at = kNow + 5s, .paused_reason = {}});
    expect_ok(store->note_delivered("w", delivery_of(3)));
    EXPECT_EQ(read("w").cursor, 3);
    EXPECT_EQ(read("w").failures, 0U);
    EXPECT_EQ(read("w").failing_since, std::nullopt);
    EXPECT_EQ(read("w").next_try_at, std::nullopt);
    expect_ok(store->note_delivered("w", delivery_of(2)));
    expect_ok(store->skip_events("w", 1));
    EXPECT_EQ(read("w").cursor, 3);
    expect_ok(store->skip_events("w", 9));
    EXPECT_EQ(read("w").cursor, 9);
    expect_ok(store->note_delivered("unknown", delivery_of(1)));
}

TEST_F(WebhookTest, failures_are_counted_from_the_first) {
    make("w");
    fail_once("w", {.next_try_at = kNow + 5s, .paused_reason = {}});
    fail_once("w", {.next_try_at = kNow + 9s, .paused_reason = {}});
    EXPECT_EQ(read("w").failures, 2U);
    EXPECT_EQ(read("w").failing_since, kNow + 1s);
    EXPECT_EQ(read("w").next_try_at, kNow + 9s);
    EXPECT_TRUE(read("w").is_active);
    EXPECT_EQ(read("w").cursor, 0) << "nothing is skipped";
}

TEST_F(WebhookTest, a_failure_of_an_url_that_was_replaced_does_not_count) {
    make("w");
    expect_ok(store->note_failed(
        "w", "https://before.example", delivery_of(1, "refused"),
        {.next_try_at = {}, .paused_reason = "gone", .is_gone = true}));
    EXPECT_TRUE(read("w").is_active);
    EXPECT_EQ(read("w").failures, 0U);
    EXPECT_EQ(store->deliveries("w")->size(), 1U) << "but it is on record";
}

TEST_F(WebhookTest, one_that_was_paused_goes_on_where_it_stopped) {
    make("w");
    fail_once("w", {.next_try_at = {}, .paused_reason = "three days", .is_gone = true});
    EXPECT_FALSE(read("w").is_active);
    EXPECT_EQ(read("w").paused_reason, "three days");
    ASSERT_TRUE(update("w", [](WebhookRecord& webhook) { webhook.description = "x"; }));
    EXPECT_EQ(read("w").paused_reason, "three days") << "until it is switched on";
    ASSERT_TRUE(update("w", [](WebhookRecord& webhook) { webhook.is_active = true; }));
    EXPECT_EQ(read("w").paused_reason, "");
    EXPECT_EQ(read("w").failures, 0U);
    EXPECT_EQ(read("w").failing_since, std::nullopt);
    EXPECT_EQ(read("w").cursor, 0);
}

TEST_F(WebhookTest, another_url_is_tried_at_once) {
    make("w");
    fail_once("w", {.next_try_at = kNow + 1h, .paused_reason = {}});
    ASSERT_TRUE(update("w", [](WebhookRecord& webhook) { webhook.description = "x"; }));
    EXPECT_EQ(read("w").next_try_at, kNow + 1h);
    ASSERT_TRUE(update("w", [](WebhookRecord& webhook) { webhook.url += "/new"; }));
    EXPECT_EQ(read("w").next_try_at, std::nullopt);
}

TEST_F(WebhookTest, the_latest_attempts_are_kept) {
    make("w");
    make("v");
    expect_ok(store->note_delivered("v", delivery_of(1)));
    for (std::int64_t i = 1; i <= 105; ++i)
        expect_ok(store->note_delivered("w", delivery_of(i)));
    expect_ok(store->note_test("w", delivery_of(0, "no connection")));
    const auto kept = store->deliveries("w");
    ASSERT_EQ(kept->size(), WebhookStore::kKeptDeliveries);
    EXPECT_EQ(kept->front().error, "no connection");
    EXPECT_EQ(kept->front().status, std::nullopt);
    EXPECT_EQ(kept->at(1).sequence, 105);
    EXPECT_EQ(kept->at(1).status, 204U);
    EXPECT_EQ(kept->at(1).at, kNow + 1s);
    EXPECT_EQ(kept->at(1).duration, 12ms);
    EXPECT_EQ(kept->at(1).delivery_id, "d-105");
    EXPECT_EQ(read("w").cursor, 105) << "a test moves nothing";
    EXPECT_EQ(store->deliveries("v")->size(), 1U);
    expect_error(store->deliveries("unknown"), ErrorCode::not_found);
}

TEST_F(WebhookTest, is_deleted_with_all_that_belongs_to_it) {
    make("w");
    expect_ok(store->note_delivered("w", delivery_of(1)));
    expect_ok(store->delete_webhook("w", audit_of("webhook.deleted", "w")));
    EXPECT_THAT(*store->webhooks(), IsEmpty());
    EXPECT_EQ(Raw{path()}.ask("SELECT count(*) FROM webhook_deliveries"), "0");
    const auto again = store->delete_webhook("w", audit_of("webhook.deleted", "w"));
    expect_error(again, ErrorCode::not_found);
    EXPECT_EQ(again.error().reason, "E_NO_WEBHOOK");
}

TEST_F(WebhookTest, holds_back_the_events_that_it_still_has_to_get) {
    make("w");
    insert("i");
    insert("j");
    expect_ok(store->note_delivered("w", delivery_of(1)));
    EXPECT_EQ(*store->prune_events(kNow + 1h, 10), 1U);
    EXPECT_EQ(store->events_after(0, 10)->front().sequence, 2);
    ASSERT_TRUE(update("w", [](WebhookRecord& webhook) { webhook.is_active = false; }));
    EXPECT_EQ(*store->prune_events(kNow + 1h, 10), 1U) << "one that is off gets nothing";
}

TEST_F(WebhookTest, that_chela_gave_up_on_holds_no_events_back) {
    make("w");
    insert("i");
    fail_once("w", {.next_try_at = {}, .paused_reason = "three days"});
    EXPECT_EQ(*store->prune_events(kNow + 1h, 10), 1U);
}

}  // namespace
}  // namespace chela::sidecar::store
