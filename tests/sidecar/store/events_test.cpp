#include "chains/base/json.hpp"
#include "chains/base/rfc3339.hpp"
#include "tests/sidecar/store/fixture.hpp"

#include <latch>
#include <map>
#include <thread>

#include <nlohmann/json.hpp>

namespace chela::sidecar::store {
namespace {

using enum IntentState;
using testing::ElementsAre;
using testing::IsEmpty;

class EventTest : public StoreTest {
protected:
    [[nodiscard]] std::vector<EventRecord> all(std::int64_t after = 0) const {
        const auto found = store->events_after(after, 100'000);
        if (!found) bug("the test's events are not readable: " + found.error().detail);
        return *found;
    }
    [[nodiscard]] std::vector<std::string> types_of(const std::string& intent) const {
        std::vector<std::string> out;
        for (const auto& event : *store->events_of_intent(intent, 0, 1000))
            out.push_back(event.type);
        return out;
    }
    static Json body_of(const EventRecord& event) {
        const auto body = parse_json(event.body);
        if (!body) bug("an event's body is not strict JSON: " + body.error().detail);
        return *body;
    }
    void expect_no_gap() const {
        std::int64_t expected = 0;
        for (const auto& event : all())
            EXPECT_EQ(event.sequence, ++expected);
        EXPECT_EQ(*store->last_sequence(), expected);
    }
};

TEST_F(EventTest, every_change_of_state_is_in_the_log_once_and_in_order) {
    bring("i", 0, confirmed);
    EXPECT_THAT(
        types_of("i"), ElementsAre(
                           "transaction.received", "transaction.reserved", "transaction.signed",
                           "transaction.broadcast", "transaction.confirmed"));
    bring("j", 1, reverted);
    EXPECT_EQ(types_of("j").back(), "transaction.reverted");
    expect_no_gap();
    for (const auto& event : all())
        EXPECT_EQ(event.agent_id, kAgent);
}

TEST_F(EventTest, what_is_told_twice_is_in_the_log_once) {
    bring("i", 0, confirmed);
    auto inclusion = inclusion_of(true);
    inclusion.is_final = true;
    const auto before = all().size();
    expect_ok(store->mark_included("i", inclusion, kNow + 1s));
    EXPECT_FALSE(store->insert_intent(intent_of("i"))->is_new);
    EXPECT_EQ(all().size(), before);
}

TEST_F(EventTest, a_body_says_what_became_of_the_intent) {
    bring("i", 7, confirmed);
    const auto event = all().back();
    const Json body = body_of(event);
    EXPECT_EQ(event.intent_id, "i");
    EXPECT_EQ(event.at, kNow);
    EXPECT_EQ(body.at("transaction_id"), "i");
    EXPECT_EQ(body.at("agent_id"), kAgent);
    EXPECT_EQ(body.at("operation"), "transaction");
    EXPECT_EQ(body.at("chain"), "base");
    EXPECT_EQ(body.at("chain_id"), kChain.value);
    EXPECT_EQ(body.at("state"), "confirmed");
    EXPECT_EQ(body.at("previous_state"), "broadcast");
    EXPECT_EQ(body.at("nonce"), 7);
    EXPECT_EQ(body.at("tx_hash"), to_hex(hash_of(8)));
    EXPECT_EQ(body.at("block_number"), 100) << "it is written after the state";
    EXPECT_EQ(body.at("block_hash"), to_hex(inclusion_of(true).block_hash));
    EXPECT_TRUE(body.at("error_code").is_null());
    EXPECT_TRUE(body.at("error_message").is_null());
    EXPECT_EQ(body.at("updated_at"), to_rfc3339(kNow));
    EXPECT_EQ(event.body.find('\n'), std::string::npos) << "one line";
    const Json first = body_of(all().front());
    for (const auto* member : {"previous_state", "nonce", "tx_hash", "block_number", "block_hash"})
        EXPECT_TRUE(first.at(member).is_null()) << member;
}

TEST_F(EventTest, milliseconds_are_exact) {
    insert("i");
    expect_ok(store->transact([&](policy::LedgerTransaction& ledger) {
        auto reservation = reservation_of("i", 0);
        reservation.at = kNow + 7ms;
        return ledger.reserve(reservation);
    }));
    EXPECT_EQ(body_of(all().back()).at("updated_at"), to_rfc3339(kNow + 7ms));
}

TEST_F(EventTest, an_error_is_told_with_the_end) {
    insert("i");
    auto denied_one = *store->intent("i");
    denied_one.state = denied;
    denied_one.error_code = "E_NO";
    denied_one.error_message = "a \"quoted\" reason\nin two lines";
    expect_ok(store->finish_unreserved(denied_one));
    const auto event = all().back();
    EXPECT_EQ(event.type, "transaction.denied");
    EXPECT_EQ(body_of(event).at("error_code"), "E_NO");
    EXPECT_EQ(body_of(event).at("error_message"), denied_one.error_message);
    EXPECT_EQ(event.body.find('\n'), std::string::npos);
}

TEST_F(EventTest, a_note_that_leaves_the_state_is_no_event) {
    bring("i", 0, signed_);
    const auto before = all();
    expect_ok(store->note_problem("i", "E_NODE", "no answer", kNow + 1s));
    EXPECT_EQ(all().size(), before.size());
    EXPECT_EQ(all().back().body, before.back().body) << "what was told is not told otherwise";
}

TEST_F(EventTest, a_lost_block_is_told_and_leaves_earlier_events_as_they_were) {
    bring("i", 0, mined);
    const auto mined_event = all().back();
    EXPECT_EQ(body_of(mined_event).at("block_number"), 100);
    expect_ok(store->mark_reorged("i", kNow + 1s));
    EXPECT_EQ(all().at(all().size() - 2).body, mined_event.body);
    EXPECT_EQ(all().back().type, "transaction.broadcast");
    EXPECT_EQ(body_of(all().back()).at("previous_state"), "mined");
    EXPECT_TRUE(body_of(all().back()).at("block_number").is_null());
    auto other = inclusion_of(true);
    other.block_number = BlockNumber{105};
    expect_ok(store->mark_included("i", other, kNow + 2s));
    const auto again = all().back();
    EXPECT_EQ(body_of(again).at("block_number"), 105);
    other.block_number = BlockNumber{106};
    expect_ok(store->mark_included("i", other, kNow + 3s));
    EXPECT_EQ(all().back().body, again.body) << "another block in the same state is no event";
}

TEST_F(EventTest, signatures_have_names_of_their_own) {
    ASSERT_TRUE(store->insert_intent(message_of("m")).has_value());
    expect_ok(reserve(signature_of("m", "slot")));
    expect_ok(store->store_message_signature("m", R"({"signature":"0x"})", kNow));
    EXPECT_THAT(
        types_of("m"),
        ElementsAre("signature.received", "signature.reserved", "signature.signed_message"));
}

TEST_F(EventTest, a_state_that_this_version_does_not_know_is_told_as_well) {
    insert("i");
    Raw{path()}.run("UPDATE intents SET state = 'melted' WHERE id = 'i'");
    EXPECT_EQ(all().back().type, "transaction.melted");
    EXPECT_EQ(body_of(all().back()).at("state"), "melted");
}

TEST_F(EventTest, the_latest_attempt_is_the_one_told) {
    bring("i", 0, signed_);
    Raw{path()}.run(
        "INSERT INTO attempts(intent_id, n, signed_bytes, hash, at) VALUES('i', 2, '0x02', '" +
        to_hex(hash_of(0xee)) + "', 5)");
    expect_ok(store->mark_broadcast("i", BlockNumber{1}, kNow));
    EXPECT_EQ(body_of(all().back()).at("tx_hash"), to_hex(hash_of(0xee)));
    auto inclusion = inclusion_of(true);
    inclusion.attempt = 1;
    expect_ok(store->mark_included("i", inclusion, kNow));
    EXPECT_EQ(body_of(all().back()).at("tx_hash"), to_hex(hash_of(1))) << "the one in the block";
}

TEST_F(EventTest, each_is_told_with_all_that_belongs_to_its_state) {
    bring("i", 0, broadcast);
    expect_ok(store->mark_stalled("i", "E_AT_CAP", "at the cap", kNow));
    const auto stalled_one = body_of(all().back());
    EXPECT_EQ(stalled_one.at("state"), "stalled");
    EXPECT_EQ(stalled_one.at("error_code"), "E_AT_CAP");
    ASSERT_TRUE(
        store->give_up("i", chains::lane::Goal::cancel, "E_WHY", "because", audit_of("x", "i")));
    EXPECT_EQ(body_of(all().back()).at("state"), "cancelling");
    auto cancel = reservation_of("i", 0);
    cancel.attempt_kind = chains::lane::AttemptKind::cancel;
    expect_ok(reserve(cancel));
    expect_ok(store->store_signature("i", {9}, hash_of(9), kNow));
    auto inclusion = inclusion_of(true);
    inclusion.attempt = 2;
    expect_ok(store->mark_included("i", inclusion, kNow));
    expect_ok(store->mark_reorged("i", kNow));
    const auto reorged = body_of(all().back());
    EXPECT_EQ(reorged.at("state"), "cancelling");
    EXPECT_TRUE(reorged.at("block_number").is_null()) << reorged.dump();
    inclusion.is_final = true;
    expect_ok(store->mark_included("i", inclusion, kNow));
    const auto end = body_of(all().back());
    EXPECT_EQ(end.at("state"), "cancelled");
    EXPECT_EQ(end.at("error_code"), "E_WHY");
    EXPECT_EQ(end.at("block_number"), 100);
    EXPECT_EQ(end.at("tx_hash"), to_hex(hash_of(9)));
    expect_no_gap();
}

TEST_F(EventTest, another_transaction_for_the_nonce_is_told_with_its_hash) {
    bring("i", 0, broadcast);
    auto bump = reservation_of("i", 0);
    bump.attempt_kind = chains::lane::AttemptKind::bump;
    expect_ok(reserve(bump));
    const auto before = all().size();
    expect_ok(store->store_signature("i", {9}, hash_of(9), kNow + 3s));
    expect_ok(store->store_signature("i", {9}, hash_of(9), kNow + 4s));
    ASSERT_EQ(all().size(), before + 1) << "once, however often it is stored";
    EXPECT_EQ(all().back().type, "transaction.replaced");
    EXPECT_EQ(all().back().at, kNow + 3s);
    const auto body = body_of(all().back());
    EXPECT_EQ(body.at("state"), "broadcast");
    EXPECT_EQ(body.at("previous_state"), "broadcast");
    EXPECT_EQ(body.at("tx_hash"), to_hex(hash_of(9)));
    expect_no_gap();
}

TEST_F(EventTest, one_that_gives_its_nonce_back_is_told_without_it) {
    bring("i", 0, reserved);
    expect_ok(store->release_unsigned("i", "E_TOKEN", "the token is gone", kNow));
    EXPECT_EQ(body_of(all().back()).at("state"), "failed");
    EXPECT_TRUE(body_of(all().back()).at("nonce").is_null());
}

TEST_F(EventTest, a_transaction_that_is_undone_leaves_no_gap) {
    insert("i");
    for (int i = 0; i < 3; ++i) {
        expect_error(
            store->transact([&](policy::LedgerTransaction& ledger) -> Status {
                if (auto ok = ledger.reserve(reservation_of("i", 0)); !ok) return ok;
                return fail(ErrorCode::denied, "undone");
            }),
            ErrorCode::denied);
    }
    EXPECT_EQ(all().size(), 1U) << "what was undone was never told";
    expect_ok(reserve("i", 0));
    expect_no_gap();
    EXPECT_EQ(all().size(), 2U);
}

TEST_F(EventTest, a_commit_that_never_came_leaves_no_gap) {
    insert("i");
    {
        Raw raw{path()};
        raw.run("BEGIN IMMEDIATE; UPDATE intents SET state = 'lost' WHERE id = 'i'");
    }
    reopen();
    insert("j");
    expect_no_gap();
    EXPECT_EQ(all().size(), 2U);
}

TEST_F(EventTest, many_threads_write_one_log_without_gaps) {
    constexpr int kWriters = 16;
    constexpr int kEach = 8;
    std::latch start{kWriters};
    std::vector<std::thread> threads;
    std::atomic<std::int64_t> seen = 0;
    std::atomic<bool> is_over = false;
    // A reader that asks while they write sees the log grow at its end and nowhere else.
    std::thread reader{[&] {
        std::int64_t next = 1;
        while (!is_over || next <= *store->last_sequence()) {
            for (const auto& event : *store->events_after(next - 1, 7))
                EXPECT_EQ(event.sequence, next++);
        }
        seen = next - 1;
    }};
    for (int writer = 0; writer < kWriters; ++writer) {
        threads.emplace_back([&, writer] {
            start.arrive_and_wait();
            for (int i = 0; i < kEach; ++i) {
                const auto id = std::to_string(writer) + "-" + std::to_string(i);
                insert(id);
                static_cast<void>(store->transact([&](policy::LedgerTransaction& ledger) -> Status {
                    const auto nonce = static_cast<std::uint64_t>(writer * kEach + i);
                    if (auto ok = ledger.reserve(reservation_of(id, nonce)); !ok) return ok;
                    if (i % 2 == 0) return {};
                    return fail(ErrorCode::denied, "undone");
                }));
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    is_over = true;
    reader.join();
    constexpr std::int64_t kEvents = kWriters * kEach + kWriters * kEach / 2;
    EXPECT_EQ(seen, kEvents);
    EXPECT_EQ(*store->last_sequence(), kEvents);
    expect_no_gap();
    std::map<std::string, int> reserved_events;
    for (const auto& event : all())
        if (event.type == "transaction.reserved") ++reserved_events[event.intent_id];
    for (const auto& [intent, count] : reserved_events)
        EXPECT_EQ(count, 1) << intent;
}

TEST_F(EventTest, are_read_behind_a_number_by_agent_and_by_intent) {
    expect_ok(store->insert_agent(agent_of("agent-2"), audit_of("agent.created")));
    insert("i");
    ASSERT_TRUE(store->insert_intent(intent_of("other", "agent-2")).has_value());
    expect_ok(reserve("i", 0));
    EXPECT_EQ(store->events_after(0, 2)->size(), 2U);
    EXPECT_EQ(store->events_after(2, 10)->size(), 1U);
    EXPECT_THAT(*store->events_after(3, 10), IsEmpty());
    ASSERT_EQ(store->events_after(0, 10, "agent-2")->size(), 1U);
    EXPECT_EQ(store->events_after(0, 10, "agent-2")->front().intent_id, "other");
    ASSERT_EQ(store->events_of_intent("i", 1, 10)->size(), 1U);
    EXPECT_EQ(store->events_of_intent("i", 1, 10)->front().sequence, 3);
    EXPECT_THAT(*store->events_of_intent("unknown", 0, 10), IsEmpty());
}

TEST_F(EventTest, old_ones_are_pruned_from_the_beginning) {
    insert("i");
    auto later = intent_of("j");
    later.created_at = later.updated_at = kNow + 1h;
    ASSERT_TRUE(store->insert_intent(later).has_value());
    expect_ok(reserve("i", 0));  // an old time behind a new one
    EXPECT_EQ(*store->prune_events(kNow, 10), 0U) << "not older";
    EXPECT_EQ(*store->prune_events(kNow + 1ms, 10), 1U) << "none behind one that stays";
    ASSERT_EQ(all().size(), 2U);
    EXPECT_EQ(all().front().sequence, 2);
    EXPECT_EQ(*store->prune_events(kNow + 2h, 1), 1U) << "a few at a time";
    EXPECT_EQ(*store->prune_events(kNow + 2h, 10), 1U);
    EXPECT_EQ(*store->last_sequence(), 3);
    insert("k");
    EXPECT_EQ(all().back().sequence, 4) << "a number is never given twice";
}

}  // namespace
}  // namespace chela::sidecar::store
