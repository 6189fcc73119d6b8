#include "tests/sidecar/store/fixture.hpp"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace chela::sidecar::store {
namespace {

/// The child: takes intents as far as it can, telling after each that was signed, until it is
/// killed.
[[noreturn]] void work_until_killed(const std::filesystem::path& path, int tell, int round) {
    const auto opened = open_sqlite(path, OpenMode::existing);
    if (!opened) ::_exit(1);
    auto& store = **opened;
    policy::Gate gate{store};
    for (int i = 0;; ++i) {
        const auto id = std::to_string(round) + "-" + std::to_string(i);
        if (!store.insert_intent(intent_of(id))) ::_exit(2);
        const auto outcome = gate.approve(request_of(id, "0.001"));
        if (!outcome || !outcome->approved) ::_exit(3);
        TxHash hash;
        hash.bytes[0] = static_cast<std::uint8_t>(round);
        hash.bytes[1] = static_cast<std::uint8_t>(i);
        hash.bytes[2] = static_cast<std::uint8_t>(i >> 8);
        if (!store.store_signature(id, {1}, hash, kNow)) ::_exit(4);
        const char done = 'x';
        if (::write(tell, &done, 1) != 1) ::_exit(5);
    }
}

/// Starts a child, waits until it has finished `count` intents, and kills it in whatever it is
/// doing then.
void kill_after(const std::filesystem::path& path, int round, int count) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        ::close(ends[0]);
        work_until_killed(path, ends[1], round);
    }
    ::close(ends[1]);
    for (int i = 0; i < count; ++i) {
        char done = 0;
        ASSERT_EQ(::read(ends[0], &done, 1), 1) << "the child ended by itself";
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
    ::close(ends[0]);
}

void expect_tables_agree(const std::filesystem::path& path) {
    Raw raw{path};
    EXPECT_EQ(raw.ask("PRAGMA integrity_check"), "ok");
    EXPECT_EQ(raw.ask("PRAGMA foreign_key_check"), "");
    // every slot has its reservation and its intent, with the same lane and nonce
    EXPECT_EQ(
        raw.ask(
            "SELECT count(*) FROM slots s LEFT JOIN reservations r ON r.intent_id = s.intent_id "
            "AND r.chain_id = s.chain_id AND r.address = s.address AND r.nonce = s.nonce "
            "LEFT JOIN intents i ON i.id = s.intent_id AND i.nonce = s.nonce "
            "WHERE r.intent_id IS NULL OR i.id IS NULL OR i.state NOT IN ('reserved', 'signed')"),
        "0");
    EXPECT_EQ(raw.ask("SELECT count(*) FROM slots"), raw.ask("SELECT count(*) FROM reservations"));
    EXPECT_EQ(
        raw.ask("SELECT count(*) FROM slots"),
        raw.ask("SELECT count(*) FROM intents WHERE state IN ('reserved', 'signed')"));
    // a signature exactly where the state says so
    EXPECT_EQ(
        raw.ask("SELECT count(*) FROM intents i LEFT JOIN attempts a ON a.intent_id = i.id "
                "WHERE (a.hash IS NOT NULL) <> (i.state = 'signed')"),
        "0");
    // no hole
    EXPECT_EQ(raw.ask("SELECT count(*) FROM slots"), raw.ask("SELECT max(nonce) + 1 FROM slots"));
    EXPECT_EQ(
        raw.ask("SELECT count(*) FROM audit WHERE action = 'intent.approved'"),
        raw.ask("SELECT count(*) FROM slots"));
}

TEST_F(StoreTest, a_process_that_is_killed_leaves_tables_that_agree) {
    store.reset();
    int finished = 0;
    for (int round = 0; round < 4; ++round) {
        kill_after(path(), round, 5 + round);
        finished += 5 + round;
        store = open();
        expect_ok(store->verify_audit_chain());
        EXPECT_GE(spends().size(), static_cast<std::size_t>(finished)) << "what was told is kept";
        store.reset();
        expect_tables_agree(path());
    }
}

}  // namespace
}  // namespace chela::sidecar::store
