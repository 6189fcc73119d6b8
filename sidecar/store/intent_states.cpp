#include "sidecar/store/approval_row.hpp"
#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/intent_moves.hpp"
#include "sidecar/store/intent_row.hpp"
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

}  // namespace

Status SqliteStore::finish_unreserved(const IntentRecord& intent) {
    switch (intent.state) {
        case IntentState::denied:
        case IntentState::simulation_failed:
        case IntentState::failed:
        case IntentState::cancelled:
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
        case IntentState::stalled:
        case IntentState::cancelling:
        case IntentState::mined:
        case IntentState::confirmed:
        case IntentState::reverted:
        case IntentState::signed_message:
            return fail(
                ErrorCode::invalid_input,
                "an intent without a reservation ends denied, failed or cancelled only");
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

Status SqliteStore::note_problem(
    const std::string& id, const std::string& code, const std::string& message, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_head(session, id);
        if (!intent) return std::unexpected{intent.error()};
        if (is_final(intent->state)) return refused(intent->state, "that is final");
        run(session,
            "UPDATE intents SET error_code = :code, error_message = :message, updated_at = :at "
            "WHERE id = :id",
            code, message, to_column(at), id);
        return {};
    });
}

Result<IntentRecord> SqliteStore::give_up(
    const std::string& id,
    chains::lane::Goal goal,
    const std::string& code,
    const std::string& message,
    const policy::AuditEntry& audit) {
    if (goal == chains::lane::Goal::execute) {
        return fail(ErrorCode::invalid_input, "giving up is to cancel or to fill");
    }
    return connection_->write([&](Session& session) -> Result<IntentRecord> {
        const auto intent = find_intent(session, id);
        if (!intent) return intent;
        const auto given_up = give_up_in(session, *intent, goal, {code, message}, audit.at);
        if (!given_up) return std::unexpected{given_up.error()};
        auto after = find_intent(session, id);
        if (!after || after->state == intent->state) return after;
        const auto recorded = append_audit(session, audit);
        if (!recorded) return std::unexpected{recorded.error()};
        return after;
    });
}

Result<IntentRecord> SqliteStore::want_speed_up(
    const std::string& id, const std::string& fees, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) -> Result<IntentRecord> {
        const auto intent = find_in(
            session, id,
            {IntentState::signed_, IntentState::broadcast, IntentState::stalled,
             IntentState::cancelling},
            "only one that chela has signed and sends, and that is not mined, can be sped up");
        if (!intent) return std::unexpected{intent.error()};
        run(session, "UPDATE intents SET speed_up = :fees, updated_at = :at WHERE id = :id", fees,
            to_column(audit.at), id);
        const auto recorded = append_audit(session, audit);
        if (!recorded) return std::unexpected{recorded.error()};
        return find_intent(session, id);
    });
}

}  // namespace chela::sidecar::store
