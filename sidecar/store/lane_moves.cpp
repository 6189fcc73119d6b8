// Moves of intents that hold a nonce, by the lane's owner alone.
#include "sidecar/store/attempts.hpp"
#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/intent_moves.hpp"
#include "sidecar/store/lane_ownership.hpp"
#include "sidecar/store/reservations.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <algorithm>

namespace chela::sidecar::store {
namespace {

using chains::lane::Goal;

/// The owner's intent in one of the states. @return as find_in; unavailable E_LANE_TAKEN
Result<IntentHead> find_owned(
    Session& session,
    const LaneOwnership& ownership,
    const std::string& id,
    std::initializer_list<IntentState> allowed,
    std::string_view otherwise) {
    auto intent = find_in(session, id, allowed, otherwise);
    if (!intent || intent->operation != policy::Operation::transaction) return intent;
    const auto owner = check_owner(session, ownership, {intent->chain_id, intent->from});
    if (!owner) return std::unexpected{owner.error()};
    return intent;
}

/// What the chain's taking this attempt makes of the intent.
IntentState final_state(const IntentHead& intent, chains::lane::AttemptKind kind, bool succeeded) {
    if (chains::lane::carries_the_intent(kind))
        return succeeded ? IntentState::confirmed : IntentState::reverted;
    return intent.goal == Goal::fill ? IntentState::failed : IntentState::cancelled;
}

Result<AttemptRecord> find_attempt(Session& session, const std::string& id, unsigned number) {
    const auto attempts = select_attempts(session, id);
    if (!attempts) return std::unexpected{attempts.error()};
    const auto found = std::ranges::find(*attempts, number, &AttemptRecord::number);
    if (found == attempts->end())
        return fail(ErrorCode::internal, "an attempt that was never signed cannot be in a block");
    return *found;
}

Status write_inclusion(
    Session& session,
    const IntentHead& intent,
    const IntentStore::Inclusion& inclusion,
    IntentState final,
    TimePoint at) {
    const auto block = to_column(inclusion.block_number.value, "block number");
    if (!block) return std::unexpected{block.error()};
    const auto gas_used = to_column(inclusion.gas_used.value, "gas used");
    if (!gas_used) return std::unexpected{gas_used.error()};
    const auto state = inclusion.is_final ? final : IntentState::mined;
    const bool shows_end = state == IntentState::cancelled || state == IntentState::failed;
    // One statement: an event tells of the state with all that belongs to it.
    run(session,
        "UPDATE intents SET state = :state, error_code = iif(:shows_end, end_code, ''), "
        "error_message = iif(:shows_it, end_message, ''), block_number = :block_number, "
        "block_hash = :block_hash, gas_used = :gas_used, mined_attempt = :attempt, "
        "speed_up = '', updated_at = :at WHERE id = :id",
        std::string{to_string(state)}, Integer{shows_end}, Integer{shows_end}, *block,
        to_hex(inclusion.block_hash), *gas_used, Integer{inclusion.attempt}, to_column(at),
        intent.id);
    if (!inclusion.is_final) return {};
    std::optional<policy::Settlement> settlement;
    if (inclusion.paid) settlement.emplace(state == IntentState::confirmed, *inclusion.paid);
    return settle_reservation(session, intent.id, at, settlement);
}

}  // namespace

Status SqliteStore::store_signature(
    const std::string& id, const Bytes& signed_bytes, const TxHash& hash, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_owned(
            session, ownership_, id,
            {IntentState::reserved, IntentState::signed_, IntentState::sign_only,
             IntentState::broadcast, IntentState::stalled, IntentState::cancelling},
            "only one that holds a nonce and is not mined takes signed bytes");
        if (!intent) return std::unexpected{intent.error()};
        if (intent->operation != policy::Operation::transaction)
            return refused(intent->state, "only a transaction takes signed bytes");
        const auto attempt = reserved_attempt(session, id);
        if (!attempt) return std::unexpected{attempt.error()};
        if (attempt->is_signed) {
            const auto stored = find_attempt(session, id, attempt->number);
            if (!stored) return std::unexpected{stored.error()};
            if (stored->hash == hash && stored->signed_bytes == signed_bytes) return {};
            return refused(intent->state, "another signature of it is stored");
        }
        insert_attempt(session, id, *attempt, signed_bytes, hash, at);
        if (intent->state == IntentState::reserved) {
            const auto next = intent->sign_only ? IntentState::sign_only : IntentState::signed_;
            advance(session, id, next, at);
        }
        return {};
    });
}

Result<IntentRecord> SqliteStore::hand_over(
    const std::string& id, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) -> Result<IntentRecord> {
        const auto intent = find_owned(
            session, ownership_, id,
            {IntentState::sign_only, IntentState::signed_, IntentState::broadcast,
             IntentState::stalled, IntentState::mined, IntentState::confirmed,
             IntentState::reverted},
            "only a signed transaction that was not given up is sent");
        if (!intent) return std::unexpected{intent.error()};
        if (intent->state == IntentState::sign_only) {
            advance(session, id, IntentState::signed_, audit.at);
            const auto recorded = append_audit(session, audit);
            if (!recorded) return std::unexpected{recorded.error()};
        }
        return find_intent(session, id);
    });
}

Status SqliteStore::mark_broadcast(const std::string& id, BlockNumber head, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_owned(
            session, ownership_, id,
            {IntentState::signed_, IntentState::broadcast, IntentState::stalled,
             IntentState::cancelling},
            "only a signed one can become broadcast");
        if (!intent) return std::unexpected{intent.error()};
        const auto seen_at = to_column(head.value, "block number");
        if (!seen_at) return std::unexpected{seen_at.error()};
        run(session,
            "UPDATE attempts SET seen_at = ifnull(seen_at, :seen_at) WHERE intent_id = :id AND "
            "n = (SELECT max(n) FROM attempts WHERE intent_id = :same)",
            *seen_at, id, id);
        if (intent->state == IntentState::signed_) advance(session, id, IntentState::broadcast, at);
        return {};
    });
}

Status SqliteStore::mark_stalled(
    const std::string& id, const std::string& code, const std::string& message, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_owned(
            session, ownership_, id,
            {IntentState::signed_, IntentState::broadcast, IntentState::stalled,
             IntentState::cancelling},
            "only one that is signed and not mined can stall");
        if (!intent) return std::unexpected{intent.error()};
        const auto next =
            intent->state == IntentState::cancelling ? intent->state : IntentState::stalled;
        move_to(session, id, next, {code, message}, at);
        return {};
    });
}

Status SqliteStore::mark_included(const std::string& id, const Inclusion& inclusion, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_owned(
            session, ownership_, id,
            {IntentState::signed_, IntentState::sign_only, IntentState::broadcast,
             IntentState::stalled, IntentState::cancelling, IntentState::mined,
             IntentState::confirmed, IntentState::reverted, IntentState::cancelled,
             IntentState::failed},
            "it was never signed, so it cannot be in a block");
        if (!intent) return std::unexpected{intent.error()};
        const auto attempt = find_attempt(session, id, inclusion.attempt);
        if (!attempt) {
            return is_final(intent->state) ? refused(intent->state, "that is final")
                                           : std::unexpected{attempt.error()};
        }
        const auto final = final_state(*intent, attempt->kind, inclusion.succeeded);
        const bool is_repeated = inclusion.is_final && intent->state == final &&
                                 intent->block_hash == inclusion.block_hash;
        if (is_repeated) return {};
        if (is_final(intent->state)) return refused(intent->state, "that is final");
        return write_inclusion(session, *intent, inclusion, final, at);
    });
}

Status SqliteStore::mark_reorged(const std::string& id, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_owned(
            session, ownership_, id, {IntentState::mined}, "only a mined one can lose its block");
        if (!intent) return std::unexpected{intent.error()};
        const bool was_wanted = intent->goal == Goal::execute;
        const auto next = was_wanted ? IntentState::broadcast : IntentState::cancelling;
        run(session,
            "UPDATE intents SET state = :state, error_code = '', error_message = '', "
            "block_number = NULL, block_hash = NULL, gas_used = NULL, mined_attempt = NULL, "
            "updated_at = :at WHERE id = :id",
            std::string{to_string(next)}, to_column(at), id);
        return {};
    });
}

Status SqliteStore::release_unsigned(
    const std::string& id, const std::string& code, const std::string& message, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_owned(
            session, ownership_, id, {IntentState::reserved, IntentState::cancelling},
            "only one that is reserved and unsigned can be released");
        if (!intent) return std::unexpected{intent.error()};
        if (intent->is_signed) return refused(intent->state, "a signature of it is stored");
        const auto released = release_reservation(session, id);
        if (!released) return released;
        const auto end =
            intent->goal == Goal::cancel ? IntentState::cancelled : IntentState::failed;
        run(session, "UPDATE intents SET nonce = NULL WHERE id = :id", id);
        move_to(session, id, end, {code, message}, at);
        return {};
    });
}

}  // namespace chela::sidecar::store
