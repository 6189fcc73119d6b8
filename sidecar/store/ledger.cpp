#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/reservations.hpp"
#include "sidecar/store/sqlite_store.hpp"

namespace chela::sidecar::store {
namespace {

struct RulesRow {
    Integer is_active{}, may_sign{};
    std::string guardrails;

    auto columns() { return std::tie(is_active, may_sign, guardrails); }
    [[nodiscard]] Result<policy::AgentRules> record() const {
        auto rules = policy::from_storage(guardrails);
        if (!rules) return std::unexpected{rules.error()};
        return policy::AgentRules{
            .is_active = is_active == 1,
            .may_sign = may_sign == 1,
            .guardrails = *std::move(rules)};
    }
};

/// After a failed call nothing more is done and nothing is committed: SQLite may have ended the
/// transaction by itself, and what follows would then stand alone.
class SqliteTransaction final : public policy::LedgerTransaction {
public:
    explicit SqliteTransaction(soci::session& session) : session_{session} {}

    Result<policy::AgentRules> rules(const std::string& agent_id) override {
        return attempt([&]() -> Result<policy::AgentRules> {
            auto found = select_one<RulesRow>(
                session_,
                "SELECT is_active, intents_api_enabled, guardrails FROM agents WHERE id = :id",
                agent_id);
            if (!found) return std::unexpected{found.error()};
            if (!*found) return fail(ErrorCode::not_found, "there is no such agent");
            return **std::move(found);
        });
    }
    Result<std::vector<policy::SpendEntry>> spends(
        const std::string& agent_id, TimePoint since) override {
        return attempt([&] { return select_spends(session_, agent_id, since); });
    }
    Result<std::optional<Nonce>> highest_nonce(const policy::Lane& lane) override {
        return attempt([&] { return store::highest_nonce(session_, lane); });
    }
    Status reserve(const policy::Reservation& reservation) override {
        return attempt([&] { return insert_reservation(session_, reservation); });
    }
    Status record(const policy::AuditEntry& entry) override {
        return attempt([&] { return append_audit(session_, entry); });
    }

    [[nodiscard]] const Status& status() const { return status_; }

private:
    template <class Body>
    std::invoke_result_t<Body&> attempt(Body body) {
        if (!status_) return std::unexpected{status_.error()};
        auto result = guarded(body);
        if (!result) status_ = std::unexpected{result.error()};
        return result;
    }

    soci::session& session_;
    Status status_;
};

}  // namespace

Status SqliteStore::transact(const std::function<Status(policy::LedgerTransaction&)>& body) {
    return connection_->write([&](soci::session& session) -> Status {
        SqliteTransaction transaction{session};
        auto status = body(transaction);
        return status ? transaction.status() : status;
    });
}

Result<policy::Reservation> SqliteStore::reservation(const std::string& intent_id) {
    return connection_->read(
        [&](soci::session& session) { return find_reservation(session, intent_id); });
}

}  // namespace chela::sidecar::store
