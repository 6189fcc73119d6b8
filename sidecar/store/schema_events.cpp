#include "sidecar/store/schema_events.hpp"

namespace chela::sidecar::store {

// One row a change of an intent's state or transaction, written by the database itself, so that no
// code can forget it. The sequence has no gaps: a transaction that is undone gives its numbers
// back. States are taken as they are, whatever they will be called. Columns and no JSON: without
// trusted_schema triggers may not call SQLite's JSON functions.
const char* events_schema() {
    return R"sql(
CREATE TABLE events(
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    agent_id TEXT NOT NULL,
    intent_id TEXT NOT NULL,
    type TEXT NOT NULL,
    operation TEXT NOT NULL,
    chain TEXT NOT NULL,
    chain_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    nonce INTEGER,
    tx_hash TEXT,
    block_number INTEGER,
    block_hash TEXT,
    error_code TEXT NOT NULL,
    error_message TEXT NOT NULL,
    previous_state TEXT) STRICT;
CREATE INDEX events_by_agent ON events(agent_id, sequence);
CREATE INDEX events_by_intent ON events(intent_id, sequence);

-- The columns of events, in their order, without the first and the last.
CREATE VIEW intents_as_events AS SELECT
    i.updated_at AS at,
    i.agent_id AS agent_id,
    i.id AS intent_id,
    CASE i.operation WHEN 'transaction' THEN 'transaction.' ELSE 'signature.' END || i.state
        AS type,
    i.operation AS operation,
    i.chain AS chain,
    i.chain_id AS chain_id,
    i.state AS state,
    i.nonce AS nonce,
    -- Which of them is in the block; until one is, the last one signed.
    ifnull((SELECT hash FROM attempts WHERE intent_id = i.id AND n = i.mined_attempt),
        (SELECT hash FROM attempts WHERE intent_id = i.id ORDER BY n DESC LIMIT 1)) AS tx_hash,
    i.block_number AS block_number,
    i.block_hash AS block_hash,
    i.error_code AS error_code,
    i.error_message AS error_message
FROM intents i;

CREATE TRIGGER events_of_new_intents AFTER INSERT ON intents BEGIN
    INSERT INTO events SELECT NULL, e.*, NULL FROM intents_as_events e WHERE e.intent_id = new.id;
END;
CREATE TRIGGER events_of_changed_intents AFTER UPDATE OF state ON intents
WHEN new.state <> old.state BEGIN
    INSERT INTO events SELECT NULL, e.*, old.state FROM intents_as_events e
    WHERE e.intent_id = new.id;
END;

CREATE TABLE webhooks(
    id TEXT PRIMARY KEY,
    agent_id TEXT REFERENCES agents(id),
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    description TEXT NOT NULL,
    is_active INTEGER NOT NULL CHECK(is_active IN (0, 1)),
    secret TEXT NOT NULL,
    previous_secret TEXT NOT NULL DEFAULT '',
    previous_secret_until INTEGER,
    created_at INTEGER NOT NULL,
    cursor INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER,
    next_try_at INTEGER,
    paused_reason TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE webhook_deliveries(
    id INTEGER PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
    delivery_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    status INTEGER,
    duration_ms INTEGER NOT NULL,
    error TEXT NOT NULL) STRICT;
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries(webhook_id, id);
)sql";
}

const char* replacement_events_schema() {
    return R"sql(
CREATE TRIGGER events_of_replacements AFTER INSERT ON attempts WHEN new.n > 1 BEGIN
    INSERT INTO events SELECT NULL, new.at, e.agent_id, e.intent_id, 'transaction.replaced',
        e.operation, e.chain, e.chain_id, e.state, e.nonce, new.hash, e.block_number, e.block_hash,
        e.error_code, e.error_message, e.state
    FROM intents_as_events e WHERE e.intent_id = new.intent_id;
END;
)sql";
}

}  // namespace chela::sidecar::store
