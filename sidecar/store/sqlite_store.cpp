#include "sidecar/store/sqlite_store.hpp"

#include "sidecar/edge/entropy.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/database_file.hpp"
#include "sidecar/store/schema.hpp"

namespace chela::sidecar::store {
namespace {

Result<std::unique_ptr<Store>> opened(
    const std::filesystem::path& path,
    std::unique_ptr<Connection> connection,
    const std::string& org_id,
    const SqliteOptions& options) {
    auto mark = ChangeMark::open(path);
    if (!mark) return std::unexpected{mark.error()};
    connection->fail_at(options.failpoint);
    return std::make_unique<SqliteStore>(std::move(connection), *std::move(mark), org_id);
}

Result<std::unique_ptr<Store>> create(
    const std::filesystem::path& path, const SqliteOptions& options) {
    auto connection = Connection::open(path, options.busy_timeout);
    if (!connection) return std::unexpected{connection.error()};
    const auto org_id = random_uuid();
    const auto made =
        (*connection)->write([&](Session& session) { return create_schema(session, org_id); });
    if (!made) return std::unexpected{made.error()};
    return opened(path, *std::move(connection), org_id, options);
}

/// @param upgrades  false: an older schema is refused
Result<std::unique_ptr<Store>> open_existing(
    const std::filesystem::path& path, const SqliteOptions& options, bool upgrades) {
    const auto secured = secure_database_file(path);
    if (!secured) return std::unexpected{secured.error()};
    auto connection = Connection::open(path, options.busy_timeout);
    if (!connection) return std::unexpected{connection.error()};
    const auto org_id =
        upgrades ? (*connection)->write(upgrade_schema) : (*connection)->read_together(open_schema);
    if (!org_id) return std::unexpected{org_id.error()};
    return opened(path, *std::move(connection), *org_id, options);
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(
    const std::filesystem::path& path, OpenMode mode, const SqliteOptions& options) {
    switch (mode) {
        case OpenMode::create: {
            const auto made = create_database_file(path);
            if (!made) return std::unexpected{made.error()};
            auto store = create(path, options);
            if (!store) remove_database_files(path);
            return store;
        }
        case OpenMode::existing:
            return open_existing(path, options, false);
        case OpenMode::upgrade:
            return open_existing(path, options, true);
    }
    bug("an OpenMode that does not exist");
}

Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& path, OpenMode mode) {
    return open_sqlite(path, mode, SqliteOptions{});
}

Status SqliteStore::check_writable() {
    return connection_->write([](Session& session) -> Status {
        run(session,
            "INSERT INTO meta(name, value) VALUES('probe', '0') "
            "ON CONFLICT(name) DO UPDATE SET value = CASE value WHEN '0' THEN '1' ELSE '0' END");
        return {};
    });
}

}  // namespace chela::sidecar::store
