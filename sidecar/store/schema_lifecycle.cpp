#include "sidecar/store/schema_lifecycle.hpp"

namespace chela::sidecar::store {

// A reservation says which attempt its preimage is for: one that is not in `attempts` yet is to be
// signed.
const char* lifecycle_schema() {
    return R"sql(
CREATE TABLE lanes(
    chain_id INTEGER NOT NULL,
    address TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    next_floor INTEGER NOT NULL DEFAULT 0,
    frozen_at INTEGER,
    frozen_reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(chain_id, address)) STRICT, WITHOUT ROWID;

ALTER TABLE intents ADD COLUMN goal TEXT NOT NULL DEFAULT 'execute'
    CHECK(goal IN ('execute', 'cancel', 'fill'));
ALTER TABLE intents ADD COLUMN end_code TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN end_message TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN speed_up TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN valid_until INTEGER;
ALTER TABLE intents ADD COLUMN mined_attempt INTEGER;
UPDATE intents SET mined_attempt = 1 WHERE state IN ('mined', 'confirmed', 'reverted');
CREATE INDEX intents_by_lane ON intents(chain_id, from_address, nonce);

ALTER TABLE attempts ADD COLUMN kind TEXT NOT NULL DEFAULT 'normal'
    CHECK(kind IN ('normal', 'bump', 'cancel', 'noop'));
ALTER TABLE attempts ADD COLUMN seen_at INTEGER;

ALTER TABLE reservations ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
ALTER TABLE reservations ADD COLUMN kind TEXT NOT NULL DEFAULT 'normal'
    CHECK(kind IN ('normal', 'bump', 'cancel', 'noop'));
)sql";
}

}  // namespace chela::sidecar::store
