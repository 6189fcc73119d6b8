#include "tests/sidecar/store/fixture.hpp"

#include <algorithm>

namespace chela::sidecar::store {
namespace {

void untie(Raw& raw) {
    raw.run("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted;");
}

TEST_F(StoreTest, the_audit_chain_verifies_and_links) {
    for (int i = 0; i < 20; ++i)
        expect_ok(store->record(audit_of("event", std::to_string(i))));
    expect_ok(store->verify_audit_chain());
    reopen();
    expect_ok(store->verify_audit_chain());
    const auto records = store->audit_records(0, 100);
    ASSERT_TRUE(records.has_value());
    ASSERT_EQ(records->size(), 21U);
    EXPECT_EQ(records->at(0).previous_hash, std::string(64, '0'));
    for (std::size_t i = 1; i < records->size(); ++i) {
        EXPECT_EQ(records->at(i).previous_hash, records->at(i - 1).hash);
        EXPECT_EQ(records->at(i).sequence, static_cast<std::int64_t>(i + 1));
    }
    EXPECT_EQ(records->at(20).subject, "19");
    EXPECT_EQ(records->at(20).actor, "operator");
    EXPECT_EQ(records->at(20).action, "event");
    EXPECT_EQ(records->at(20).detail, "{}");
    EXPECT_EQ(records->at(20).at, kNow);
}

TEST_F(StoreTest, audit_records_are_paged) {
    for (int i = 0; i < 9; ++i)
        expect_ok(store->record(audit_of("event")));
    const auto page = store->audit_records(4, 3);
    ASSERT_TRUE(page.has_value());
    ASSERT_EQ(page->size(), 3U);
    EXPECT_EQ(page->front().sequence, 5);
    EXPECT_TRUE(store->audit_records(10, 3)->empty());
    EXPECT_TRUE(store->audit_records(0, 0)->empty());
}

TEST_F(StoreTest, a_chain_longer_than_a_page_verifies) {
    expect_ok(store->transact([](policy::LedgerTransaction& ledger) -> Status {
        for (int i = 0; i < 1999; ++i) {
            auto recorded = ledger.record(audit_of("event"));
            if (!recorded) return recorded;
        }
        return {};
    }));
    EXPECT_EQ(audit_size(), 2000U);
    expect_ok(store->verify_audit_chain());
}

TEST_F(StoreTest, the_audit_log_is_append_only) {
    Raw raw{path()};
    EXPECT_DEATH(raw.run("UPDATE audit SET actor = 'x'"), "never changed");
    EXPECT_DEATH(raw.run("DELETE FROM audit"), "never deleted");
}

TEST_F(StoreTest, tampering_is_found_and_named) {
    for (int i = 0; i < 5; ++i)
        expect_ok(store->record(audit_of("event")));
    Raw raw{path()};
    untie(raw);
    const std::vector<std::pair<std::string, std::string>> changes{
        {"at = at + 1", "at = at - 1"},
        {"actor = 'mallory'", "actor = 'operator'"},
        {"action = 'other'", "action = 'event'"},
        {"subject = 'y'", "subject = 'x'"},
        {"detail = '{\"a\":1}'", "detail = '{}'"},
        // the same letters, cut differently
        {"actor = 'operatore', action = 'vent'", "actor = 'operator', action = 'event'"},
    };
    for (const auto& [change, undo] : changes) {
        raw.run("UPDATE audit SET " + change + " WHERE sequence = 3");
        const auto status = store->verify_audit_chain();
        ASSERT_FALSE(status.has_value()) << change;
        EXPECT_EQ(status.error().code, ErrorCode::internal);
        EXPECT_EQ(status.error().reason, "E_AUDIT_CHAIN_BROKEN");
        EXPECT_THAT(status.error().detail, testing::EndsWith("number 3")) << change;
        raw.run("UPDATE audit SET " + undo + " WHERE sequence = 3");
        expect_ok(store->verify_audit_chain());
    }
}

TEST_F(StoreTest, removed_entries_are_found) {
    for (int i = 0; i < 5; ++i)
        expect_ok(store->record(audit_of("event")));
    store.reset();
    const auto broken_without = [&](const std::string& rows) {
        const auto copy = folder.path() / "copy.db";
        std::filesystem::copy_file(path(), copy, std::filesystem::copy_options::overwrite_existing);
        {
            Raw raw{copy};
            untie(raw);
            raw.run("DELETE FROM audit WHERE " + rows);
        }
        const auto opened = open_sqlite(copy, OpenMode::existing);
        return opened ? (*opened)->verify_audit_chain().error().detail : opened.error().detail;
    };
    EXPECT_THAT(broken_without("sequence = 1"), testing::EndsWith("number 1"));
    EXPECT_THAT(broken_without("sequence = 4"), testing::EndsWith("number 4"));
    EXPECT_THAT(broken_without("sequence = 6"), testing::EndsWith("number 6"));
    EXPECT_THAT(broken_without("1"), testing::EndsWith("number 1"));
}

}  // namespace
}  // namespace chela::sidecar::store
