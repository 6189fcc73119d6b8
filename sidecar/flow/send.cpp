// Intents::send: a transaction, from its draft to the lane's worker.
#include "chains/base/hex.hpp"
#include "sidecar/flow/ending.hpp"
#include "sidecar/flow/gate_request.hpp"
#include "sidecar/flow/gone.hpp"
#include "sidecar/flow/lane_room.hpp"
#include "sidecar/flow/one_commit.hpp"
#include "sidecar/flow/pricing.hpp"
#include "sidecar/flow/submit.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

namespace chela::sidecar::flow {

namespace simulation = chains::simulation;
using store::IntentRecord;
using store::IntentState;

namespace {

void show_fees(IntentRecord& intent, const chains::Transaction& transaction) {
    if (const auto* typed = std::get_if<chains::Eip1559Transaction>(&transaction)) {
        intent.max_fee_per_gas = to_decimal(typed->max_fee_per_gas.value);
        intent.max_priority_fee_per_gas = to_decimal(typed->max_priority_fee_per_gas.value);
    }
}

/// It would revert, or could not be run.
IntentStep finish_unsimulated(
    Services& services, IntentRecord intent, Simulated one, Deadline deadline) {
    const std::string why = one.revert_reason.empty() ? one.result.error : one.revert_reason;
    const bool reverted = one.result.outcome == simulation::Outcome::reverted;
    intent.simulation_id = one.id;
    intent.simulation_status = std::string{to_string(one.result.outcome)};
    if (auto kept = co_await keep(services, {std::move(one.record)}, deadline); !kept)
        co_return std::unexpected{kept.error()};
    co_return co_await finish(
        services, std::move(intent), IntentState::simulation_failed,
        reverted ? "E_WOULD_REVERT" : "E_SIMULATION_ERROR",
        (reverted ? "the transaction would revert: " : "the transaction cannot run: ") + why,
        deadline);
}

}  // namespace

Intents::Step Intents::send(IntentRecord intent, IntentRequest request, Deadline deadline) {
    const auto found = client_for(*services_.chains, request.chain.chain_id);
    if (!found) co_return std::unexpected{found.error()};
    const auto& client = *found;
    if (request.valid_until && services_.clock.now() >= *request.valid_until) {
        co_return co_await finish(
            services_, std::move(intent), IntentState::cancelled, "E_VALID_UNTIL",
            "its time (valid_until) was over before anything was signed", deadline);
    }
    if (auto ok = co_await client->verify_chain_id(deadline); !ok)
        co_return std::unexpected{ok.error()};
    auto transaction = co_await draft(*client, request, deadline);
    if (!transaction) co_return std::unexpected{transaction.error()};
    const auto chain_nonce =
        co_await first_free_nonce(client, {intent.chain_id, intent.from}, deadline);
    if (!chain_nonce) co_return std::unexpected{chain_nonce.error()};

    Candidate candidate{
        .gate = gate_request(intent, *transaction, request.chain, services_.clock.now()),
        .chain = request.chain,
        .simulations = {}};
    candidate.gate.requested_nonce = request.nonce;
    candidate.gate.chain_nonce = *chain_nonce;
    auto ahead = co_await services_.on_store<policy::GateOutcome>(
        deadline,
        [this_services = &services_, intent,
         gate = candidate.gate]() -> Result<policy::GateOutcome> {
            auto checked = this_services->gate.check(gate);
            if (checked || checked.error().reason != "E_NONCE_NOT_NEXT") return checked;
            // What holds the lane up says more than that another nonce is next.
            if (auto ok = check_not_held(this_services->store, intent); !ok)
                return std::unexpected{ok.error()};
            return checked;
        });
    if (!ahead) co_return std::unexpected{ahead.error()};
    if (ahead->decision.verdict == policy::Verdict::deny) {
        count(services_, ahead->decision);
        co_return co_await finish_denied(
            services_, std::move(intent), std::move(ahead->decision), deadline);
    }
    candidate.is_simulated =
        options_.require_simulation || request.simulate_first || ahead->wants_simulation;
    candidate.max_age = ahead->max_simulation_age;
    transaction = co_await with_gas(*client, *transaction, request, intent.from, deadline);
    if (!transaction) {
        if (candidate.is_simulated && transaction.error().code == ErrorCode::reverted) {
            co_return co_await explain_revert(
                std::move(intent), std::move(request), transaction.error(), deadline);
        }
        co_return std::unexpected{transaction.error()};
    }
    candidate.gate.content = *std::move(transaction);
    co_return co_await prove_and_settle(std::move(intent), std::move(candidate), *client, deadline);
}

/// A lane begins where all nodes say: one's word too high would leave a hole for good.
boost::asio::awaitable<Result<Nonce>> Intents::first_free_nonce(
    std::shared_ptr<node::ChainClient> client, policy::Lane lane, Deadline deadline) {
    auto count = co_await client->transaction_count(lane.address, deadline);
    if (!count || client->endpoints() < 2) co_return count;
    const auto is_fresh = co_await services_.on_store<bool>(
        deadline, [&store = services_.store, lane] { return store.is_fresh(lane); });
    if (!is_fresh) co_return std::unexpected{is_fresh.error()};
    if (!*is_fresh) co_return count;
    const auto all = co_await client->transaction_counts(lane.address, deadline);
    const auto health = client->health();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool agrees = all[i] ? *all[i] == *count : health[i].silent_for >= kGoneAfter;
        if (agrees) continue;
        co_return fail(
            ErrorCode::unavailable,
            "the chain's nodes do not all say how many transactions this account has sent, and "
            "chela has not sent any for it yet; try again when they agree",
            "E_NODES_DISAGREE");
    }
    co_return count;
}

/// Nothing of the transaction changes from here on: what is simulated is what is signed.
Intents::Step Intents::prove_and_settle(
    IntentRecord intent, Candidate candidate, node::ChainClient& client, Deadline deadline) {
    if (candidate.is_simulated) {
        auto simulated = co_await simulate_exactly(std::move(intent), &candidate, deadline);
        if (!simulated || store::is_final(simulated->state)) co_return simulated;
        intent = *std::move(simulated);
    }
    // The token is asked before the nonce is taken: one that is known to be away costs nothing.
    if (auto usable = co_await probe_key(intent.signing_key_id, deadline); !usable) {
        co_return std::unexpected{usable.error()};
    }
    const auto balance = co_await client.balance(intent.from, deadline);
    if (!balance) co_return std::unexpected{balance.error()};
    if (candidate.is_simulated) {
        auto fresh = co_await freshen(std::move(intent), &candidate, client, deadline);
        if (!fresh || store::is_final(fresh->state)) co_return fresh;
        intent = *std::move(fresh);
    }
    co_return co_await reserve_and_settle(
        std::move(intent), std::move(candidate), *balance, deadline);
}

/// Leaves in the candidate what was seen of its transaction.
Intents::Step Intents::simulate_exactly(
    IntentRecord intent, Candidate* candidate, Deadline deadline) {
    const auto& transaction = std::get<chains::Transaction>(candidate->gate.content);
    SimulationOrder order{
        .agent_id = intent.agent_id,
        .intent_id = intent.id,
        .chain = candidate->chain,
        .transactions = {to_simulate(transaction, intent.from)}};
    auto simulated = co_await simulate(services_, std::move(order), deadline);
    if (!simulated) co_return std::unexpected{simulated.error()};
    auto& one = simulated->front();
    if (one.result.outcome != simulation::Outcome::success) {
        co_return co_await finish_unsimulated(
            services_, std::move(intent), std::move(one), deadline);
    }
    intent.simulation_id = one.id;
    intent.simulation_status = std::string{to_string(one.result.outcome)};
    if (!one.changes) {
        if (auto kept = co_await keep(services_, {std::move(one.record)}, deadline); !kept)
            co_return std::unexpected{kept.error()};
        co_return co_await finish(
            services_, std::move(intent), IntentState::simulation_failed, "E_SIMULATION_ERROR",
            "the simulation shows transfers that add up to more than 256 bits or cannot be read",
            deadline);
    }
    candidate->simulations.push_back(std::move(one.record));
    // A simulation that does not say which block it ran on is as old as the chain.
    candidate->simulated_at = one.result.block_number.value_or(BlockNumber{});
    candidate->gate.simulation = policy::SimulationFacts{
        .id = one.id,
        .outcome = one.result.outcome,
        .is_degraded = one.result.degraded,
        .age_blocks = 0,
        .changes = *one.changes,
        .transaction_digest = one.transaction_digest};
    co_return intent;
}

/// A simulation that has grown too old meanwhile is made once more; the gate refuses it if it is
/// too old even then.
Intents::Step Intents::freshen(
    IntentRecord intent, Candidate* candidate, node::ChainClient& client, Deadline deadline) {
    for (const bool is_last : {false, true}) {
        const auto head = co_await client.block_number(deadline);
        if (!head) co_return std::unexpected{head.error()};
        const auto at = candidate->simulated_at.value;
        const auto age = head->value > at ? head->value - at : 0;
        auto& simulated = candidate->gate.simulation;
        if (!simulated) bug("a simulated transaction without its simulation");
        simulated->age_blocks = age;
        if (is_last || age <= candidate->max_age) break;
        auto again = co_await simulate_exactly(std::move(intent), candidate, deadline);
        if (!again || store::is_final(again->state)) co_return again;
        intent = *std::move(again);
    }
    co_return intent;
}

/// The estimate says that it reverts, so that it has no gas limit: simulated without one it tells
/// why. A node that says otherwise then contradicts itself, and nothing is signed.
Intents::Step Intents::explain_revert(
    IntentRecord intent, IntentRequest request, Error estimate, Deadline deadline) {
    SimulationOrder order{
        .agent_id = intent.agent_id,
        .intent_id = intent.id,
        .chain = request.chain,
        .transactions = {to_simulate(request, intent.from)}};
    auto simulated = co_await simulate(services_, std::move(order), deadline);
    if (!simulated) co_return std::unexpected{simulated.error()};
    auto& one = simulated->front();
    if (one.result.outcome == simulation::Outcome::success) co_return std::unexpected{estimate};
    co_return co_await finish_unsimulated(services_, std::move(intent), std::move(one), deadline);
}

/// One commit: whatever is decided here, it is decided about the lane as it is, and all or nothing
/// of it is there after a crash.
Result<std::shared_ptr<policy::GateOutcome>> Intents::reserve(
    const IntentRecord& intent, const Candidate& candidate, Wei balance) {
    auto& store = services_.store;
    const policy::Lane lane{intent.chain_id, intent.from};
    if (auto owned = store.own_lane(lane); !owned) return std::unexpected{owned.error()};
    std::optional<Result<policy::GateOutcome>> decided;
    const auto committed = in_one_commit(store, [&]() -> Status {
        const auto& transaction = std::get<chains::Transaction>(candidate.gate.content);
        auto room = check_lane_room(store, lane, intent, transaction, balance);
        if (!room) return room;
        for (const auto& one : candidate.simulations)
            if (auto ok = store.insert_simulation(one); !ok) return ok;
        if (auto ok = store.update_received(intent); !ok) return ok;
        // Its error does not undo the rest: where the gate wrote down why it did not decide, that
        // stays.
        decided.emplace(services_.gate.approve(candidate.gate));
        return {};
    });
    if (!committed) return std::unexpected{committed.error()};
    if (!decided) bug("a commit without its body");
    if (!*decided) return std::unexpected{decided->error()};
    return std::make_shared<policy::GateOutcome>(**std::move(decided));
}

Intents::Step Intents::reserve_and_settle(
    IntentRecord intent, Candidate candidate, Wei balance, Deadline deadline) {
    show_fees(intent, std::get<chains::Transaction>(candidate.gate.content));
    intent.error_code.clear();  // of an earlier try, or of the wait for approval
    intent.error_message.clear();
    intent.updated_at = services_.clock.now();
    candidate.gate.now = intent.updated_at;
    // Whoever gave up waiting looked at the lane too early: what is reserved is seen to all the
    // same.
    const auto is_late = std::make_shared<std::atomic<bool>>(false);
    auto outcome = co_await services_.on_store<std::shared_ptr<policy::GateOutcome>>(
        deadline, [this, intent, candidate = std::move(candidate), balance, is_late] {
            auto reserved = reserve(intent, candidate, balance);
            if (*is_late) driver_.wake_later({intent.chain_id, intent.from});
            return reserved;
        });
    if (!outcome) {
        *is_late = true;  // before attempt() wakes the lane
        co_return std::unexpected{outcome.error()};
    }
    count(services_, (*outcome)->decision);
    switch ((*outcome)->decision.verdict) {
        case policy::Verdict::deny:
            co_return co_await finish_denied(
                services_, std::move(intent), (*outcome)->decision, deadline);
        case policy::Verdict::review:
            co_return co_await hold(services_, std::move(intent), std::move(**outcome), deadline);
        case policy::Verdict::allow:
            co_return co_await driver_.settle(intent.id, {intent.chain_id, intent.from}, deadline);
    }
    bug("a policy::Verdict that does not exist");
}

}  // namespace chela::sidecar::flow
