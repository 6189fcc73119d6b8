#include "tests/lifecycle/invariants.hpp"

#include "chains/fees/fees.hpp"
#include "policy/rules/compile.hpp"
#include "tests/lifecycle/event_log.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace chela::test::lifecycle {
namespace {

namespace lane = chains::lane;
namespace store = sidecar::store;
using store::IntentState;

class Check {
public:
    explicit Check(const Ended& ended) : ended_{ended} {
        for (const auto& signer : ended_.signers)
            for (auto& one : ended_.universe.chain->canonical(signer))
                canonical_.emplace(std::pair{signer, one.nonce}, std::move(one));
        auto intents = ended_.store.intents({}, 1'000);
        if (!intents) bug("the store of a life does not answer");
        intents_ = *std::move(intents);
    }

    void all() {
        for (const auto& intent : intents_)
            check_intent(intent);
        check_payments();
        check_foreign();
        check_spending();
        check_event_log(ended_);
        if (const auto ok = ended_.store.verify_audit_chain(); !ok)
            wrong("audit", ok.error().detail);
    }

private:
    void wrong(std::string_view invariant, std::string_view what) {
        ended_.universe.troubles.push_back(fmt::format("{}: {}", invariant, what));
    }

    std::vector<store::AttemptRecord> attempts_of(const store::IntentRecord& intent) {
        auto attempts = ended_.store.attempts(intent.id);
        if (!attempts) bug("the store of a life does not answer");
        return *std::move(attempts);
    }

    void check_intent(const store::IntentRecord& intent) {
        const auto attempts = attempts_of(intent);
        check_attempts(intent, attempts);
        const bool never_began =
            intent.state == IntentState::denied || intent.state == IntentState::simulation_failed;
        if (never_began && (intent.nonce || !attempts.empty()))
            wrong("I14", "a denied intent has a nonce or a signature");
        if (intent.nonce) {
            if (!slots_.emplace(intent.from, *intent.nonce).second)
                wrong("I2", "a nonce belongs to two intents");
            check_end(intent, attempts);
        }
    }

    /// What the chain has for its nonce is what its end says.
    void check_end(
        const store::IntentRecord& intent, const std::vector<store::AttemptRecord>& attempts) {
        const auto found = canonical_.find({intent.from, *intent.nonce});
        const auto name = fmt::format("{} ({})", intent.id, to_string(intent.state));
        if (found == canonical_.end()) return wrong("I5", name + " left a hole");
        const bool is_foreign = ended_.foreign.contains(found->second.hash);
        const bool says_so = intent.error_code == "E_NONCE_FOREIGN";
        if (is_foreign != says_so || (is_foreign && intent.state != IntentState::failed))
            wrong("I13", name + (is_foreign ? ": its nonce is a stranger's" : ": it was not lost"));
        if (is_foreign) return;
        const auto mined =
            std::ranges::find(attempts, found->second.hash, &store::AttemptRecord::hash);
        if (mined == attempts.end())
            return wrong("I1", name + ": the chain has a transaction that is not stored");
        const bool was_carried = lane::carries_the_intent(mined->kind);
        switch (intent.state) {
            case IntentState::confirmed:
            case IntentState::reverted:
                if (!was_carried) wrong("I13", name + ": nothing was mined in its place");
                return;
            case IntentState::cancelled:
            case IntentState::failed:
                if (was_carried) wrong("I13", name + ": it was mined");
                return;
            case IntentState::received:
            case IntentState::awaiting_approval:
            case IntentState::denied:
            case IntentState::simulation_failed:
            case IntentState::reserved:
            case IntentState::signed_:
            case IntentState::sign_only:
            case IntentState::broadcast:
            case IntentState::stalled:
            case IntentState::cancelling:
            case IntentState::mined:
            case IntentState::signed_message:
                return wrong("I5", name + " has not ended");
        }
        bug("an IntentState that does not exist");
    }

    void check_attempts(
        const store::IntentRecord& intent, const std::vector<store::AttemptRecord>& attempts) {
        const auto cap = chain_of_lives().max_fee_per_transaction;
        std::optional<chains::Transaction> before;
        for (const auto& attempt : attempts) {
            const auto decoded = chains::decode_signed(attempt.signed_bytes);
            if (!decoded) {
                wrong("I10", decoded.error().detail);
                continue;
            }
            const auto& transaction = decoded->transaction;
            if (decoded->sender != intent.from || decoded->hash != attempt.hash)
                wrong("I10", "a signature is not the signer's");
            const auto fee = chains::max_fee(transaction);
            if (!fee || *fee > cap) wrong("I8", "an attempt is over the cap");
            check_content(intent, attempt.kind, transaction);
            if (before) check_raise(*before, transaction);
            before = transaction;
        }
    }

    void check_content(
        const store::IntentRecord& intent,
        lane::AttemptKind kind,
        const chains::Transaction& transaction) {
        const bool is_same =
            chains::to(transaction) == intent.to && chains::value(transaction) == intent.value;
        const bool is_nothing = chains::to(transaction) == intent.from &&
                                chains::value(transaction) == Wei{} &&
                                chains::data(transaction).empty();
        const bool is_right = lane::carries_the_intent(kind) ? is_same : is_nothing;
        if (!is_right || chains::nonce(transaction) != intent.nonce.value_or(Nonce{}))
            wrong("I4", fmt::format("a {} of {} does something else", to_string(kind), intent.id));
    }

    /// Written anew from geth's words: higher, and not below 110 % rounded down.
    void check_raise(const chains::Transaction& before, const chains::Transaction& after) {
        const auto is_raised = [](const Wei& old, const Wei& wanted) {
            const auto tenth = divide(*multiply(old.value, U256{110}), 100).quotient;
            return wanted > old && wanted.value >= tenth;
        };
        const auto old = std::get<chains::fees::Eip1559Fees>(chains::fees::fees_of(before));
        const auto wanted = std::get<chains::fees::Eip1559Fees>(chains::fees::fees_of(after));
        if (!is_raised(old.max_fee_per_gas, wanted.max_fee_per_gas) ||
            !is_raised(old.max_priority_fee_per_gas, wanted.max_priority_fee_per_gas))
            wrong("I7", "a replacement that geth does not take");
    }

    /// I1, from the chain alone: each asked for an amount of its own.
    void check_payments() {
        std::map<U256, unsigned> payments;
        for (const auto& [place, one] : canonical_)
            if (one.to == ended_.payee) ++payments[one.value.value];
        for (const auto& [value, count] : payments) {
            if (count > 1)
                wrong("I1", fmt::format("{} was paid {} times", to_decimal(value), count));
            bool is_wished = false;
            for (std::size_t i = 0; i < ended_.asked.size(); ++i) {
                is_wished = is_wished || ended_.asked[i].request.value.value == value ||
                            other_value(i).value == value;
            }
            if (!is_wished) wrong("I1", "a payment that nobody asked for");
        }
    }

    /// Nothing of these accounts is on the chain that no intent holds.
    void check_foreign() {
        for (const auto& [place, one] : canonical_)
            if (!slots_.contains(place) && !ended_.foreign.contains(one.hash))
                wrong("I1", "a transaction that no intent holds");
    }

    /// What nobody could charge.
    U256 taken_by_others(const Address& signer) {
        U256 taken;
        for (const auto& [place, one] : canonical_) {
            if (place.first == signer && ended_.foreign.contains(one.hash))
                taken = *add(taken, *add(one.value.value, one.fee.value));
        }
        return taken;
    }

    /// What was charged is never less than what the chain took.
    void check_spending() {
        for (std::size_t i = 0; i < ended_.signers.size(); ++i) {
            const auto spent = ended_.universe.chain->spent(ended_.signers[i]);
            U256 charged = taken_by_others(ended_.signers[i]);
            for (const auto& intent : intents_) {
                if (intent.from != ended_.signers[i] || !intent.nonce) continue;
                const auto reservation = ended_.store.reservation(intent.id);
                if (!reservation) continue;
                for (const auto& charge : reservation->charges) {
                    const bool is_money = charge.key.meter == policy::kGuardrailValueBudget ||
                                          charge.key.meter == policy::kGuardrailFeeBudget;
                    if (is_money) charged = *add(charged, charge.amount);
                }
            }
            if (charged < *add(spent.value.value, spent.fees.value))
                wrong("budget", "the chain took more than was charged");
        }
    }

    const Ended& ended_;
    std::map<std::pair<Address, Nonce>, fake_node::Canonical> canonical_;
    std::vector<store::IntentRecord> intents_;
    std::set<std::pair<Address, Nonce>> slots_;
};

}  // namespace

void check_invariants(const Ended& ended) {
    Check{ended}.all();
}

}  // namespace chela::test::lifecycle
