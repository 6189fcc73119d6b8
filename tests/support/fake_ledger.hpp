#pragma once

#include "policy/ledger/ledger.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace chela::test {

/// A ledger in memory that really rolls back, and that can fail at the n-th call made inside a
/// transaction.
class FakeLedger final : public policy::Ledger {
public:
    struct State {
        std::map<std::string, policy::AgentRules> rules;
        std::map<std::string, std::vector<policy::SpendEntry>>
            spends;  ///< beside those of reservations
        std::map<std::string, policy::Reservation> reservations;
        std::vector<policy::AuditEntry> audit;
    };

    State state;
    int fail_at = 0;  ///< 1: the first call of the next transaction fails; 0: none
    bool fail_commit = false;
    int transactions = 0;
    int calls = 0;  ///< made in the last transaction

    Status transact(const std::function<Status(policy::LedgerTransaction&)>& body) override {
        ++transactions;
        calls = 0;
        const auto before = state;
        View view{*this};
        auto status = body(view);
        if (status && fail_commit) status = broken();
        if (!status) state = before;
        return status;
    }

    Result<policy::Reservation> reservation(const std::string& intent_id) override {
        const auto found = state.reservations.find(intent_id);
        if (found == state.reservations.end())
            return fail(ErrorCode::not_found, "nothing reserved");
        return found->second;
    }

private:
    static std::unexpected<Error> broken() {
        return fail(ErrorCode::unavailable, "fails for the test");
    }

    class View final : public policy::LedgerTransaction {
    public:
        explicit View(FakeLedger& ledger) : ledger_{ledger} {}

        Result<policy::AgentRules> rules(const std::string& agent_id) override {
            if (is_failing()) return broken();
            const auto found = ledger_.state.rules.find(agent_id);
            if (found == ledger_.state.rules.end())
                return fail(ErrorCode::not_found, "no such agent");
            return found->second;
        }
        Result<std::vector<policy::SpendEntry>> spends(
            const std::string& agent_id, TimePoint since) override {
            if (is_failing()) return broken();
            std::vector<policy::SpendEntry> out;
            for (const auto& entry : ledger_.state.spends[agent_id]) {
                if (entry.at >= since) out.push_back(entry);
            }
            for (const auto& [id, held] : ledger_.state.reservations) {
                if (held.agent_id == agent_id && held.at >= since) {
                    out.push_back({held.lane.chain, held.value, held.max_fee, held.at});
                }
            }
            return out;
        }
        Result<std::optional<Nonce>> highest_nonce(const policy::Lane& lane) override {
            if (is_failing()) return broken();
            std::optional<Nonce> highest;
            for (const auto& [id, held] : ledger_.state.reservations) {
                if (held.lane == lane) highest = std::max(highest, std::optional{held.nonce});
            }
            return highest;
        }
        Status reserve(const policy::Reservation& reservation) override {
            if (is_failing()) return broken();
            if (!ledger_.state.reservations.try_emplace(reservation.intent_id, reservation)
                     .second) {
                return fail(ErrorCode::conflict, "reserved already");
            }
            return {};
        }
        Status record(const policy::AuditEntry& entry) override {
            if (is_failing()) return broken();
            ledger_.state.audit.push_back(entry);
            return {};
        }

    private:
        bool is_failing() { return ++ledger_.calls == ledger_.fail_at; }
        FakeLedger& ledger_;
    };
};

}  // namespace chela::test
