#include "sidecar/store/schema.hpp"

#include "sidecar/store/columns.hpp"
#include "sidecar/store/connection.hpp"

#include <array>

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

constexpr Integer kApplicationId = 0x6368656c;  // "chel"
constexpr Integer kVersion = 2;

constexpr const char* kTables = R"sql(
CREATE TABLE meta(
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL) STRICT;

CREATE TABLE admin_keys(
    id TEXT PRIMARY KEY,
    prefix TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL) STRICT;

CREATE TABLE signing_keys(
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL UNIQUE,
    token_id TEXT NOT NULL,
    public_key TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL) STRICT;

CREATE TABLE agents(
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    scopes TEXT NOT NULL,
    vault_ids TEXT NOT NULL,
    is_active INTEGER NOT NULL CHECK(is_active IN (0, 1)),
    intents_api_enabled INTEGER NOT NULL CHECK(intents_api_enabled IN (0, 1)),
    guardrails TEXT NOT NULL,
    token_ttl_seconds INTEGER,
    api_key_prefix TEXT NOT NULL,
    api_key_hash TEXT NOT NULL,
    api_key_expires_at INTEGER,
    expires_at INTEGER,
    last_active_at INTEGER,
    credential_generation INTEGER NOT NULL,
    signing_key_id TEXT REFERENCES signing_keys(id),
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL) STRICT;
CREATE INDEX agents_by_prefix ON agents(api_key_prefix);

CREATE TABLE intents(
    id TEXT PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents(id),
    idempotency_hash TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    sign_only INTEGER NOT NULL CHECK(sign_only IN (0, 1)),
    chain TEXT NOT NULL,
    chain_id INTEGER NOT NULL,
    signing_key_id TEXT NOT NULL,
    from_address TEXT NOT NULL,
    to_address TEXT,
    value TEXT NOT NULL,
    nonce INTEGER,
    max_fee_per_gas TEXT NOT NULL,
    max_priority_fee_per_gas TEXT NOT NULL,
    simulation_id TEXT NOT NULL,
    simulation_status TEXT NOT NULL,
    error_code TEXT NOT NULL,
    error_message TEXT NOT NULL,
    violations TEXT NOT NULL,
    block_number INTEGER,
    block_hash TEXT,
    gas_used INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE(agent_id, idempotency_hash)) STRICT;
CREATE INDEX intents_by_agent ON intents(agent_id, created_at);
CREATE INDEX intents_by_age ON intents(created_at);
CREATE INDEX intents_by_state ON intents(state);

CREATE TABLE slots(
    chain_id INTEGER NOT NULL,
    address TEXT NOT NULL,
    nonce INTEGER NOT NULL,
    intent_id TEXT NOT NULL UNIQUE REFERENCES intents(id),
    PRIMARY KEY(chain_id, address, nonce)) STRICT, WITHOUT ROWID;

CREATE TABLE reservations(
    intent_id TEXT PRIMARY KEY REFERENCES intents(id),
    agent_id TEXT NOT NULL REFERENCES agents(id),
    chain_id INTEGER NOT NULL,
    address TEXT NOT NULL,
    nonce INTEGER NOT NULL,
    value TEXT NOT NULL,
    max_fee TEXT NOT NULL,
    preimage TEXT NOT NULL,
    state TEXT NOT NULL CHECK(state IN ('reserved', 'settled', 'released')),
    at INTEGER NOT NULL) STRICT;
CREATE INDEX reservations_by_agent ON reservations(agent_id, at);

CREATE TABLE attempts(
    intent_id TEXT NOT NULL REFERENCES intents(id),
    n INTEGER NOT NULL,
    signed_bytes TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    PRIMARY KEY(intent_id, n)) STRICT;

CREATE TABLE simulations(
    id TEXT PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents(id),
    intent_id TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL) STRICT;

CREATE TABLE audit(
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
)sql";

// Step n brings version n to n+1; what a released step says is never changed.
constexpr std::array<const char*, kVersion - 1> kSteps{
    R"sql(
ALTER TABLE signing_keys ADD COLUMN backend TEXT NOT NULL DEFAULT 'token'
    CHECK(backend IN ('token', 'keystore'));
ALTER TABLE signing_keys ADD COLUMN retired_at INTEGER;
)sql"};

/// @param from  1 … kVersion
Status upgrade(soci::session& session, Integer from) {
    for (auto step = static_cast<std::size_t>(from - 1); step < kSteps.size(); ++step)
        if (auto status = Connection::run_script(session, kSteps.at(step)); !status) return status;
    return Connection::run_script(
        session, fmt::format("PRAGMA user_version={};", kVersion).c_str());
}

Integer read_pragma(soci::session& session, const char* name) {
    Integer value = 0;
    session << fmt::format("PRAGMA {}", name), soci::into(value);
    return value;
}

}  // namespace

Status create_schema(soci::session& session, const std::string& org_id) {
    auto status = Connection::run_script(session, kTables);
    if (!status) return status;
    run(session, "INSERT INTO meta(name, value) VALUES('org_id', :value)", org_id);
    status = Connection::run_script(
        session, fmt::format("PRAGMA application_id={};", kApplicationId).c_str());
    if (!status) return status;
    return upgrade(session, 1);
}

Result<std::string> open_schema(soci::session& session) {
    if (read_pragma(session, "application_id") != kApplicationId) {
        return fail(
            ErrorCode::unsupported,
            "the file is not a chela database, or making it was interrupted; remove it and run "
            "`chela init` again");
    }
    const auto version = read_pragma(session, "user_version");
    if (version < 1 || version > kVersion) {
        return fail(
            ErrorCode::unsupported,
            fmt::format(
                "the database has schema version {}, and this chela knows versions 1 to {}; use "
                "the chela that wrote it",
                version, kVersion));
    }
    if (version < kVersion)
        if (auto status = upgrade(session, version); !status)
            return std::unexpected{status.error()};
    auto org_id = select_one<SingleColumn<std::string>>(
        session, "SELECT value FROM meta WHERE name = 'org_id'");
    if (!org_id) return std::unexpected{org_id.error()};
    if (!*org_id) return fail(ErrorCode::internal, "the database has no organisation id");
    return **std::move(org_id);
}

}  // namespace chela::sidecar::store
