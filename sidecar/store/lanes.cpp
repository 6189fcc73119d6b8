#include "sidecar/store/attempts.hpp"
#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/intent_moves.hpp"
#include "sidecar/store/intent_row.hpp"
#include "sidecar/store/lane_row.hpp"
#include "sidecar/store/reservations.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

const std::string kOfLane = "i.chain_id = :chain_id AND i.from_address = :address AND ";

/// The open slots of a lane, from what is stored at one moment: a question for each kind of row.
Result<std::vector<SlotRecord>> select_slots(Session& session, const policy::Lane& lane) {
    const auto of = to_columns(lane);
    if (!of) return std::unexpected{of.error()};
    auto intents = select_intents(
        session, "WHERE " + kOfLane + std::string{kIsOpen} + " ORDER BY i.nonce",
        std::to_string(of->chain_id), of->address);
    if (!intents) return std::unexpected{intents.error()};
    std::vector<SlotRecord> out;
    if (intents->empty()) return out;
    std::vector<std::string> ids;
    for (const auto& intent : *intents)
        ids.push_back(intent.id);
    auto attempts = attempts_of(session, ids);
    if (!attempts) return std::unexpected{attempts.error()};
    const auto reserved = reserved_attempts_of(session, ids);
    if (!reserved) return std::unexpected{reserved.error()};
    for (auto& intent : *intents) {
        const auto last = reserved->find(intent.id);
        if (last == reserved->end())
            return fail(ErrorCode::not_found, "nothing is reserved for this intent");
        SlotRecord slot;
        slot.attempts = std::move((*attempts)[intent.id]);
        if (!last->second.is_signed) slot.unsigned_kind = last->second.kind;
        slot.intent = std::move(intent);
        out.push_back(std::move(slot));
    }
    return out;
}

/// Somebody else's transaction has their nonce: theirs can never take effect.
Status lose_below(Session& session, const policy::Lane& lane, Nonce lost_below, TimePoint at) {
    const auto of = to_columns(lane);
    if (!of) return std::unexpected{of.error()};
    const auto lost = to_column(lost_below.value, "nonce");
    if (!lost) return std::unexpected{lost.error()};
    const auto ids = select_all<SingleColumn<std::string>>(
        session,
        "SELECT i.id FROM intents i WHERE " + kOfLane + std::string{kIsOpen} +
            " AND i.state <> 'mined' AND i.nonce < :lost",
        of->chain_id, of->address, *lost);
    if (!ids) return std::unexpected{ids.error()};
    for (const auto& id : *ids) {
        auto settled = settle_reservation(session, id, at);
        if (!settled) return settled;
        move_to(
            session, id, IntentState::failed,
            {"E_NONCE_FOREIGN", "its nonce was used by a transaction that chela did not sign"}, at);
    }
    run(session,
        "UPDATE lanes SET next_floor = max(next_floor, :floor) WHERE chain_id = :chain_id AND "
        "address = :address",
        *lost, of->chain_id, of->address);
    return {};
}

}  // namespace

Result<std::int64_t> SqliteStore::own_lane(const policy::Lane& lane) {
    if (const auto held = ownership_.epoch(lane)) return *held;
    // What is undone with its transaction would stay known here; and the lock below is waited for.
    if (connection_->is_within_write()) bug("a lane is taken within another write");
    const auto lock = ownership_.lock_for_taking();
    if (const auto held = ownership_.epoch(lane)) return *held;
    const auto at = to_columns(lane);
    if (!at) return std::unexpected{at.error()};
    const auto epoch = connection_->write([&](Session& session) -> Result<std::int64_t> {
        const auto taken = select_one<SingleColumn<Integer>>(
            session,
            "INSERT INTO lanes(chain_id, address, epoch) VALUES(:chain_id, :address, 1) "
            "ON CONFLICT(chain_id, address) DO UPDATE SET epoch = epoch + 1 RETURNING epoch",
            at->chain_id, at->address);
        if (!taken) return std::unexpected{taken.error()};
        if (!*taken) return fail(ErrorCode::internal, "the store gave a lane no epoch");
        return **taken;
    });
    if (epoch) ownership_.set(lane, *epoch);
    return epoch;
}

Result<std::vector<SlotRecord>> SqliteStore::slots(const policy::Lane& lane) {
    return connection_->read_together(
        [&](Session& session) { return select_slots(session, lane); });
}

Status SqliteStore::check_sendable(const policy::Lane& lane, const TxHash& hash) {
    return connection_->read([&](Session& session) -> Status {
        auto owner = check_owner(session, ownership_, lane);
        if (!owner) return owner;
        const auto found = select_one<SingleColumn<Integer>>(
            session, "SELECT n FROM attempts WHERE hash = :hash", to_hex(hash));
        if (!found) return std::unexpected{found.error()};
        if (*found) return {};
        return fail(
            ErrorCode::internal, "these bytes are not stored, so they must not be sent",
            "E_NOT_DURABLE");
    });
}

Status SqliteStore::freeze_lane(
    const policy::Lane& lane, Nonce nonce, const std::string& reason, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        auto owner = check_owner(session, ownership_, lane);
        if (!owner) return owner;
        const auto of = to_columns(lane);
        if (!of) return std::unexpected{of.error()};
        const auto number = to_column(nonce.value, "nonce");
        if (!number) return std::unexpected{number.error()};
        const auto changed =
            run(session,
                "UPDATE lanes SET frozen_at = :at, frozen_reason = :reason WHERE "
                "chain_id = :chain_id AND address = :address AND frozen_at IS NULL AND next_floor "
                "<= :nonce",
                to_column(at), reason, of->chain_id, of->address, *number);
        if (changed == 0) return {};
        return append_audit(
            session, {.at = at,
                      .actor = "chela",
                      .action = "lane.frozen",
                      .subject = fmt::format("{}/{}", of->chain_id, of->address),
                      .detail = "{}"});
    });
}

Result<LaneRecord> SqliteStore::unfreeze_lane(
    const policy::Lane& lane, std::optional<Nonce> lost_below, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) -> Result<LaneRecord> {
        const auto of = to_columns(lane);
        if (!of) return std::unexpected{of.error()};
        const auto before = find_lane(session, lane);
        if (!before) return std::unexpected{before.error()};
        const auto& used = *before;
        if (!used) return fail(ErrorCode::not_found, "nobody ever used this lane");
        // Nonces that were used elsewhere while nothing was open freeze nothing, and are lost too.
        const bool is_passed = lost_below && used->open == 0;
        if (!used->frozen_at && !is_passed) {
            return fail(ErrorCode::conflict, "this lane is not frozen", "E_LANE_NOT_FROZEN");
        }
        run(session,
            "UPDATE lanes SET frozen_at = NULL, frozen_reason = '' WHERE "
            "chain_id = :chain_id AND address = :address",
            of->chain_id, of->address);
        if (lost_below) {
            auto lost = lose_below(session, lane, *lost_below, audit.at);
            if (!lost) return std::unexpected{lost.error()};
        }
        auto recorded = append_audit(session, audit);
        if (!recorded) return std::unexpected{recorded.error()};
        auto found = find_lane(session, lane);
        if (!found) return std::unexpected{found.error()};
        return **std::move(found);
    });
}

Result<LaneRecord> SqliteStore::lane(const policy::Lane& lane) {
    return connection_->read([&](Session& session) -> Result<LaneRecord> {
        auto found = find_lane(session, lane);
        if (!found) return std::unexpected{found.error()};
        if (!*found) return fail(ErrorCode::not_found, "nobody ever used this lane");
        return **std::move(found);
    });
}

Result<bool> SqliteStore::is_fresh(const policy::Lane& lane) {
    return connection_->read([&](Session& session) -> Result<bool> {
        const auto highest = highest_nonce(session, lane);
        if (!highest) return std::unexpected{highest.error()};
        return !highest->has_value();
    });
}

Result<std::vector<LaneRecord>> SqliteStore::lanes() {
    return connection_->read([](Session& session) { return select_lanes(session); });
}

}  // namespace chela::sidecar::store
