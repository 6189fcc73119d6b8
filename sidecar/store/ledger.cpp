#include "sidecar/store/admin_key_row.hpp"
#include "sidecar/store/approval_row.hpp"
#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/charges.hpp"
#include "sidecar/store/policy_row.hpp"
#include "sidecar/store/reservations.hpp"
#include "sidecar/store/sqlite_handle.hpp"
#include "sidecar/store/sqlite_store.hpp"

namespace chela::sidecar::store {
namespace {

/// After a failed call nothing more is done and nothing is committed: SQLite may have ended the
/// transaction by itself, and what follows would then stand alone.
class SqliteTransaction final : public policy::LedgerTransaction {
public:
    SqliteTransaction(Session& session, PolicyCache& cache, const LaneOwnership& ownership)
        : session_{session},
          cache_{cache},
          ownership_{ownership} {}

    Result<policy::AgentRules> rules(const std::string& agent_id) override {
        return attempt([&] { return select_rules(session_, cache_, agent_id); });
    }
    Result<std::vector<policy::SpentCharge>> sums(
        const policy::MeterKey& meter,
        const std::set<TimePoint>& edges,
        const std::string& slot) override {
        return attempt([&] { return select_sums(session_, meter, edges, slot); });
    }
    Result<TimePoint> high_water() override {
        return attempt([&] { return store::high_water(session_); });
    }
    Result<std::optional<Nonce>> highest_nonce(const policy::Lane& lane) override {
        return attempt([&] { return store::highest_nonce(session_, lane); });
    }
    Result<std::optional<policy::Approval>> approval(
        const std::string& intent_id, TimePoint now) override {
        return attempt([&]() -> Result<std::optional<policy::Approval>> {
            const auto latest = latest_approval(session_, intent_id);
            if (!latest) return std::unexpected{latest.error()};
            auto approval = *latest ? approval_of(**latest, now) : std::nullopt;
            if (!approval) return std::nullopt;
            const auto removed = removed_approvers(session_);
            if (!removed) return std::unexpected{removed.error()};
            for (const auto& approver : *removed)
                approval->approvers.erase(approver);
            return approval;
        });
    }
    Result<policy::Reservation> reservation(const std::string& intent_id) override {
        return attempt([&] { return find_reservation(session_, intent_id); });
    }
    Status reserve(const policy::Reservation& reservation) override {
        return attempt([&] { return insert_reservation(session_, ownership_, reservation); });
    }
    Status record(const policy::AuditEntry& entry) override {
        return attempt([&] { return append_audit(session_, entry); });
    }
    Status record(const policy::DecisionEntry& entry) override {
        return attempt([&]() -> Status {
            insert_decision(session_, entry);
            return {};
        });
    }

    [[nodiscard]] const Status& status() const { return status_; }

private:
    template <class Body>
    std::invoke_result_t<Body&> attempt(Body body) {
        if (!status_) return std::unexpected{status_.error()};
        // Ended by SQLite in a call of the store that the body made meanwhile.
        if (!is_in_transaction(session_)) status_ = ended_by_itself();
        if (!status_) return std::unexpected{status_.error()};
        auto result = guarded(body);
        if (!result) status_ = std::unexpected{result.error()};
        return result;
    }

    Session& session_;
    PolicyCache& cache_;
    const LaneOwnership& ownership_;
    Status status_;
};

}  // namespace

Status SqliteStore::transact(const std::function<Status(policy::LedgerTransaction&)>& body) {
    return connection_->write([&](Session& session) -> Status {
        SqliteTransaction transaction{session, policy_cache_, ownership_};
        auto status = body(transaction);
        return status ? transaction.status() : status;
    });
}

Result<policy::Reservation> SqliteStore::reservation(const std::string& intent_id) {
    return connection_->read(
        [&](Session& session) { return find_reservation(session, intent_id); });
}

Result<std::vector<policy::SpentCharge>> SqliteStore::charges(
    const std::vector<policy::MeterKey>& meters, TimePoint since) {
    return connection_->read(
        [&](Session& session) { return select_charges(session, meters, since); });
}

}  // namespace chela::sidecar::store
