#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/sqlite_store.hpp"

namespace chela::sidecar::store {
namespace {

const std::string kSelectKeys =
    "SELECT id, label, token_id, public_key, address, created_at FROM signing_keys ";

struct KeyRow {
    std::string id, label, token_id, public_key, address;
    Integer created_at{};

    auto columns() { return std::tie(id, label, token_id, public_key, address, created_at); }
    [[nodiscard]] Result<SigningKeyRecord> record() const {
        ColumnReader read;
        SigningKeyRecord key{
            .id = id,
            .label = label,
            .token_id = read.bytes(token_id),
            .public_key = read.fixed<chains::PublicKey>(public_key),
            .address = read.fixed<Address>(address),
            .created_at = read.time(created_at)};
        if (!read.status()) return std::unexpected{read.status().error()};
        return key;
    }
};

struct AdminKeyRow {
    std::string id, prefix, hash;
    Integer created_at{};

    auto columns() { return std::tie(id, prefix, hash, created_at); }
    [[nodiscard]] Result<AdminKeyRecord> record() const {
        ColumnReader read;
        AdminKeyRecord key{
            .id = id,
            .prefix = prefix,
            .hash = read.fixed<Hash256>(hash),
            .created_at = read.time(created_at)};
        if (!read.status()) return std::unexpected{read.status().error()};
        return key;
    }
};

}  // namespace

Status SqliteStore::insert_key(const SigningKeyRecord& key, const policy::AuditEntry& audit) {
    return connection_->write([&](soci::session& session) {
        run(session,
            "INSERT INTO signing_keys(id, label, token_id, public_key, address, created_at) "
            "VALUES(:id, :label, :token_id, :public_key, :address, :created_at)",
            key.id, key.label, to_hex(key.token_id), to_hex(key.public_key), to_hex(key.address),
            to_column(key.created_at));
        return append_audit(session, audit);
    });
}

Result<std::vector<SigningKeyRecord>> SqliteStore::keys() {
    return connection_->read([](soci::session& session) {
        return select_all<KeyRow>(session, kSelectKeys + "ORDER BY created_at, rowid");
    });
}

Result<SigningKeyRecord> SqliteStore::key(const std::string& id_or_label) {
    return connection_->read([&](soci::session& session) -> Result<SigningKeyRecord> {
        // A label that looks like another key's id must not shadow that key.
        for (const auto* condition : {"WHERE id = :name", "WHERE label = :name"}) {
            auto found = select_one<KeyRow>(session, kSelectKeys + condition, id_or_label);
            if (!found) return std::unexpected{found.error()};
            if (*found) return **std::move(found);
        }
        return fail(ErrorCode::not_found, "there is no signing key of this id or label");
    });
}

Status SqliteStore::insert_admin_key(const AdminKeyRecord& key) {
    return connection_->write([&](soci::session& session) -> Status {
        run(session,
            "INSERT INTO admin_keys(id, prefix, hash, created_at) "
            "VALUES(:id, :prefix, :hash, :created_at)",
            key.id, key.prefix, to_hex(key.hash), to_column(key.created_at));
        return {};
    });
}

Result<std::vector<AdminKeyRecord>> SqliteStore::admin_keys() {
    return connection_->read([](soci::session& session) {
        return select_all<AdminKeyRow>(
            session, "SELECT id, prefix, hash, created_at FROM admin_keys ORDER BY rowid");
    });
}

}  // namespace chela::sidecar::store
