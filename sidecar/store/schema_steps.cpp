#include "sidecar/store/schema_steps.hpp"

#include "sidecar/store/schema_events.hpp"
#include "sidecar/store/schema_lifecycle.hpp"

#include <array>

namespace chela::sidecar::store {
namespace {

constexpr const char* kFirst = R"sql(
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

constexpr const char* kKeyBackEnds = R"sql(
ALTER TABLE signing_keys ADD COLUMN backend TEXT NOT NULL DEFAULT 'token'
    CHECK(backend IN ('token', 'keystore'));
ALTER TABLE signing_keys ADD COLUMN retired_at INTEGER;
)sql";

// What was reserved before is charged to the meters of compiled guardrails. Guardrails that any
// agent ever had stay, so that decisions made by them can be replayed.
constexpr const char* kPolicies = R"sql(
ALTER TABLE agents ADD COLUMN policy_id TEXT;

ALTER TABLE admin_keys ADD COLUMN name TEXT NOT NULL DEFAULT 'first';
ALTER TABLE admin_keys ADD COLUMN removed_at INTEGER;
ALTER TABLE admin_keys ADD COLUMN only_approves INTEGER NOT NULL DEFAULT 0
    CHECK(only_approves IN (0, 1));
UPDATE admin_keys SET name = id WHERE rowid <> (SELECT min(rowid) FROM admin_keys);
CREATE UNIQUE INDEX admin_keys_by_name ON admin_keys(name) WHERE removed_at IS NULL;

ALTER TABLE intents ADD COLUMN operation TEXT NOT NULL DEFAULT 'transaction';
ALTER TABLE intents ADD COLUMN request TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN result TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN decision_id TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN approval_id TEXT NOT NULL DEFAULT '';

CREATE TABLE past_guardrails(guardrails TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TRIGGER guardrails_of_new_agents AFTER INSERT ON agents BEGIN
    INSERT OR IGNORE INTO past_guardrails VALUES(new.guardrails);
END;
CREATE TRIGGER guardrails_of_changed_agents AFTER UPDATE OF guardrails ON agents BEGIN
    INSERT OR IGNORE INTO past_guardrails VALUES(new.guardrails);
END;
INSERT OR IGNORE INTO past_guardrails SELECT guardrails FROM agents;

CREATE TABLE policies(
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    canonical TEXT NOT NULL,
    source TEXT NOT NULL,
    activated_at INTEGER NOT NULL,
    activated_by TEXT NOT NULL,
    is_active INTEGER NOT NULL CHECK(is_active IN (0, 1)),
    PRIMARY KEY(id, version)) STRICT;
CREATE UNIQUE INDEX policies_active ON policies(id) WHERE is_active = 1;

CREATE TABLE decisions(
    id TEXT PRIMARY KEY,
    intent_id TEXT REFERENCES intents(id),
    agent_id TEXT NOT NULL REFERENCES agents(id),
    at INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    record TEXT NOT NULL) STRICT;
CREATE INDEX decisions_by_intent ON decisions(intent_id);

CREATE TABLE approvals(
    id TEXT PRIMARY KEY,
    intent_id TEXT NOT NULL REFERENCES intents(id),
    agent_id TEXT NOT NULL REFERENCES agents(id),
    action TEXT NOT NULL,
    summary TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    policy_digests TEXT NOT NULL,
    quorum_of TEXT NOT NULL,
    minimum INTEGER NOT NULL CHECK(minimum > 0),
    expires_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK(status IN ('pending', 'approved', 'rejected', 'expired')),
    created_at INTEGER NOT NULL,
    decided_at INTEGER,
    decision_reason TEXT NOT NULL) STRICT;
CREATE INDEX approvals_by_intent ON approvals(intent_id);
CREATE INDEX approvals_by_status ON approvals(status, expires_at);

CREATE TABLE approval_votes(
    approval_id TEXT NOT NULL REFERENCES approvals(id),
    approver TEXT NOT NULL,
    vote TEXT NOT NULL CHECK(vote IN ('approve', 'reject')),
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY(approval_id, approver)) STRICT;

ALTER TABLE reservations RENAME TO reservations_2;
DROP INDEX reservations_by_agent;
CREATE TABLE reservations(
    id INTEGER PRIMARY KEY,
    intent_id TEXT NOT NULL UNIQUE REFERENCES intents(id),
    agent_id TEXT NOT NULL REFERENCES agents(id),
    operation TEXT NOT NULL,
    signer TEXT NOT NULL,
    slot TEXT NOT NULL,
    chain_id INTEGER,
    address TEXT,
    nonce INTEGER,
    value TEXT NOT NULL,
    max_fee TEXT NOT NULL,
    valid_until TEXT,
    state TEXT NOT NULL CHECK(state IN ('reserved', 'settled', 'released')),
    at INTEGER NOT NULL,
    charged_at INTEGER NOT NULL,
    preimage TEXT NOT NULL,
    CHECK((chain_id IS NULL) = (nonce IS NULL) AND (address IS NULL) = (nonce IS NULL))) STRICT;
CREATE UNIQUE INDEX reservations_by_slot ON reservations(slot) WHERE state <> 'released';
CREATE UNIQUE INDEX reservations_by_lane ON reservations(chain_id, address, nonce)
    WHERE state <> 'released' AND nonce IS NOT NULL;
CREATE INDEX reservations_by_time ON reservations(charged_at);
CREATE INDEX reservations_that_lapse ON reservations(state)
    WHERE state = 'reserved' AND valid_until IS NOT NULL;

CREATE TABLE charges(
    owner TEXT NOT NULL,
    meter TEXT NOT NULL,
    scope TEXT NOT NULL CHECK(scope IN ('agent', 'policy', 'organization')),
    state TEXT NOT NULL CHECK(state IN ('reserved', 'settled', 'released')),
    at INTEGER NOT NULL,
    reservation_id INTEGER NOT NULL REFERENCES reservations(id),
    n INTEGER NOT NULL,
    slot TEXT NOT NULL,
    chain_id INTEGER,
    amount TEXT NOT NULL,
    PRIMARY KEY(owner, meter, scope, state, at, reservation_id, n)) STRICT, WITHOUT ROWID;
CREATE INDEX charges_by_reservation ON charges(reservation_id);

INSERT INTO reservations(intent_id, agent_id, operation, signer, slot, chain_id, address, nonce,
    value, max_fee, state, at, charged_at, preimage)
SELECT intent_id, agent_id, 'transaction', address,
    'tx/' || chain_id || '/' || address || '/' || nonce, chain_id, address, nonce,
    value, max_fee, state, at, at, preimage
FROM reservations_2 ORDER BY rowid;
INSERT INTO charges(owner, meter, scope, state, at, reservation_id, n, slot, chain_id, amount)
SELECT r.agent_id, m.meter, 'agent', r.state, r.at, r.id, m.n, r.slot, r.chain_id,
    CASE m.n WHEN 0 THEN r.value WHEN 1 THEN r.max_fee ELSE '1' END
FROM reservations r, (SELECT 0 AS n, 'guardrails/value' AS meter
    UNION ALL SELECT 1, 'guardrails/fee' UNION ALL SELECT 2, 'guardrails/count') m;
DROP TABLE slots;
DROP TABLE reservations_2;
)sql";

// Beside those of chela.yaml. A chain without a fee limit signs nothing.
constexpr const char* kChains = R"sql(
CREATE TABLE chains(
    chain_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    rpc_url TEXT NOT NULL,
    ws_url TEXT NOT NULL,
    explorer_url TEXT NOT NULL,
    native_currency TEXT NOT NULL,
    is_testnet INTEGER NOT NULL CHECK(is_testnet IN (0, 1)),
    is_enabled INTEGER NOT NULL CHECK(is_enabled IN (0, 1)),
    has_eip1559 INTEGER NOT NULL CHECK(has_eip1559 IN (0, 1)),
    max_fee_per_transaction TEXT,
    confirmations INTEGER NOT NULL CHECK(confirmations > 0),
    finality TEXT NOT NULL CHECK(finality IN ('depth', 'finalized')),
    block_time_ms INTEGER NOT NULL CHECK(block_time_ms > 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL) STRICT;
)sql";

// What a charge counts, so that it can be settled. What was charged before and is a document's
// counts as it was charged.
constexpr const char* kCounts = R"sql(
ALTER TABLE charges ADD COLUMN counts TEXT NOT NULL DEFAULT 'signatures'
    CHECK(counts IN ('amount', 'effects', 'max_fee', 'signatures'));
UPDATE charges SET counts = 'amount' WHERE meter = 'guardrails/value' AND scope = 'agent';
UPDATE charges SET counts = 'max_fee' WHERE meter = 'guardrails/fee' AND scope = 'agent';
)sql";

constexpr const char* kSimulations = R"sql(
ALTER TABLE simulations ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE simulations ADD COLUMN degraded INTEGER NOT NULL DEFAULT 0 CHECK(degraded IN (0, 1));
ALTER TABLE simulations ADD COLUMN transaction_digest TEXT;
ALTER TABLE simulations ADD COLUMN block_number INTEGER;
ALTER TABLE simulations ADD COLUMN block_hash TEXT;
CREATE INDEX simulations_by_agent ON simulations(agent_id, intent_id);
)sql";

// As kIsOpen says: a lane is looked at again and again, and its history grows for ever.
constexpr const char* kOpenIntents = R"sql(
CREATE INDEX intents_open ON intents(chain_id, from_address, nonce)
    WHERE state IN ('reserved', 'signed', 'sign_only', 'broadcast', 'stalled', 'cancelling', 'mined')
    AND nonce IS NOT NULL;
)sql";

// What is settled is never changed again: added up for each quarter of an hour, a window of a day
// is read without every charge in it. Chain 0 stands for none. Kept up by settle_charges(): a
// trigger may not call amount_sum(), which is for our own statements alone.
constexpr const char* kSettledSums = R"sql(
CREATE TABLE settled_sums(
    owner TEXT NOT NULL,
    meter TEXT NOT NULL,
    scope TEXT NOT NULL,
    quarter INTEGER NOT NULL,
    chain_id INTEGER NOT NULL,
    amount TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY(owner, meter, scope, quarter, chain_id)) STRICT, WITHOUT ROWID;
INSERT INTO settled_sums(owner, meter, scope, quarter, chain_id, amount, at)
SELECT owner, meter, scope, at / 900000, ifnull(chain_id, 0), amount_sum(amount), max(at)
FROM charges WHERE state = 'settled' AND amount <> '0' GROUP BY 1, 2, 3, 4, 5;
)sql";

// Where a key is that an authority elsewhere holds. Such a key has its own `backend` in name only:
// the column knows two, and a table that others refer to is not made anew for a third.
constexpr const char* kAuthorityKeys = R"sql(
ALTER TABLE signing_keys ADD COLUMN authority TEXT NOT NULL DEFAULT '';
)sql";

// What an agent asked for together. Its intents are found by the keys that are made of `key`.
constexpr const char* kCallBundles = R"sql(
CREATE TABLE call_bundles(
    key TEXT PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents(id),
    id TEXT NOT NULL,
    chain TEXT NOT NULL,
    chain_id INTEGER NOT NULL,
    calls TEXT NOT NULL,
    is_open INTEGER NOT NULL CHECK(is_open IN (0, 1)),
    error_code TEXT NOT NULL,
    error_message TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE(agent_id, id)) STRICT;
CREATE INDEX call_bundles_open ON call_bundles(agent_id) WHERE is_open = 1;
)sql";

// Step n brings version n to n+1; what a released step says is never changed.
const std::array kSteps{kKeyBackEnds,       kPolicies,       kChains,
                        lifecycle_schema(), events_schema(), kCounts,
                        kSimulations,       kOpenIntents,    replacement_events_schema(),
                        kSettledSums,       kAuthorityKeys,  kCallBundles};

}  // namespace

const char* first_schema() {
    return kFirst;
}

std::span<const char* const> schema_steps() {
    return kSteps;
}

}  // namespace chela::sidecar::store
