#include "sidecar/store/approval_row.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/intent_moves.hpp"
#include "sidecar/store/intent_row.hpp"
#include "sidecar/store/reservations.hpp"
#include "sidecar/store/sqlite_store.hpp"

namespace chela::sidecar::store {
namespace {

Status write_facts(Session& session, const IntentRecord& intent) {
    run(session,
        "UPDATE intents SET state = :state, max_fee_per_gas = :max_fee_per_gas, "
        "max_priority_fee_per_gas = :max_priority_fee_per_gas, simulation_id = :simulation_id, "
        "simulation_status = :simulation_status, error_code = :error_code, "
        "error_message = :error_message, violations = :violations, updated_at = :updated_at "
        "WHERE id = :id",
        std::string{to_string(intent.state)}, intent.max_fee_per_gas,
        intent.max_priority_fee_per_gas, intent.simulation_id, intent.simulation_status,
        intent.error_code, intent.error_message, intent.violations, to_column(intent.updated_at),
        intent.id);
    return {};
}

Status write_inclusion(
    Session& session,
    const std::string& id,
    const IntentStore::Inclusion& inclusion,
    TimePoint at) {
    const auto block = to_column(inclusion.block_number.value, "block number");
    if (!block) return std::unexpected{block.error()};
    const auto gas_used = to_column(inclusion.gas_used.value, "gas used");
    if (!gas_used) return std::unexpected{gas_used.error()};
    const auto final_state = inclusion.succeeded ? IntentState::confirmed : IntentState::reverted;
    advance(session, id, inclusion.is_final ? final_state : IntentState::mined, at);
    run(session,
        "UPDATE intents SET block_number = :block_number, block_hash = :block_hash, "
        "gas_used = :gas_used WHERE id = :id",
        *block, to_hex(inclusion.block_hash), *gas_used, id);
    if (!inclusion.is_final) return {};
    return settle_reservation(session, id, at);
}

/// Is this what made the intent final, told once more?
bool is_repeated(const IntentRecord& intent, const IntentStore::Inclusion& inclusion) {
    const auto final_state = inclusion.succeeded ? IntentState::confirmed : IntentState::reverted;
    return inclusion.is_final && intent.state == final_state &&
           intent.block_hash == inclusion.block_hash;
}

}  // namespace

Status SqliteStore::finish_unreserved(const IntentRecord& intent) {
    switch (intent.state) {
        case IntentState::denied:
        case IntentState::simulation_failed:
        case IntentState::failed:
            return connection_->write([&](Session& session) -> Status {
                const auto found = find_in(
                    session, intent.id, {IntentState::received, IntentState::awaiting_approval},
                    "it holds a reservation or is final already");
                if (!found) return std::unexpected{found.error()};
                end_approvals(
                    session, intent.id, "the intent has ended", intent.updated_at,
                    EndedApprovals::pending);
                return write_facts(session, intent);
            });
        case IntentState::received:
        case IntentState::awaiting_approval:
        case IntentState::reserved:
        case IntentState::signed_:
        case IntentState::sign_only:
        case IntentState::broadcast:
        case IntentState::mined:
        case IntentState::confirmed:
        case IntentState::reverted:
        case IntentState::signed_message:
            return fail(
                ErrorCode::invalid_input,
                "an intent without a reservation ends denied or failed only");
    }
    bug("an IntentState that does not exist");
}

Status SqliteStore::update_received(const IntentRecord& intent) {
    if (intent.state != IntentState::received) {
        return fail(ErrorCode::invalid_input, "update_received does not change the state");
    }
    return connection_->write([&](Session& session) -> Status {
        const auto found = find_in(
            session, intent.id, {IntentState::received}, "it holds a nonce or is final already");
        if (!found) return std::unexpected{found.error()};
        return write_facts(session, intent);
    });
}

Status SqliteStore::store_signature(
    const std::string& id, const Bytes& signed_bytes, const TxHash& hash, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_intent(session, id);
        if (!intent) return std::unexpected{intent.error()};
        if (intent->hash) {
            if (*intent->hash == hash && intent->signed_bytes == signed_bytes) return {};
            return refused(intent->state, "another signature of it is stored");
        }
        if (intent->state != IntentState::reserved ||
            intent->operation != policy::Operation::transaction) {
            return refused(intent->state, "only a reserved transaction takes signed bytes");
        }
        run(session,
            "INSERT INTO attempts(intent_id, n, signed_bytes, hash, at) "
            "VALUES(:intent_id, 1, :signed_bytes, :hash, :at)",
            id, to_hex(signed_bytes), to_hex(hash), to_column(at));
        advance(session, id, intent->sign_only ? IntentState::sign_only : IntentState::signed_, at);
        return {};
    });
}

Status SqliteStore::mark_broadcast(const std::string& id, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_in(
            session, id, {IntentState::signed_, IntentState::broadcast},
            "only a signed one can become broadcast");
        if (!intent) return std::unexpected{intent.error()};
        if (intent->state == IntentState::signed_) advance(session, id, IntentState::broadcast, at);
        return {};
    });
}

Status SqliteStore::note_problem(
    const std::string& id, const std::string& code, const std::string& message, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_intent(session, id);
        if (!intent) return std::unexpected{intent.error()};
        if (is_final(intent->state)) return refused(intent->state, "that is final");
        run(session,
            "UPDATE intents SET error_code = :code, error_message = :message, updated_at = :at "
            "WHERE id = :id",
            code, message, to_column(at), id);
        return {};
    });
}

Status SqliteStore::mark_included(const std::string& id, const Inclusion& inclusion, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_in(
            session, id,
            {IntentState::signed_, IntentState::sign_only, IntentState::broadcast,
             IntentState::mined, IntentState::confirmed, IntentState::reverted},
            "it was never signed, so it cannot be in a block");
        if (!intent) return std::unexpected{intent.error()};
        if (is_repeated(*intent, inclusion)) return {};
        if (is_final(intent->state)) return refused(intent->state, "that is final");
        return write_inclusion(session, id, inclusion, at);
    });
}

Status SqliteStore::mark_reorged(const std::string& id, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent =
            find_in(session, id, {IntentState::mined}, "only a mined one can lose its block");
        if (!intent) return std::unexpected{intent.error()};
        advance(session, id, IntentState::broadcast, at);
        run(session,
            "UPDATE intents SET block_number = NULL, block_hash = NULL, gas_used = NULL "
            "WHERE id = :id",
            id);
        return {};
    });
}

Status SqliteStore::release_unsigned(
    const std::string& id, const std::string& code, const std::string& message, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_in(
            session, id, {IntentState::reserved},
            "only one that is reserved and unsigned can be released");
        if (!intent) return std::unexpected{intent.error()};
        if (intent->hash || !intent->result.empty())
            return refused(intent->state, "a signature of it is stored");
        const auto released = release_reservation(session, id);
        if (!released) return released;
        run(session,
            "UPDATE intents SET state = 'failed', nonce = NULL, error_code = :code, "
            "error_message = :message, updated_at = :at WHERE id = :id",
            code, message, to_column(at), id);
        return {};
    });
}

}  // namespace chela::sidecar::store
