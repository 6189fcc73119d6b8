#include "tests/sidecar/store/schema_v2.hpp"

namespace chela::sidecar::store {
namespace {

// As the chela that knew two versions ran it; never edited.
constexpr const char* kVersion1 = R"sql(
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

constexpr const char* kVersion2 = R"sql(
ALTER TABLE signing_keys ADD COLUMN backend TEXT NOT NULL DEFAULT 'token'
    CHECK(backend IN ('token', 'keystore'));
ALTER TABLE signing_keys ADD COLUMN retired_at INTEGER;
)sql";

constexpr const char* kRows = R"sql(
INSERT INTO meta VALUES('org_id', '11111111-2222-4333-8444-555555555555');
INSERT INTO agents(id, name, description, scopes, vault_ids, is_active, intents_api_enabled,
    guardrails, api_key_prefix, api_key_hash, credential_generation, created_by, created_at)
VALUES('agent-1', 'pays', '', '[]', '[]', 1, 1, 'GUARDRAILS', 'ck_1', 'HASH', 1, 'operator', 1);
INSERT INTO intents(id, agent_id, idempotency_hash, fingerprint, state, sign_only, chain, chain_id,
    signing_key_id, from_address, to_address, value, nonce, max_fee_per_gas,
    max_priority_fee_per_gas, simulation_id, simulation_status, error_code, error_message,
    violations, created_at, updated_at)
SELECT n.id, 'agent-1', 'key-' || n.id, 'print-' || n.id, n.state, 0, 'base', 8453, 'key-1',
    'SIGNER', NULL, '7', n.nonce, '', '', '', '', '', '', '', 5, 6
FROM (SELECT 'open' AS id, 'broadcast' AS state, 4 AS nonce
    UNION ALL SELECT 'done', 'confirmed', 3
    UNION ALL SELECT 'undone', 'failed', NULL
    UNION ALL SELECT 'new', 'received', NULL) n;
INSERT INTO slots VALUES(8453, 'SIGNER', 3, 'done'), (8453, 'SIGNER', 4, 'open');
INSERT INTO reservations VALUES
    ('done', 'agent-1', 8453, 'SIGNER', 3, '100', '30', '0x02c0', 'settled', 1000),
    ('undone', 'agent-1', 8453, 'SIGNER', 4, '200', '40', '0x02c1', 'released', 3000),
    ('open', 'agent-1', 8453, 'SIGNER', 4, '400', '50', '0x02c2', 'reserved', 2000);
INSERT INTO attempts VALUES('open', 1, '0x01', 'HASH', 2000);
)sql";

void replace_all(std::string& text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

}  // namespace

std::string schema_v2(const std::string& signer, const std::string& guardrails) {
    std::string rows{kRows};
    replace_all(rows, "SIGNER", signer);
    replace_all(rows, "GUARDRAILS", guardrails);
    replace_all(rows, "HASH", "0x" + std::string(64, '7'));
    return std::string{"PRAGMA journal_mode=WAL; BEGIN;"} + kVersion1 +
           "PRAGMA application_id=1667786092;" + kVersion2 + rows +
           "PRAGMA user_version=2; COMMIT;";
}

}  // namespace chela::sidecar::store
