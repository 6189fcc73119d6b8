#pragma once

#include "policy/ledger/ledger.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace chela::test {

/// A ledger in memory that really rolls back, and that can fail at the n-th call made inside a
/// transaction.
class FakeLedger final : public policy::Ledger {
public:
    struct State {
        std::map<std::string, policy::AgentRules> rules;
        std::vector<policy::SpentCharge> spent;  ///< settled ones, before those of reservations
        std::map<std::string, policy::Reservation> reservations;  ///< open ones, by intent
        std::vector<std::string> order;                           ///< of the reservations' intents
        std::map<std::string, policy::Approval> approvals;        ///< by intent
        std::map<std::string, TimePoint> approvals_end;           ///< by intent; absent: never
        std::vector<policy::AuditEntry> audit;
        std::vector<policy::DecisionEntry> decisions;
        TimePoint high_water;  ///< of `spent`; reservations raise it
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
        if (status) status = view.status();
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

    /// After a failed call every later one fails with the same error, as in the store.
    class View final : public policy::LedgerTransaction {
    public:
        explicit View(FakeLedger& ledger) : ledger_{ledger}, state_{ledger.state} {}

        Result<policy::AgentRules> rules(const std::string& agent_id) override {
            if (is_failing()) return std::unexpected{status_.error()};
            const auto found = state_.rules.find(agent_id);
            if (found == state_.rules.end()) return stop(ErrorCode::not_found, "no such agent");
            return found->second;
        }
        Result<std::vector<policy::SpentCharge>> sums(
            const policy::MeterKey& meter,
            const std::set<TimePoint>& edges,
            const std::string& slot) override {
            if (is_failing()) return std::unexpected{status_.error()};
            std::vector<policy::SpentCharge> out;
            std::map<std::pair<std::optional<ChainId>, TimePoint>, policy::SpentCharge> sums;
            for (auto& one : charges_of(meter)) {
                const auto after = edges.upper_bound(one.at);
                const bool is_open = one.at == policy::kStillOpen;
                if (!is_open && after == edges.begin()) continue;
                if (one.slot == slot) {
                    out.push_back(std::move(one));
                    continue;
                }
                one.slot.clear();
                const auto span = is_open ? one.at : *std::prev(after);
                const auto [sum, is_new] = sums.try_emplace({one.charge.chain, span}, one);
                if (is_new) continue;
                const auto total = add(sum->second.charge.amount, one.charge.amount);
                sum->second.charge.amount = total ? *total : U256::max();
                sum->second.at = std::max(sum->second.at, one.at);
            }
            for (auto& [group, sum] : sums)
                out.push_back(std::move(sum));
            return out;
        }
        Result<TimePoint> high_water() override {
            if (is_failing()) return std::unexpected{status_.error()};
            return state_.high_water;
        }
        Result<std::optional<Nonce>> highest_nonce(const policy::Lane& lane) override {
            if (is_failing()) return std::unexpected{status_.error()};
            std::optional<Nonce> highest;
            for (const auto& [id, held] : state_.reservations) {
                if (held.lane == lane) highest = std::max(highest, held.nonce);
            }
            return highest;
        }
        Result<std::optional<policy::Approval>> approval(
            const std::string& intent_id, TimePoint now) override {
            if (is_failing()) return std::unexpected{status_.error()};
            const auto found = state_.approvals.find(intent_id);
            const auto end = state_.approvals_end.find(intent_id);
            if (found == state_.approvals.end() ||
                (end != state_.approvals_end.end() && end->second <= now)) {
                return std::nullopt;
            }
            return found->second;
        }
        Result<policy::Reservation> reservation(const std::string& intent_id) override {
            if (is_failing()) return std::unexpected{status_.error()};
            const auto found = state_.reservations.find(intent_id);
            if (found == state_.reservations.end())
                return stop(ErrorCode::not_found, "nothing reserved");
            return found->second;
        }
        Status reserve(const policy::Reservation& reservation) override {
            if (is_failing()) return std::unexpected{status_.error()};
            if (reservation.lane.has_value() != reservation.nonce.has_value() ||
                reservation.slot.empty()) {
                return stop(ErrorCode::invalid_input, "a lane without a nonce, or no slot");
            }
            const auto own = state_.reservations.find(reservation.intent_id);
            if (own != state_.reservations.end()) return replace(own->second, reservation);
            for (const auto& [id, held] : state_.reservations) {
                if (held.slot == reservation.slot)
                    return stop(ErrorCode::conflict, "the slot is taken");
            }
            state_.reservations.emplace(reservation.intent_id, reservation);
            state_.order.push_back(reservation.intent_id);
            state_.high_water = std::max(state_.high_water, reservation.at);
            return {};
        }
        Status record(const policy::AuditEntry& entry) override {
            if (is_failing()) return status_;
            state_.audit.push_back(entry);
            return {};
        }
        Status record(const policy::DecisionEntry& entry) override {
            if (is_failing()) return status_;
            state_.decisions.push_back(entry);
            return {};
        }

        [[nodiscard]] const Status& status() const { return status_; }

    private:
        bool is_failing() {
            if (++ledger_.calls == ledger_.fail_at) status_ = broken();
            return !status_;
        }
        [[nodiscard]] std::vector<policy::SpentCharge> charges_of(
            const policy::MeterKey& meter) const {
            std::vector<policy::SpentCharge> out;
            for (const auto& entry : state_.spent)
                if (entry.charge.key == meter) out.push_back(entry);
            for (const auto& id : state_.order) {
                const auto& held = state_.reservations.at(id);
                for (const auto& charge : held.charges)
                    if (charge.key == meter) out.push_back({charge, held.slot, policy::kStillOpen});
            }
            return out;
        }
        /// Another preimage for a transaction's slot: each meter's larger amount stays.
        Status replace(policy::Reservation& held, policy::Reservation wanted) {
            if (!held.lane || held.slot != wanted.slot) {
                return stop(ErrorCode::conflict, "reserved already");
            }
            for (const auto& charge : held.charges) {
                const auto same =
                    std::ranges::find(wanted.charges, charge.key, &policy::Charge::key);
                if (same == wanted.charges.end()) {
                    wanted.charges.push_back(charge);
                } else {
                    same->amount = std::max(same->amount, charge.amount);
                }
            }
            state_.high_water = std::max(state_.high_water, wanted.at);
            held = std::move(wanted);
            return {};
        }
        std::unexpected<Error> stop(ErrorCode code, std::string detail) {
            status_ = fail(code, std::move(detail));
            return std::unexpected{status_.error()};
        }

        FakeLedger& ledger_;
        State& state_;
        Status status_;
    };
};

}  // namespace chela::test
