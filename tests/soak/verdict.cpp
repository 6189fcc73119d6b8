#include "tests/soak/verdict.hpp"

#include "chains/base/hex.hpp"
#include "tests/soak/budgets.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace chela::test::soak {
namespace {

using chains::lane::carries_the_intent;
using sidecar::store::AttemptRecord;
using sidecar::store::IntentRecord;
using sidecar::store::IntentState;

U256 sum(const U256& a, const U256& b) {
    return must(add(a, b));
}

std::string name_of(const IntentRecord& intent) {
    return fmt::format("intent {} ({})", intent.id, to_string(intent.state));
}

}  // namespace

Address address_of(const TestAgent& agent) {
    return must(parse_fixed<Address>(agent.address));
}

std::vector<IntentRecord> all_intents(sidecar::store::Store& store, const std::string& agent_id) {
    constexpr std::size_t kAll = 1'000'000;
    return must(store.intents(agent_id, kAll));
}

void Verdict::judge(const Account& account) {
    const auto signer = address_of(account.agent);
    for (const auto& what : account.troubles)
        trouble(fmt::format("agent {}: {}", account.agent.id, what));
    std::map<std::string, Known> known;
    for (const auto& payment : account.payments) {
        ++summary_.payments;
        for (const auto& attempt : payment.tries) {
            ++summary_.keys;
            if (!known.emplace(attempt.intent_id, Known{&payment, &attempt}).second)
                trouble("two keys are one intent, " + attempt.intent_id);
        }
    }
    const auto intents = all_intents(store_, account.agent.id);
    for (const auto& intent : intents) {
        const auto found = known.find(intent.id);
        if (found == known.end()) {
            trouble(name_of(intent) + " was never asked for");
            continue;
        }
        ++known_intents_;
        judge_intent(intent, found->second);
        known.erase(found);
    }
    for (const auto& [id, lost] : known)
        trouble(fmt::format("{}, intent {}, is not stored", lost.attempt->key, id));
    judge_payments(account, signer);
    judge_nonces(signer, intents);
    judge_budgets(account.agent.id, intents);
}

void Verdict::judge_intent(const IntentRecord& intent, const Known& known) {
    if (!is_final(intent.state)) trouble(name_of(intent) + " is not final");
    if (known.attempt->final_state != to_string(intent.state)) {
        trouble(fmt::format(
            "{} was {} when the agent looked", name_of(intent), known.attempt->final_state));
    }
    if (intent.value != known.payment->value) trouble(name_of(intent) + " has another value");
    if (!intent.nonce) return judge_without_nonce(intent, known);
    const auto attempts = must(store_.attempts(intent.id));
    summary_.attempts += static_cast<unsigned>(attempts.size());
    if (attempts.size() > 1) ++summary_.replaced;
    judge_place(intent, known, attempts);
}

void Verdict::judge_without_nonce(const IntentRecord& intent, const Known& known) {
    const bool was_withdrawn =
        intent.state == IntentState::cancelled && known.payment->is_cancel_wished;
    if (was_withdrawn) {
        ++summary_.cancelled;
        return;
    }
    ++summary_.refused;
    if (known.attempt->was_accepted)
        trouble(fmt::format("{} was accepted: {}", name_of(intent), intent.error_code));
    if (intent.hash) trouble(name_of(intent) + " was signed without a nonce");
}

/// What the chain has in its place is what its end says.
void Verdict::judge_place(
    const IntentRecord& intent, const Known& known, const std::vector<AttemptRecord>& attempts) {
    const auto found = chain_.transactions.find({intent.from, *intent.nonce});
    if (found == chain_.transactions.end())
        return trouble(fmt::format("{} left a hole at {}", name_of(intent), intent.nonce->value));
    const auto& mined = found->second;
    const auto attempt = std::ranges::find(attempts, mined.hash, &AttemptRecord::hash);
    if (attempt == attempts.end())
        return trouble(name_of(intent) + ": the chain has a transaction that is not stored");
    const bool is_payment = carries_the_intent(attempt->kind);
    const bool is_itself = is_payment ? mined.to == intent.to && mined.value == known.payment->value
                                      : mined.to == intent.from && mined.value == Wei{};
    if (!is_itself || !mined.data.empty() || !mined.succeeded)
        trouble(name_of(intent) + ": the chain has something else in its place");
    if (intent.state == IntentState::confirmed && is_payment) {
        ++summary_.confirmed;
    } else if (
        intent.state == IntentState::cancelled && !is_payment && known.payment->is_cancel_wished) {
        ++summary_.cancelled;
    } else {
        trouble(fmt::format(
            "{} ended otherwise than the chain: {}", name_of(intent), intent.error_message));
    }
}

/// From the chain alone: each payment has a value of its own.
void Verdict::judge_payments(const Account& account, const Address& signer) {
    std::map<Wei, unsigned> paid;
    for (const auto& [place, one] : chain_.transactions)
        if (place.first == signer && one.to != signer) ++paid[one.value];
    for (const auto& payment : account.payments) {
        const auto times = paid.contains(payment.value) ? paid.extract(payment.value).mapped() : 0;
        const auto& last = payment.tries.back();
        const auto wanted = last.final_state == "confirmed" ? 1U : 0U;
        if (times != wanted) {
            trouble(fmt::format("{} ({}) was paid {} times", last.key, last.final_state, times));
        }
        if (!last.was_accepted) trouble(last.key + " was never accepted");
    }
    for (const auto& [value, times] : paid)
        trouble(fmt::format("{} wei, which nobody asked for, were paid", to_decimal(value.value)));
}

/// Each nonce from 0 on is one intent's, on the chain and in the store.
void Verdict::judge_nonces(const Address& signer, const std::vector<IntentRecord>& intents) {
    std::set<Nonce> held;
    for (const auto& intent : intents)
        if (intent.nonce && !held.insert(*intent.nonce).second)
            trouble(fmt::format("nonce {} is two intents'", intent.nonce->value));
    std::uint64_t next = 0;
    for (const auto& [place, one] : chain_.transactions) {
        if (place.first != signer) continue;
        if (place.second != Nonce{next}) trouble(fmt::format("the chain lacks nonce {}", next));
        next = place.second.value + 1;
        if (!held.contains(place.second))
            trouble(fmt::format("nonce {} is no intent's", place.second.value));
        ++summary_.transactions;
        summary_.spent = sum(summary_.spent, one.value.value);
        summary_.fees = sum(summary_.fees, one.paid_fee.value);
    }
    if (held.size() != next)
        trouble(fmt::format("{} nonces are held, {} on the chain", held.size(), next));
}

/// The ledger has for each nonce what the rule makes of the attempts, and never less than the chain
/// took.
void Verdict::judge_budgets(const std::string& agent_id, const std::vector<IntentRecord>& intents) {
    auto taken = charged(store_, agent_id, troubles_);
    for (const auto& intent : intents) {
        if (!intent.nonce) continue;
        const auto has = taken[*intent.nonce];
        taken.erase(*intent.nonce);
        summary_.charged = sum(summary_.charged, has.fee);
        auto right =
            worst_case(must(store_.attempts(intent.id)), must(store_.reservation(intent.id)));
        const bool may_be_above = intent.goal != chains::lane::Goal::execute;
        if (may_be_above && has.fee > right.fee) {
            ++summary_.charged_above;
            right.fee = has.fee;
        }
        const auto mined = chain_.transactions.find({intent.from, *intent.nonce});
        const bool covers = mined != chain_.transactions.end() &&
                            has.fee >= mined->second.worst_fee.value &&
                            has.value >= mined->second.value.value;
        if (has != right || !covers) {
            trouble(fmt::format(
                "budgets: nonce {} of {} is charged {} and {} wei of fees, {} times; right are {}, "
                "{}, {}",
                intent.nonce->value, name_of(intent), to_decimal(has.value), to_decimal(has.fee),
                to_decimal(has.count), to_decimal(right.value), to_decimal(right.fee),
                to_decimal(right.count)));
        }
    }
    for (const auto& [nonce, amount] : taken)
        trouble(fmt::format("budgets: nonce {} is charged and no intent's", nonce.value));
}

void Verdict::judge_account(const Account& account, Nonce transactions, Wei balance, Wei before) {
    const auto signer = address_of(account.agent);
    U256 left = balance.value;
    std::uint64_t seen = 0;
    for (const auto& [place, one] : chain_.transactions) {
        if (place.first != signer) continue;
        ++seen;
        left = sum(left, one.paid_fee.value);
        if (one.to != signer) left = sum(left, one.value.value);
    }
    if (transactions != Nonce{seen}) {
        trouble(fmt::format(
            "the chain counts {} transactions of {} and has {}", transactions.value,
            account.agent.address, seen));
    }
    if (left != before.value) {
        trouble(fmt::format(
            "{} held {} wei; what is left and what was spent are {}", account.agent.address,
            to_decimal(before.value), to_decimal(left)));
    }
}

void Verdict::judge_store() {
    if (const auto whole = store_.verify_audit_chain(); !whole)
        trouble("audit: " + whole.error().detail);
    if (all_intents(store_, {}).size() != known_intents_) trouble("an intent belongs to no agent");
    for (const auto& what : chain_.troubles)
        trouble("chain: " + what);
}

}  // namespace chela::test::soak
