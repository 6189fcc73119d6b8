#include "sidecar/store/columns.hpp"
#include "sidecar/store/intent_row.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

const std::string kByKey =
    "WHERE i.agent_id = :agent_id AND i.idempotency_hash = :idempotency_hash";

Result<IntentRecord> only_one(Result<std::vector<IntentRecord>> found) {
    if (!found) return std::unexpected{found.error()};
    if (!found->empty()) return std::move(found->front());
    return fail(ErrorCode::not_found, "this agent has no such intent");
}

Status insert(Session& session, const IntentRecord& intent) {
    const auto chain_id = to_column(intent.chain_id.value, "chain id");
    if (!chain_id) return std::unexpected{chain_id.error()};
    const auto to = intent.to ? std::optional{to_hex(*intent.to)} : std::nullopt;
    run(session,
        "INSERT INTO intents(id, agent_id, idempotency_hash, fingerprint, state, operation, "
        "sign_only, chain, chain_id, signing_key_id, from_address, to_address, value, "
        "max_fee_per_gas, "
        "max_priority_fee_per_gas, simulation_id, simulation_status, error_code, error_message, "
        "violations, request, valid_until, created_at, updated_at) VALUES(:id, :agent_id, "
        ":idempotency_hash, "
        ":fingerprint, 'received', :operation, :sign_only, :chain, :chain_id, :signing_key_id, "
        ":from_address, "
        ":to_address, :value, :max_fee_per_gas, :max_priority_fee_per_gas, :simulation_id, "
        ":simulation_status, :error_code, :error_message, :violations, :request, :valid_until, "
        ":created_at, :updated_at)",
        intent.id, intent.agent_id, intent.idempotency_hash, intent.fingerprint,
        std::string{policy::to_string(intent.operation)}, Integer{intent.sign_only ? 1 : 0},
        intent.chain, *chain_id, intent.signing_key_id, to_hex(intent.from), to,
        to_column(intent.value), intent.max_fee_per_gas, intent.max_priority_fee_per_gas,
        intent.simulation_id, intent.simulation_status, intent.error_code, intent.error_message,
        intent.violations, intent.request, to_column(intent.valid_until),
        to_column(intent.created_at), to_column(intent.updated_at));
    return {};
}

}  // namespace

Result<InsertedIntent> SqliteStore::insert_intent(const IntentRecord& intent) {
    if (intent.state != IntentState::received) {
        return fail(ErrorCode::invalid_input, "a new intent starts as `received`");
    }
    return connection_->write([&](Session& session) -> Result<InsertedIntent> {
        auto found = select_intents(session, kByKey, intent.agent_id, intent.idempotency_hash);
        if (!found) return std::unexpected{found.error()};
        if (!found->empty()) {
            auto& stored = found->front();
            if (stored.fingerprint == intent.fingerprint)
                return InsertedIntent{std::move(stored), false};
            return fail(
                ErrorCode::conflict,
                "this Idempotency-Key was used for another request; use a new key for a new "
                "request",
                "E_IDEMPOTENCY_MISMATCH");
        }
        const auto inserted = insert(session, intent);
        if (!inserted) return std::unexpected{inserted.error()};
        return InsertedIntent{intent, true};
    });
}

Result<IntentRecord> SqliteStore::intent(const std::string& id) {
    return connection_->read([&](Session& session) { return find_intent(session, id); });
}

Result<IntentRecord> SqliteStore::intent_by_key(
    const std::string& agent_id, const std::string& idempotency_hash) {
    return connection_->read([&](Session& session) {
        return only_one(select_intents(session, kByKey, agent_id, idempotency_hash));
    });
}

Result<IntentRecord> SqliteStore::intent_by_transaction(
    const std::string& agent_id, const TxHash& hash) {
    return connection_->read([&](Session& session) {
        return only_one(select_intents(
            session,
            "WHERE i.agent_id = :agent_id AND i.id IN (SELECT intent_id FROM attempts WHERE hash "
            "= :hash)",
            agent_id, to_hex(hash)));
    });
}

Result<std::vector<IntentRecord>> SqliteStore::intents(
    const std::string& agent_id, std::size_t limit) {
    const std::string order =
        "ORDER BY i.created_at DESC, i.rowid DESC LIMIT CAST(:rows AS INTEGER)";
    const auto rows = std::to_string(std::min<std::size_t>(limit, std::numeric_limits<int>::max()));
    return connection_->read([&](Session& session) {
        return agent_id.empty()
                   ? select_intents(session, order, rows)
                   : select_intents(
                         session, "WHERE i.agent_id = :agent_id " + order, agent_id, rows);
    });
}

Result<std::vector<IntentRecord>> SqliteStore::open_intents() {
    return connection_->read([](Session& session) {
        return select_intents(
            session, fmt::format("WHERE {} ORDER BY i.chain_id, i.from_address, i.nonce", kIsOpen));
    });
}

Result<std::vector<IntentRecord>> SqliteStore::open_intents_of(const policy::Lane& lane) {
    return connection_->read([&](Session& session) {
        return select_intents(
            session,
            fmt::format(
                "WHERE i.chain_id = :chain_id AND i.from_address = :address AND {} ORDER BY "
                "i.nonce",
                kIsOpen),
            std::to_string(lane.chain.value), to_hex(lane.address));
    });
}

Result<std::vector<IntentRecord>> SqliteStore::unsigned_messages() {
    return connection_->read([](Session& session) {
        return select_intents(
            session,
            "WHERE i.state = 'reserved' AND i.nonce IS NULL ORDER BY i.created_at, i.rowid");
    });
}

Result<std::vector<IntentRecord>> SqliteStore::received_intents() {
    return connection_->read([](Session& session) {
        return select_intents(session, "WHERE i.state = 'received' ORDER BY i.created_at, i.rowid");
    });
}

}  // namespace chela::sidecar::store
