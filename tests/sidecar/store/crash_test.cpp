#include "tests/sidecar/store/model.hpp"

#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

constexpr int kThreads = 4;
constexpr std::uint64_t kAmount = 3;

/// Used up after some rounds, so that both answers are seen.
const std::vector<Limit> kLimits{{meter_of("day"), U256{kAmount * 60}, 24h}};

/// One thread of the child: takes intents as far as it can, telling after each that was signed.
void work(Store& store, int tell, int round, int thread) {
    for (int i = 0;; ++i) {
        const auto id = fmt::format("{}-{}-{}", round, thread, i);
        if (!store.insert_intent(intent_of(id))) ::_exit(2);
        const auto status = spend(store, kLimits, spending(id, kLimits, kAmount), kNow);
        const bool is_over = !status && status.error().reason == "E_OVER";
        if (!status && !is_over) ::_exit(3);
        TxHash hash;
        hash.bytes = {
            static_cast<std::uint8_t>(round), static_cast<std::uint8_t>(thread),
            static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)};
        if (status && !store.store_signature(id, {1}, hash, kNow)) ::_exit(4);
        const char done = status ? 'x' : '-';
        if (::write(tell, &done, 1) != 1) ::_exit(5);
    }
}

[[noreturn]] void work_until_killed(const std::filesystem::path& path, int tell, int round) {
    const auto opened = open_sqlite(path, OpenMode::existing);
    if (!opened || !(*opened)->own_lane({kChain, kSigner})) ::_exit(1);
    std::vector<std::thread> threads;
    for (int thread = 1; thread < kThreads; ++thread)
        threads.emplace_back([&, thread] { work(**opened, tell, round, thread); });
    work(**opened, tell, round, 0);
    ::_exit(6);
}

/// Starts a child, waits until it has finished `count` intents, and kills it in whatever it is
/// doing then. @param spent  goes up by those that were told to be reserved and signed
void kill_after(const std::filesystem::path& path, int round, int count, std::size_t& spent) {
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
        if (done == 'x') ++spent;
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
    // every reservation has its intent, with the same nonce, and its charges
    EXPECT_EQ(
        raw.ask(
            "SELECT count(*) FROM reservations r LEFT JOIN intents i ON i.id = r.intent_id AND "
            "i.nonce = r.nonce LEFT JOIN charges c ON c.reservation_id = r.id AND c.slot = r.slot "
            "AND c.state = r.state AND c.at = r.charged_at WHERE i.id IS NULL OR c.n IS NULL OR "
            "i.state NOT IN ('reserved', 'signed')"),
        "0");
    EXPECT_EQ(
        raw.ask("SELECT count(*) FROM charges"), raw.ask("SELECT count(*) FROM reservations"));
    EXPECT_EQ(
        raw.ask("SELECT count(*) FROM reservations"),
        raw.ask("SELECT count(*) FROM intents WHERE state IN ('reserved', 'signed')"));
    // a signature exactly where the state says so
    EXPECT_EQ(
        raw.ask("SELECT count(*) FROM intents i LEFT JOIN attempts a ON a.intent_id = i.id "
                "WHERE (a.hash IS NOT NULL) <> (i.state = 'signed')"),
        "0");
    // no hole
    EXPECT_EQ(
        raw.ask("SELECT count(*) FROM reservations"),
        raw.ask("SELECT max(nonce) + 1 FROM reservations"));
    EXPECT_EQ(
        raw.ask("SELECT count(*) FROM audit WHERE action = 'intent.approved'"),
        raw.ask("SELECT count(*) FROM reservations"));
}

TEST_F(StoreTest, a_process_that_is_killed_leaves_tables_that_agree_and_no_budget_overrun) {
    store.reset();
    std::size_t told = 0;
    for (int round = 0; round < 5; ++round) {
        kill_after(path(), round, 12 + 5 * round, told);
        store = open();
        expect_ok(store->verify_audit_chain());
        const auto kept = charges({}, "day").size();
        EXPECT_GE(kept, told) << "what was told is kept";
        EXPECT_LE(kept, 60U) << "the budget holds over every restart";
        store.reset();
        expect_tables_agree(path());
    }
    EXPECT_GE(told, 40U) << "the budget was used up";
}

}  // namespace
}  // namespace chela::sidecar::store
