#include "tests/sidecar/store/fixture.hpp"

#include <fstream>
#include <sys/stat.h>

namespace chela::sidecar::store {
namespace {

unsigned mode_of(const std::filesystem::path& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) bug("the file is not there: " + path.native());
    return info.st_mode & 07777;
}

TEST_F(StoreTest, create_refuses_a_database_that_exists) {
    expect_error(open_sqlite(path(), OpenMode::create), ErrorCode::conflict);
    EXPECT_TRUE(store->agent(kAgent).has_value());
}

TEST_F(StoreTest, existing_refuses_a_database_that_is_not_there) {
    expect_error(open_sqlite(folder.path() / "other.db", OpenMode::existing), ErrorCode::not_found);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "other.db"));
}

TEST_F(StoreTest, its_mark_changes_with_each_commit_of_whatever_process) {
    const auto first = store->change_mark();
    ASSERT_TRUE(first.has_value());
    ASSERT_TRUE(store->agent(kAgent).has_value());
    expect_error(store->agent("nobody"), ErrorCode::not_found);
    EXPECT_EQ(store->change_mark(), first) << "reading changes nothing";
    expect_ok(store->record(audit_of("own")));
    const auto second = store->change_mark();
    ASSERT_TRUE(second.has_value());
    EXPECT_NE(second, first);
    const auto other = open();
    expect_ok(other->record(audit_of("other")));
    const auto third = store->change_mark();
    ASSERT_TRUE(third.has_value());
    EXPECT_NE(third, second);
    EXPECT_EQ(store->change_mark(), third);
}

TEST_F(StoreTest, the_organisation_keeps_its_id) {
    const auto id = store->org_id();
    EXPECT_EQ(id.size(), 36U);
    reopen();
    EXPECT_EQ(store->org_id(), id);
    const auto other = open_sqlite(folder.path() / "other.db", OpenMode::create);
    ASSERT_TRUE(other.has_value());
    EXPECT_NE((*other)->org_id(), id);
}

TEST_F(StoreTest, files_are_the_owners_alone_whatever_the_umask) {
    for (const mode_t mask : {0U, 0777U}) {
        const auto name = folder.path() / ("mask-" + std::to_string(mask));
        const auto before = ::umask(mask);
        const auto other = open_sqlite(name, OpenMode::create);
        ::umask(before);
        ASSERT_TRUE(other.has_value()) << other.error().detail;
        for (const auto* suffix : {"", "-wal", "-shm"})
            EXPECT_EQ(mode_of(name.native() + suffix), 0600U) << suffix;
    }
}

TEST_F(StoreTest, opening_takes_rights_of_others_away) {
    store.reset();
    std::filesystem::permissions(path(), std::filesystem::perms{0666});
    store = open();
    EXPECT_EQ(mode_of(path()), 0600U);
    expect_ok(store->record(audit_of("x")));
    EXPECT_EQ(mode_of(path().native() + "-wal"), 0600U);
}

TEST_F(StoreTest, writes_are_flushed_to_the_disk) {
    Raw raw{path()};
    EXPECT_EQ(raw.ask("PRAGMA journal_mode"), "wal");
    auto connection = Connection::open(path(), 1s);
    ASSERT_TRUE(connection.has_value());
    const auto pragmas = (*connection)->read([](Session& session) -> Result<std::pair<int, int>> {
        std::pair<int, int> out;
        session.soci() << "PRAGMA synchronous", soci::into(out.first);
        session.soci() << "PRAGMA foreign_keys", soci::into(out.second);
        return out;
    });
    ASSERT_TRUE(pragmas.has_value());
    EXPECT_EQ(pragmas->first, 2) << "FULL";
    EXPECT_EQ(pragmas->second, 1);
}

TEST_F(StoreTest, a_newer_schema_is_refused) {
    store.reset();
    Raw{path()}.run("PRAGMA user_version=1000");
    const auto opened = open_sqlite(path(), OpenMode::existing);
    expect_error(opened, ErrorCode::unsupported);
    EXPECT_THAT(opened.error().detail, testing::HasSubstr("version 1000"));
}

TEST_F(StoreTest, other_files_are_refused) {
    const auto name = folder.path() / "other";
    {
        std::ofstream{name};
    }
    expect_error(open_sqlite(name, OpenMode::existing), ErrorCode::unsupported);
    {
        std::ofstream{name} << std::string(5000, 'x');
    }
    auto opened = open_sqlite(name, OpenMode::existing);
    expect_error(opened, ErrorCode::unavailable);
    EXPECT_EQ(opened.error().reason, "E_STORE_UNAVAILABLE");
    std::filesystem::remove(name);
    Raw{name}.run("CREATE TABLE agents(id)");
    expect_error(open_sqlite(name, OpenMode::existing), ErrorCode::unsupported);
    expect_error(open_sqlite(folder.path(), OpenMode::existing), ErrorCode::unavailable);
}

TEST_F(StoreTest, a_place_that_cannot_be_written_is_named) {
    {
        std::ofstream{folder.path() / "file"} << "x";
    }
    for (const auto& name :
         {folder.path() / "file" / "chela.db", folder.path() / "missing" / "chela.db"}) {
        const auto opened = open_sqlite(name, OpenMode::create);
        expect_error(opened, ErrorCode::unavailable);
        EXPECT_EQ(opened.error().reason, "E_STORE_UNAVAILABLE");
        EXPECT_THAT(opened.error().detail, testing::HasSubstr(name.native()));
    }
    expect_error(
        open_sqlite(folder.path() / "file" / "chela.db", OpenMode::existing),
        ErrorCode::unavailable);
}

TEST_F(StoreTest, a_path_with_a_quote_is_refused_and_leaves_nothing) {
    const auto name = folder.path() / "a\"b.db";
    expect_error(open_sqlite(name, OpenMode::create), ErrorCode::invalid_input);
    EXPECT_FALSE(std::filesystem::exists(name));
    const auto spaced = open_sqlite(folder.path() / "a b=c'd.db", OpenMode::create);
    EXPECT_TRUE(spaced.has_value());
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "a b=c'd.db"));
}

TEST_F(StoreTest, a_database_locked_for_too_long_is_busy) {
    auto impatient = open_sqlite(path(), OpenMode::existing, {.busy_timeout = 1ms});
    ASSERT_TRUE(impatient.has_value());
    Raw raw{path()};
    raw.run("BEGIN IMMEDIATE");
    const auto status = (*impatient)->record(audit_of("x"));
    expect_error(status, ErrorCode::unavailable);
    EXPECT_EQ(status.error().reason, "E_STORE_BUSY");
    EXPECT_TRUE((*impatient)->agent(kAgent).has_value()) << "readers are not in the way";
    raw.run("ROLLBACK");
    expect_ok((*impatient)->record(audit_of("x")));
}

}  // namespace
}  // namespace chela::sidecar::store
