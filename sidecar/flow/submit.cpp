#include "sidecar/flow/submit.hpp"

#include "sidecar/edge/entropy.hpp"
#include "sidecar/flow/lane_room.hpp"
#include "sidecar/flow/pricing.hpp"
#include "sidecar/telemetry/log.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {

namespace asio = boost::asio;
using store::IntentRecord;
using store::IntentState;

namespace {

/// Nothing is known to be wrong with the intent itself: the same key may try again.
bool is_passing(ErrorCode code) {
    switch (code) {
        case ErrorCode::unavailable:
        case ErrorCode::timed_out:
        case ErrorCode::bad_response:
        case ErrorCode::rate_limited:
        case ErrorCode::internal:
            return true;
        case ErrorCode::invalid_input:
        case ErrorCode::out_of_range:
        case ErrorCode::unauthenticated:
        case ErrorCode::denied:
        case ErrorCode::not_found:
        case ErrorCode::conflict:
        case ErrorCode::too_large:
        case ErrorCode::unsupported:
        case ErrorCode::reverted:
            return false;
    }
    bug("unknown error code");
}

std::string reason_of(const Error& error) {
    return error.reason.empty() ? std::string{to_string(error.code)} : error.reason;
}

IntentRecord new_intent(
    const std::string& agent_id,
    const std::string& idempotency_hash,
    const IntentRequest& request,
    const store::SigningKeyRecord& key,
    TimePoint now) {
    IntentRecord intent;
    intent.id = random_uuid();
    intent.agent_id = agent_id;
    intent.idempotency_hash = idempotency_hash;
    intent.fingerprint = fingerprint(request);
    intent.sign_only = request.delivery == Delivery::sign_only;
    intent.chain = request.chain.name;
    intent.chain_id = request.chain.chain_id;
    intent.signing_key_id = key.id;
    intent.from = key.address;
    intent.to = request.to;
    intent.value = request.value;
    intent.created_at = now;
    intent.updated_at = now;
    return intent;
}

void show_fees(IntentRecord& intent, const chains::Transaction& transaction) {
    if (const auto* typed = std::get_if<chains::Eip1559Transaction>(&transaction)) {
        intent.max_fee_per_gas = to_decimal(typed->max_fee_per_gas.value);
        intent.max_priority_fee_per_gas = to_decimal(typed->max_priority_fee_per_gas.value);
    }
}

std::string to_json_text(const std::vector<policy::Violation>& violations) {
    Json out = Json::array();
    for (const auto& violation : violations)
        out.push_back({{"code", violation.code}, {"detail", violation.detail}});
    return out.dump();
}

/// Leaves the set again, whichever way the coroutine ends.
class InFlight {
public:
    InFlight(std::set<std::string>& set, std::string key) : set_{set}, key_{std::move(key)} {
        set_.insert(key_);
    }
    ~InFlight() { set_.erase(key_); }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;

private:
    std::set<std::string>& set_;
    std::string key_;
};

}  // namespace

asio::awaitable<Result<Submission>> Intents::submit(
    std::string agent_id, std::string idempotency_key, IntentRequest request, Deadline deadline) {
    const std::string idempotency_hash = hash_idempotency_key(idempotency_key);
    const std::string slot = agent_id + ' ' + idempotency_hash;
    if (in_flight_.contains(slot)) {
        co_return fail(
            ErrorCode::conflict,
            "a request with this Idempotency-Key is being worked on; ask again for its outcome",
            "E_IN_FLIGHT");
    }
    const InFlight mark{in_flight_, slot};
    co_return co_await submit_once(
        std::move(agent_id), idempotency_hash, std::move(request), deadline);
}

asio::awaitable<Result<store::SigningKeyRecord>> Intents::signing_key(
    std::string agent_id, IntentRequest request, Deadline deadline) {
    co_return co_await services_.on_store<store::SigningKeyRecord>(
        deadline,
        [&store = services_.store, agent_id, request]() -> Result<store::SigningKeyRecord> {
            const auto agent = store.agent(agent_id);
            if (!agent) return std::unexpected{agent.error()};
            if (!agent->signing_key_id) {
                return fail(
                    ErrorCode::denied,
                    "this agent has no signing key; an operator gives it one with `chela agent "
                    "update --key`",
                    "E_NO_SIGNING_KEY");
            }
            auto key = store.key(*agent->signing_key_id);
            if (!key) return key;
            const auto& path = request.signing_key_path;
            const bool names_it =
                path.empty() || path == "keys/" + key->label ||
                path == "agents/" + agent_id + "/chains/" + request.chain.name + "/private_key";
            if (!names_it) {
                return fail(
                    ErrorCode::not_found,
                    "signing_key_path does not name this agent's key; leave it out or use keys/" +
                        key->label,
                    "E_SIGNING_KEY_PATH");
            }
            return key;
        });
}

asio::awaitable<Result<Submission>> Intents::submit_once(
    std::string agent_id, std::string idempotency_hash, IntentRequest request, Deadline deadline) {
    const auto key = co_await signing_key(agent_id, request, deadline);
    if (!key) co_return std::unexpected{key.error()};
    const IntentRecord fresh =
        new_intent(agent_id, idempotency_hash, request, *key, services_.clock.now());
    auto inserted = co_await services_.on_store<store::InsertedIntent>(
        deadline, [&store = services_.store, fresh] { return store.insert_intent(fresh); });
    if (!inserted) co_return std::unexpected{inserted.error()};
    if (!inserted->is_new && inserted->intent.state != IntentState::received) {
        co_return Submission{std::move(inserted->intent), true};
    }
    // A `received` intent that nobody works on met a passing failure: this request is its next try.
    const IntentRecord intent = inserted->intent;
    auto done = co_await process(intent, std::move(request), deadline);
    if (done) co_return Submission{std::move(*done), false};
    const Error error = done.error();
    log::event(
        log::Level::warn, "intent_failed",
        {{"intent_id", intent.id}, {"code", reason_of(error)}, {"detail", error.detail}});
    if (is_passing(error.code)) {
        const TimePoint now = services_.clock.now();
        co_await services_.on_store<bool>(
            deadline, [&store = services_.store, intent, error, now]() -> Result<bool> {
                if (auto ok = store.note_problem(intent.id, reason_of(error), error.detail, now);
                    !ok) {
                    return std::unexpected{ok.error()};
                }
                return true;
            });
        // A time-out may have come after the reservation: then the intent holds a nonce and must go
        // on.
        driver_.wake({intent.chain_id, intent.from});
    } else {
        const auto finished =
            co_await finish(intent, IntentState::failed, reason_of(error), error.detail, deadline);
        if (!finished) co_return std::unexpected{finished.error()};
    }
    co_return std::unexpected{error};
}

Intents::Step Intents::process(IntentRecord intent, IntentRequest request, Deadline deadline) {
    const auto found = client_for(*services_.chains, request.chain.chain_id);
    if (!found) co_return std::unexpected{found.error()};
    const auto client = *found;
    if (auto ok = co_await client->verify_chain_id(deadline); !ok)
        co_return std::unexpected{ok.error()};
    auto transaction = co_await draft(*client, request, deadline);
    if (!transaction) co_return std::unexpected{transaction.error()};
    const auto chain_nonce = co_await client->transaction_count(intent.from, deadline);
    if (!chain_nonce) co_return std::unexpected{chain_nonce.error()};

    policy::GateRequest gate{
        intent.id,
        intent.agent_id,
        intent.from,
        *transaction,
        request.nonce,
        *chain_nonce,
        request.chain.max_fee_per_transaction,
        services_.clock.now(),
        {}};
    auto decision = co_await services_.on_store<policy::Decision>(
        deadline, [&policy_gate = services_.gate, gate] { return policy_gate.check(gate); });
    if (!decision) co_return std::unexpected{decision.error()};
    if (decision->verdict != policy::Verdict::allow) {
        co_return co_await finish_denied(std::move(intent), std::move(*decision), false, deadline);
    }

    if (options_.require_simulation || request.simulate_first) {
        const auto simulated = co_await simulate(
            services_, intent.agent_id, intent.id, intent.from, {request}, deadline);
        if (!simulated) co_return std::unexpected{simulated.error()};
        const auto& result = simulated->front();
        intent.simulation_id = result.id;
        intent.simulation_status = std::string{to_string(result.result.outcome)};
        if (result.result.outcome != chains::simulation::Outcome::success) {
            const std::string why =
                result.revert_reason.empty() ? result.result.error : result.revert_reason;
            const bool reverted = result.result.outcome == chains::simulation::Outcome::reverted;
            co_return co_await finish(
                std::move(intent), IntentState::simulation_failed,
                reverted ? "E_WOULD_REVERT" : "E_SIMULATION_ERROR",
                (reverted ? "the transaction would revert: " : "the transaction cannot run: ") +
                    why,
                deadline);
        }
    }
    transaction = co_await with_gas(*client, *transaction, request, intent.from, deadline);
    if (!transaction) co_return std::unexpected{transaction.error()};
    const auto balance = co_await client->balance(intent.from, deadline);
    if (!balance) co_return std::unexpected{balance.error()};

    gate.transaction = *transaction;
    gate.simulation_id = intent.simulation_id;
    co_return co_await reserve_and_settle(std::move(intent), std::move(gate), *balance, deadline);
}

Intents::Step Intents::reserve_and_settle(
    IntentRecord intent, policy::GateRequest gate, Wei balance, Deadline deadline) {
    // The token is asked before the nonce is taken: one that is away costs nothing.
    const auto usable = co_await services_.on_signer<bool>(
        deadline, [&keyring = services_.keyring, id = intent.signing_key_id]() -> Result<bool> {
            const auto key = keyring.open(id);
            if (!key) return std::unexpected{key.error()};
            if (auto ok = (*key)->probe(); !ok) return std::unexpected{ok.error()};
            return true;
        });
    if (!usable) co_return std::unexpected{usable.error()};

    show_fees(intent, gate.transaction);
    intent.updated_at = services_.clock.now();
    gate.now = intent.updated_at;
    const auto decision = co_await services_.on_store<policy::Decision>(
        deadline,
        [&store = services_.store, &policy_gate = services_.gate, intent, gate,
         balance]() -> Result<policy::Decision> {
            const policy::Lane lane{intent.chain_id, intent.from};
            auto room = check_lane_room(store, lane, intent, gate.transaction, balance);
            if (!room) return std::unexpected{room.error()};
            if (auto ok = store.update_received(intent); !ok) return std::unexpected{ok.error()};
            auto outcome = policy_gate.approve(gate);
            if (!outcome) return std::unexpected{outcome.error()};
            return outcome->decision;
        });
    if (!decision) co_return std::unexpected{decision.error()};
    if (decision->verdict != policy::Verdict::allow) {
        co_return co_await finish_denied(std::move(intent), *decision, true, deadline);
    }
    co_return co_await driver_.settle(intent.id, {intent.chain_id, intent.from}, deadline);
}

Intents::Step Intents::finish(
    IntentRecord intent,
    IntentState state,
    std::string code,
    std::string message,
    Deadline deadline) {
    intent.state = state;
    intent.error_code = std::move(code);
    intent.error_message = std::move(message);
    intent.updated_at = services_.clock.now();
    co_return co_await services_.on_store<IntentRecord>(
        deadline, [&store = services_.store, intent]() -> Result<IntentRecord> {
            if (auto ok = store.finish_unreserved(intent); !ok) return std::unexpected{ok.error()};
            return intent;
        });
}

Intents::Step Intents::finish_denied(
    IntentRecord intent, policy::Decision decision, bool is_recorded, Deadline deadline) {
    intent.violations = to_json_text(decision.violations);
    std::string sentences;
    for (const auto& violation : decision.violations)
        sentences += (sentences.empty() ? "" : "; ") + violation.detail;
    const std::string code =
        decision.violations.empty() ? "E_DENIED" : decision.violations.front().code;
    log::event(log::Level::info, "intent_denied", {{"intent_id", intent.id}, {"code", code}});
    if (!is_recorded) {
        const Json detail = {
            {"codes", Json::parse(intent.violations)}, {"stage", "before_simulation"}};
        const policy::AuditEntry entry{
            services_.clock.now(), "agent:" + intent.agent_id, "intent.denied", intent.id,
            detail.dump()};
        const auto recorded = co_await services_.on_store<bool>(
            deadline, [&store = services_.store, entry]() -> Result<bool> {
                if (auto ok = store.record(entry); !ok) return std::unexpected{ok.error()};
                return true;
            });
        if (!recorded) co_return std::unexpected{recorded.error()};
    }
    co_return co_await finish(std::move(intent), IntentState::denied, code, sentences, deadline);
}

}  // namespace chela::sidecar::flow
