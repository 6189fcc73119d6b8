#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/intent_row.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

const std::string kSelectKeys =
    "SELECT id, label, backend, token_id, public_key, address, retired_at, created_at, authority "
    "FROM signing_keys ";

/// What an authority holds has no other place: its `backend` says nothing.
std::optional<KeyBackend> parse_backend(std::string_view text, std::string_view authority) {
    if (!authority.empty()) return KeyBackend::authority;
    for (const auto backend : {KeyBackend::token, KeyBackend::keystore})
        if (text == to_string(backend)) return backend;
    return std::nullopt;
}

struct KeyRow {
    std::string id, label, backend, token_id, public_key, address;
    std::optional<Integer> retired_at;
    Integer created_at{};
    std::string authority;

    auto columns() {
        return std::tie(
            id, label, backend, token_id, public_key, address, retired_at, created_at, authority);
    }
    [[nodiscard]] Result<SigningKeyRecord> record() const {
        ColumnReader read;
        const auto place = parse_backend(backend, authority);
        read.expect(place.has_value(), "key back end");
        SigningKeyRecord key{
            .id = id,
            .label = label,
            .backend = place.value_or(KeyBackend::token),
            .token_id = read.bytes(token_id),
            .public_key = read.fixed<chains::PublicKey>(public_key),
            .address = read.fixed<Address>(address),
            .retired_at = read.time(retired_at),
            .created_at = read.time(created_at),
            .authority = authority};
        if (!read.status()) return std::unexpected{read.status().error()};
        return key;
    }
};

std::string backend_column(const SigningKeyRecord& key) {
    const bool is_elsewhere = key.backend == KeyBackend::authority;
    return std::string{to_string(is_elsewhere ? KeyBackend::token : key.backend)};
}

/// @return the name of an active agent that has this key
Result<std::optional<std::string>> agent_with_key(Session& session, const std::string& id) {
    return select_one<SingleColumn<std::string>>(
        session,
        "SELECT name || ' (' || id || ')' FROM agents WHERE signing_key_id = :id AND is_active = 1",
        id);
}

Status check_unused(Session& session, const std::string& id) {
    const auto agent = agent_with_key(session, id);
    if (!agent) return std::unexpected{agent.error()};
    if (*agent)
        return fail(
            ErrorCode::conflict,
            "agent " + **agent + " signs with this key; deactivate the agent first",
            "E_KEY_IN_USE");
    const auto open = select_intents(
        session, fmt::format("WHERE i.signing_key_id = :id AND {} LIMIT 1", kIsHeld), id);
    if (!open) return std::unexpected{open.error()};
    if (!open->empty())
        return fail(
            ErrorCode::conflict,
            "intent " + open->front().id + " of this key is not final yet; wait for it",
            "E_KEY_IN_USE");
    return {};
}

}  // namespace

std::string_view to_string(KeyBackend backend) {
    switch (backend) {
        case KeyBackend::token:
            return "token";
        case KeyBackend::keystore:
            return "keystore";
        case KeyBackend::authority:
            return "authority";
    }
    bug("a KeyBackend that does not exist");
}

Status SqliteStore::insert_key(const SigningKeyRecord& key, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) {
        run(session,
            "INSERT INTO signing_keys(id, label, backend, token_id, public_key, address, "
            "created_at, authority) "
            "VALUES(:id, :label, :backend, :token_id, :public_key, :address, :created_at, "
            ":authority)",
            key.id, key.label, backend_column(key), to_hex(key.token_id), to_hex(key.public_key),
            to_hex(key.address), to_column(key.created_at), key.authority);
        return append_audit(session, audit);
    });
}

Result<std::vector<SigningKeyRecord>> SqliteStore::keys() {
    return connection_->read([](Session& session) {
        return select_all<KeyRow>(session, kSelectKeys + "ORDER BY created_at, rowid");
    });
}

Result<SigningKeyRecord> SqliteStore::key(const std::string& id_or_label) {
    return connection_->read([&](Session& session) -> Result<SigningKeyRecord> {
        // A label that looks like another key's id must not shadow that key.
        for (const auto* condition : {"WHERE id = :name", "WHERE label = :name"}) {
            auto found = select_one<KeyRow>(session, kSelectKeys + condition, id_or_label);
            if (!found) return std::unexpected{found.error()};
            if (*found) return **std::move(found);
        }
        return fail(ErrorCode::not_found, "there is no signing key of this id or label");
    });
}

Status SqliteStore::retire_key(const std::string& id, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) -> Status {
        const auto found = select_one<KeyRow>(session, kSelectKeys + "WHERE id = :id", id);
        if (!found) return std::unexpected{found.error()};
        if (!*found) return fail(ErrorCode::not_found, "there is no signing key of this id");
        if ((*found)->retired_at)
            return fail(ErrorCode::conflict, "this key is retired already", "E_KEY_RETIRED");
        if (auto unused = check_unused(session, id); !unused) return unused;
        run(session, "UPDATE signing_keys SET retired_at = :at WHERE id = :id", to_column(audit.at),
            id);
        return append_audit(session, audit);
    });
}

}  // namespace chela::sidecar::store
