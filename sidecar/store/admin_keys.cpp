#include "sidecar/store/admin_key_row.hpp"
#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <algorithm>

namespace chela::sidecar::store {
namespace {

struct AdminKeyRow {
    std::string id, prefix, hash;
    Integer created_at{};
    std::string name;
    Integer only_approves{};

    auto columns() { return std::tie(id, prefix, hash, created_at, name, only_approves); }
    [[nodiscard]] Result<AdminKeyRecord> record() const {
        ColumnReader read;
        AdminKeyRecord key{
            .id = id,
            .prefix = prefix,
            .hash = read.fixed<Hash256>(hash),
            .created_at = read.time(created_at),
            .name = name,
            .only_approves = only_approves != 0};
        if (!read.status()) return std::unexpected{read.status().error()};
        return key;
    }
};

Result<std::vector<AdminKeyRecord>> select_admin_keys(Session& session) {
    return select_all<AdminKeyRow>(
        session,
        "SELECT id, prefix, hash, created_at, name, only_approves FROM admin_keys WHERE removed_at "
        "IS NULL "
        "ORDER BY rowid");
}

}  // namespace

Result<std::vector<std::string>> removed_approvers(Session& session) {
    return select_all<SingleColumn<std::string>>(
        session, "SELECT 'admin:' || id FROM admin_keys WHERE removed_at IS NOT NULL");
}

Status SqliteStore::insert_admin_key(const AdminKeyRecord& key, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) -> Status {
        const auto keys = select_admin_keys(session);
        if (!keys) return std::unexpected{keys.error()};
        for (const auto& other : *keys) {
            if (other.name == key.name)
                return fail(
                    ErrorCode::conflict, "an operator of this name has a key already",
                    "E_OPERATOR_EXISTS");
        }
        run(session,
            "INSERT INTO admin_keys(id, prefix, hash, created_at, name, only_approves) "
            "VALUES(:id, :prefix, :hash, :created_at, :name, :only_approves)",
            key.id, key.prefix, to_hex(key.hash), to_column(key.created_at), key.name,
            Integer{key.only_approves});
        return append_audit(session, audit);
    });
}

Result<std::vector<AdminKeyRecord>> SqliteStore::admin_keys() {
    return connection_->read(select_admin_keys);
}

Status SqliteStore::remove_admin_key(const std::string& id, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) -> Status {
        const auto keys = select_admin_keys(session);
        if (!keys) return std::unexpected{keys.error()};
        const auto changed = run(
            session, "UPDATE admin_keys SET removed_at = :at WHERE id = :id AND removed_at IS NULL",
            to_column(audit.at), id);
        if (changed != 1)
            return fail(ErrorCode::not_found, "there is no admin key of this id", "E_NO_OPERATOR");
        const auto is_left = [&id](const AdminKeyRecord& key) {
            return key.id != id && !key.only_approves;
        };
        if (std::ranges::none_of(*keys, is_left))
            return fail(
                ErrorCode::conflict,
                "this is the last admin key that may do more than approve; add another first with "
                "--admin",
                "E_LAST_OPERATOR");
        return append_audit(session, audit);
    });
}

}  // namespace chela::sidecar::store
