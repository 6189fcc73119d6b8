#include "sidecar/store/change_mark.hpp"

#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

namespace chela::sidecar::store {

struct ChangeMark::Impl {
    sqlite3* connection = nullptr;
    sqlite3_stmt* statement = nullptr;

    Impl() = default;
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        sqlite3_finalize(statement);
        sqlite3_close(connection);
    }
};

ChangeMark::ChangeMark(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
ChangeMark::~ChangeMark() = default;

Result<std::unique_ptr<ChangeMark>> ChangeMark::open(const std::filesystem::path& path) {
    auto impl = std::make_unique<Impl>();
    // Not read-only: whoever is the first to look needs to make the log's index.
    int code = sqlite3_open_v2(path.c_str(), &impl->connection, SQLITE_OPEN_READWRITE, nullptr);
    if (code == SQLITE_OK)
        code = sqlite3_exec(
            impl->connection, "PRAGMA query_only=ON; PRAGMA cache_size=1;", nullptr, nullptr,
            nullptr);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(
            impl->connection, "PRAGMA data_version", -1, &impl->statement, nullptr);
    if (code == SQLITE_OK) return std::unique_ptr<ChangeMark>{new ChangeMark{std::move(impl)}};
    return fail(
        ErrorCode::unavailable,
        fmt::format("the store cannot be watched for changes: {}", sqlite3_errstr(code)),
        "E_STORE_UNAVAILABLE");
}

std::optional<std::int64_t> ChangeMark::read() {
    const std::lock_guard lock{mutex_};
    std::optional<std::int64_t> mark;
    if (sqlite3_step(impl_->statement) == SQLITE_ROW)
        mark = sqlite3_column_int64(impl_->statement, 0);
    // Its error is the step's.
    static_cast<void>(sqlite3_reset(impl_->statement));
    return mark;
}

}  // namespace chela::sidecar::store
