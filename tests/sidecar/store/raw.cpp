#include "tests/sidecar/store/fixture.hpp"

#include <sqlite3.h>

namespace chela::sidecar::store {

struct Raw::Handle {
    sqlite3* database = nullptr;
};

Raw::Raw(const std::filesystem::path& path) : handle_{std::make_unique<Handle>()} {
    if (sqlite3_open(path.c_str(), &handle_->database) != SQLITE_OK)
        bug("the database does not open");
}

Raw::~Raw() {
    sqlite3_close(handle_->database);
}

void Raw::run(const std::string& sql) {
    if (sqlite3_exec(handle_->database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        bug(sqlite3_errmsg(handle_->database));
    }
}

std::string Raw::ask(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_->database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
        bug(sqlite3_errmsg(handle_->database));
    }
    std::string out;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        const void* text = sqlite3_column_text(statement, 0);
        if (text != nullptr) out = static_cast<const char*>(text);
    }
    sqlite3_finalize(statement);
    return out;
}

}  // namespace chela::sidecar::store
