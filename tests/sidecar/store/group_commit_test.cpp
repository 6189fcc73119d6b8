#include "tests/sidecar/store/fixture.hpp"

#include <atomic>
#include <csignal>
#include <latch>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>

namespace chela::sidecar::store {
namespace {

using policy::LedgerTransaction;

/// Many writers at once: while the first one's body runs, the others come to wait, so that they
/// share the next commits.
class GroupCommitTest : public StoreTest {
protected:
    static constexpr int kWriters = 24;

    /// Runs `write(number)` in a thread each, all of them started while a first write is going on.
    /// @return of the first one, which may share their commit
    Status run_together(const std::function<void(int)>& write) {
        std::latch started{kWriters};
        std::vector<std::thread> threads;
        auto first = store->transact([&](LedgerTransaction&) -> Status {
            for (int i = 0; i < kWriters; ++i) {
                threads.emplace_back([&, i] {
                    started.count_down();
                    write(i);
                });
            }
            started.wait();
            return {};
        });
        for (auto& thread : threads)
            thread.join();
        return first;
    }
    [[nodiscard]] std::size_t recorded(const std::string& action) const {
        std::size_t count = 0;
        for (const auto& record : *store->audit_records(0, 10'000))
            if (record.action == action) ++count;
        return count;
    }
};

TEST_F(GroupCommitTest, everybody_gets_his_own_answer) {
    std::array<std::atomic<int>, kWriters> answers{};
    expect_ok(run_together([&](int number) {
        const auto status = store->transact([&](LedgerTransaction& ledger) -> Status {
            if (auto recorded = ledger.record(audit_of("kept")); !recorded) return recorded;
            if (number % 3 != 0) return {};
            return fail(ErrorCode::denied, std::to_string(number), "E_MINE");
        });
        if (number % 3 != 0) {
            EXPECT_TRUE(status.has_value());
        } else if (!status && status.error().reason == "E_MINE") {
            EXPECT_EQ(status.error().detail, std::to_string(number));
        } else {
            ADD_FAILURE() << "a body's error is lost";
        }
        ++answers.at(static_cast<std::size_t>(number));
    }));
    for (const auto& answer : answers)
        EXPECT_EQ(answer, 1);
    EXPECT_EQ(recorded("kept"), kWriters - kWriters / 3) << "those that failed were undone alone";
    expect_ok(store->verify_audit_chain());
}

TEST_F(GroupCommitTest, a_body_runs_once_and_sees_what_those_before_it_wrote) {
    for (int i = 0; i < kWriters; ++i)
        insert(std::to_string(i));
    std::atomic<int> runs = 0;
    expect_ok(run_together([&](int number) {
        expect_ok(store->transact([&](LedgerTransaction& ledger) -> Status {
            ++runs;
            const auto highest = ledger.highest_nonce({kChain, kSigner});
            if (!highest) return std::unexpected{highest.error()};
            const auto next = *highest ? (*highest)->value + 1 : 0;
            return ledger.reserve(reservation_of(std::to_string(number), next));
        }));
    }));
    EXPECT_EQ(runs, kWriters);
    EXPECT_EQ(charges().size(), static_cast<std::size_t>(kWriters));
    EXPECT_EQ(Raw{path()}.ask("SELECT max(nonce) FROM reservations"), std::to_string(kWriters - 1));
}

TEST_F(GroupCommitTest, what_a_body_throws_reaches_its_caller_and_nobody_else) {
    std::atomic<int> caught = 0;
    expect_ok(run_together([&](int number) {
        try {
            expect_ok(store->transact([&](LedgerTransaction& ledger) -> Status {
                auto recorded = ledger.record(audit_of("kept"));
                if (number % 4 == 0) throw std::runtime_error{std::to_string(number)};
                return recorded;
            }));
            EXPECT_NE(number % 4, 0);
        } catch (const std::runtime_error& error) {
            EXPECT_EQ(error.what(), std::to_string(number));
            ++caught;
        }
    }));
    EXPECT_EQ(caught, kWriters / 4);
    EXPECT_EQ(recorded("kept"), kWriters - kWriters / 4);
    expect_ok(store->verify_audit_chain());
}

TEST_F(GroupCommitTest, each_commit_says_how_many_shared_it) {
    std::atomic<std::size_t> calls = 0;
    std::atomic<std::size_t> commits = 0;
    store->report_commits_to([&](std::size_t shared) {
        calls += shared;
        ++commits;
    });
    expect_ok(run_together([&](int) { expect_ok(store->record(audit_of("kept"))); }));
    EXPECT_EQ(calls, recorded("kept") + 1) << "and the first one";
    EXPECT_GE(commits, 1U);
    EXPECT_LE(commits, calls);
    store->report_commits_to({});
}

TEST_F(GroupCommitTest, a_statement_that_fails_undoes_its_own_body_alone) {
    insert("taken");
    expect_ok(reserve("taken", 0));
    expect_ok(run_together([&](int number) {
        if (number % 2 == 0) {
            expect_ok(store->record(audit_of("kept")));
            return;
        }
        AdminKeyRecord key{.id = "same", .prefix = "p", .hash = {}, .created_at = kNow};
        const auto status = store->insert_admin_key(key, audit_of("admin_key.created"));
        if (!status) expect_error(status, ErrorCode::conflict);
    }));
    EXPECT_EQ(store->admin_keys()->size(), 1U) << "one of them was the first";
    EXPECT_EQ(recorded("kept"), kWriters / 2);
}

TEST_F(GroupCommitTest, what_a_body_asks_of_the_store_is_part_of_its_commit) {
    std::atomic<std::size_t> commits = 0;
    store->report_commits_to([&](std::size_t) { ++commits; });
    expect_ok(store->transact([&](LedgerTransaction&) -> Status {
        insert("a");
        EXPECT_TRUE(store->intent("a").has_value()) << "it sees what it wrote";
        return reserve("a", 0);
    }));
    EXPECT_EQ(commits, 1U);
    const auto undone = store->transact([&](LedgerTransaction&) -> Status {
        insert("b");
        return fail(ErrorCode::denied, "no", "E_MINE");
    });
    expect_error(undone, ErrorCode::denied);
    EXPECT_FALSE(store->intent("b").has_value());
    store->report_commits_to({});
    expect_ok(store->verify_audit_chain());
}

TEST_F(GroupCommitTest, a_part_that_fails_is_undone_alone) {
    expect_ok(store->transact([&](LedgerTransaction&) -> Status {
        EXPECT_TRUE(store->record(audit_of("before")).has_value());
        const auto part = store->transact([&](LedgerTransaction& inner) -> Status {
            EXPECT_TRUE(inner.record(audit_of("lost")).has_value());
            return fail(ErrorCode::denied, "no", "E_MINE");
        });
        EXPECT_EQ(part.error().reason, "E_MINE");
        return store->record(audit_of("after"));
    }));
    EXPECT_EQ(recorded("before") + recorded("after"), 2U);
    EXPECT_EQ(recorded("lost"), 0U);
    expect_ok(store->verify_audit_chain());
}

/// Then SQLite is in no transaction, and a write would stand alone, durable at once.
TEST_F(GroupCommitTest, after_a_transaction_was_ended_from_within_no_part_of_it_writes) {
    auto connection = Connection::open(path(), 1s);
    ASSERT_TRUE(connection.has_value());
    const auto insert_row = [](Session& session) {
        return Connection::run_script(session, "INSERT INTO meta(name, value) VALUES('test', '')");
    };
    const auto status = (*connection)->write([&](Session& session) -> Status {
        expect_ok(Connection::run_script(session, "ROLLBACK"));
        expect_error((*connection)->write(insert_row), ErrorCode::unavailable);
        return {};
    });
    expect_error(status, ErrorCode::unavailable);
    EXPECT_EQ(Raw{path()}.ask("SELECT count(*) FROM meta WHERE name = 'test'"), "0");
    expect_ok((*connection)->write(insert_row));
}

TEST_F(GroupCommitTest, reading_waits_for_no_writer_and_sees_no_half_of_a_commit) {
    expect_ok(store->transact([&](LedgerTransaction& ledger) -> Status {
        auto recorded = ledger.record(audit_of("kept"));
        std::thread{[&] { EXPECT_EQ(this->recorded("kept"), 0U); }}.join();
        return recorded;
    }));
    EXPECT_EQ(recorded("kept"), 1U);
}

/// While it lives no file of the process can grow past `bytes`: writing fails as on a full disk.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) {
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) bug("the file size cannot be limited");
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        static_cast<void>(std::signal(SIGXFSZ, handler_));
    }

private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

TEST_F(GroupCommitTest, a_commit_that_fails_fails_everybody_and_the_store_goes_on) {
    const auto before = audit_size();
    std::atomic<int> failed = 0;
    {
        const FullDisk full{std::filesystem::file_size(path().native() + "-wal")};
        static_cast<void>(run_together([&](int) {
            const auto status = store->record(audit_of("lost"));
            if (!status && status.error().reason == "E_STORE_UNAVAILABLE") ++failed;
        }));
    }
    EXPECT_EQ(failed, kWriters);
    EXPECT_EQ(audit_size(), before);
    expect_ok(run_together([&](int) { expect_ok(store->record(audit_of("kept"))); }));
    EXPECT_EQ(recorded("kept"), static_cast<std::size_t>(kWriters));
    reopen();
    EXPECT_EQ(audit_size(), before + kWriters);
    expect_ok(store->verify_audit_chain());
}

TEST_F(GroupCommitTest, a_transaction_that_is_ended_from_within_fails_everybody_in_it) {
    auto connection = Connection::open(path(), 1s);
    ASSERT_TRUE(connection.has_value());
    std::atomic<int> lost = 0, kept = 0;
    std::vector<std::thread> threads;
    std::latch started{kWriters};
    const auto insert_row = [](Session& session, int number) {
        const auto text = std::to_string(number);
        return Connection::run_script(
            session, ("INSERT INTO meta(name, value) VALUES('test-" + text + "', '')").c_str());
    };
    const auto first = (*connection)->write([&](Session&) -> Status {
        for (int i = 0; i < kWriters; ++i) {
            threads.emplace_back([&, i] {
                started.count_down();
                const auto status = (*connection)->write([&](Session& session) -> Status {
                    auto inserted = insert_row(session, i);
                    // As SQLite does by itself when the disk is full or memory is short.
                    if (i == 5) return Connection::run_script(session, "ROLLBACK");
                    return inserted;
                });
                if (status) {
                    ++kept;
                } else {
                    EXPECT_EQ(status.error().code, ErrorCode::unavailable);
                    ++lost;
                }
            });
        }
        started.wait();
        return {};
    });
    EXPECT_TRUE(first.has_value() || first.error().code == ErrorCode::unavailable);
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(lost + kept, kWriters);
    EXPECT_GE(lost, 1) << "at least the one that did it";
    EXPECT_EQ(
        Raw{path()}.ask("SELECT count(*) FROM meta WHERE name LIKE 'test-%'"),
        std::to_string(kept.load()))
        << "whoever got a yes is there, and nobody else";
}

TEST_F(GroupCommitTest, a_store_that_is_locked_fails_all_who_wait_at_once) {
    auto impatient = open_sqlite(path(), OpenMode::existing, {.busy_timeout = 20ms});
    ASSERT_TRUE(impatient.has_value());
    Raw raw{path()};
    raw.run("BEGIN IMMEDIATE");
    std::atomic<int> busy = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < kWriters; ++i) {
        threads.emplace_back([&] {
            const auto status = (*impatient)->record(audit_of("x"));
            if (!status && status.error().reason == "E_STORE_BUSY") ++busy;
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(busy, kWriters);
    raw.run("ROLLBACK");
    expect_ok((*impatient)->record(audit_of("x")));
}

TEST_F(GroupCommitTest, a_batch_is_bounded_and_nobody_is_forgotten) {
    constexpr int kMany = 400;
    std::atomic<int> done = 0;
    std::vector<std::thread> threads;
    expect_ok(store->transact([&](LedgerTransaction&) -> Status {
        for (int i = 0; i < kMany; ++i) {
            threads.emplace_back([&] {
                if (store->record(audit_of("kept"))) ++done;
            });
        }
        return {};
    }));
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(done, kMany);
    EXPECT_EQ(recorded("kept"), static_cast<std::size_t>(kMany));
    expect_ok(store->verify_audit_chain());
}

}  // namespace
}  // namespace chela::sidecar::store
