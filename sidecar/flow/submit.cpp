#include "sidecar/flow/submit.hpp"

#include "sidecar/flow/ending.hpp"
#include "sidecar/flow/intent_record.hpp"
#include "sidecar/flow/one_commit.hpp"
#include "sidecar/telemetry/log.hpp"

#include <chrono>
#include <utility>

namespace chela::sidecar::flow {

namespace asio = boost::asio;
using store::IntentRecord;
using store::IntentState;

namespace {

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

/// One who works on an intent at a time.
std::string slot_of(const std::string& agent_id, const std::string& idempotency_hash) {
    return agent_id + ' ' + idempotency_hash;
}

std::unexpected<Error> in_flight() {
    return fail(
        ErrorCode::conflict,
        "a request with this Idempotency-Key is being worked on; ask again for its outcome",
        "E_IN_FLIGHT");
}

std::string path_of(const AnyRequest& request) {
    return std::visit([](const auto& one) { return one.signing_key_path; }, request);
}

chains::Chain chain_of(const AnyRequest& request) {
    return std::visit([](const auto& one) { return one.chain; }, request);
}

/// A stored request names its chain; people may have given the name to another one since.
Status check_same_chain(const IntentRecord& intent, const AnyRequest& request) {
    const auto chain = chain_of(request);
    if (chain.chain_id == intent.chain_id) return {};
    return fail(
        ErrorCode::unavailable,
        "the chain " + chain.name + " is another one now (" + std::to_string(chain.chain_id.value) +
            ", not " + std::to_string(intent.chain_id.value) + ")",
        "E_UNKNOWN_CHAIN");
}

/// Of an intent that holds nothing yet; one that does is followed to its end.
Status check_enabled(const IntentRecord& intent, const AnyRequest& request) {
    const auto chain = chain_of(request);
    if (chain.is_enabled || intent.state != IntentState::received) return {};
    return fail(
        ErrorCode::denied, "the chain " + chain.name + " is disabled: nothing new is signed for it",
        "E_CHAIN_DISABLED");
}

Result<bool> is_known(
    store::Store& store, const std::string& agent_id, const std::string& idempotency_hash) {
    const auto intent = store.intent_by_key(agent_id, idempotency_hash);
    if (!intent && intent.error().code != ErrorCode::not_found)
        return std::unexpected{intent.error()};
    return intent.has_value();
}

/// Is there work to do on a stored intent that is asked for again? A `received` intent that nobody
/// works on met a passing failure, and the signature of a message may have been interrupted.
bool is_unfinished(const IntentRecord& intent) {
    return intent.state == IntentState::received ||
           (intent.state == IntentState::reserved &&
            intent.operation != policy::Operation::transaction);
}

Result<store::SigningKeyRecord> find_signing_key(
    store::Store& store,
    const std::string& agent_id,
    const std::string& path,
    const std::string& chain_name) {
    const auto agent = store.agent(agent_id);
    if (!agent) return std::unexpected{agent.error()};
    const auto& key_id = agent->signing_key_id;
    if (!key_id) {
        return fail(
            ErrorCode::denied,
            "this agent has no signing key; an operator gives it one with `chela agent update "
            "--key`",
            "E_NO_SIGNING_KEY");
    }
    auto key = store.key(*key_id);
    if (!key) return key;
    const bool names_it = path.empty() || path == "keys/" + key->label ||
                          path == "agents/" + agent_id + "/chains/" + chain_name + "/private_key";
    if (names_it) return key;
    return fail(
        ErrorCode::not_found,
        "signing_key_path does not name this agent's key; leave it out or use keys/" + key->label,
        "E_SIGNING_KEY_PATH");
}

}  // namespace

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

asio::awaitable<Result<Submission>> Intents::submit(
    std::string agent_id, std::string idempotency_key, AnyRequest request, Deadline deadline) {
    const std::string idempotency_hash = hash_idempotency_key(idempotency_key);
    const std::string slot = slot_of(agent_id, idempotency_hash);
    if (in_flight_.contains(slot)) co_return in_flight();
    const InFlight mark{in_flight_, slot};
    const auto counted = count_signature(agent_id);
    if (!counted) {
        // Whoever asks again for what he has asked for is answered: nothing is signed for that.
        const auto known = co_await services_.on_store<bool>(
            deadline, [&store = services_.store, agent_id, idempotency_hash] {
                return is_known(store, agent_id, idempotency_hash);
            });
        if (!known) co_return std::unexpected{known.error()};
        if (!*known) co_return std::unexpected{counted.error()};
    }
    auto done = co_await submit_once(agent_id, idempotency_hash, std::move(request), deadline);
    if (done && done->is_replay && counted) signatures_.give_back(agent_id);
    co_return done;
}

Status Intents::count_signature(const std::string& agent_id) {
    if (!signatures_.take(agent_id, std::chrono::steady_clock::now())) return {};
    return fail(
        ErrorCode::rate_limited,
        "this agent asks for signatures too often; an operator sets server.rate_limits.signatures",
        "E_SIGNATURE_RATE");
}

asio::awaitable<Result<IntentRecord>> Intents::release(std::string intent_id, Deadline deadline) {
    const TimePoint now = services_.clock.now();
    auto intent = co_await services_.on_store<IntentRecord>(
        deadline, [&store = services_.store, intent_id] { return store.intent(intent_id); });
    if (!intent) co_return std::unexpected{intent.error()};
    const std::string slot = slot_of(intent->agent_id, intent->idempotency_hash);
    if (in_flight_.contains(slot)) co_return in_flight();
    const InFlight mark{in_flight_, slot};
    auto request = read_stored(intent->request, services_.chains->registry);
    if (!request) co_return std::unexpected{request.error()};
    if (auto ok = check_same_chain(*intent, *request); !ok) co_return std::unexpected{ok.error()};
    auto received = co_await services_.on_store<IntentRecord>(
        deadline, [&store = services_.store, intent_id, now]() -> Result<IntentRecord> {
            if (auto ok = store.return_to_received(intent_id, now); !ok)
                return std::unexpected{ok.error()};
            return store.intent(intent_id);
        });
    if (!received) co_return std::unexpected{received.error()};
    co_return co_await attempt(*std::move(received), *std::move(request), deadline);
}

asio::awaitable<Result<store::SigningKeyRecord>> Intents::signing_key(
    std::string agent_id, std::string signing_key_path, std::string chain_name, Deadline deadline) {
    co_return co_await services_.on_store<store::SigningKeyRecord>(
        deadline, [&store = services_.store, agent_id, path = signing_key_path, chain_name] {
            return find_signing_key(store, agent_id, path, chain_name);
        });
}

asio::awaitable<Result<Submission>> Intents::submit_once(
    std::string agent_id, std::string idempotency_hash, AnyRequest request, Deadline deadline) {
    auto received = co_await services_.on_store<store::InsertedIntent>(
        deadline, [&store = services_.store, agent_id, idempotency_hash, request,
                   now = services_.clock.now()] {
            return in_one_commit(store, [&]() -> Result<store::InsertedIntent> {
                const auto key =
                    find_signing_key(store, agent_id, path_of(request), chain_of(request).name);
                if (!key) return std::unexpected{key.error()};
                return store.insert_intent(
                    new_intent(agent_id, idempotency_hash, request, *key, now));
            });
        });
    if (!received) co_return std::unexpected{received.error()};
    if (!received->is_new && !is_unfinished(received->intent)) {
        co_return Submission{std::move(received->intent), true};
    }
    auto done = co_await attempt(std::move(received->intent), std::move(request), deadline);
    if (!done) co_return std::unexpected{done.error()};
    co_return Submission{*std::move(done), false};
}

Intents::Step Intents::attempt(IntentRecord intent, AnyRequest request, Deadline deadline) {
    auto done = co_await process(intent, std::move(request), deadline);
    if (done) co_return done;
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
        if (intent.operation == policy::Operation::transaction) {
            driver_.wake({intent.chain_id, intent.from});
        }
    } else if (intent.state == IntentState::received) {
        const auto finished = co_await finish(
            services_, intent, IntentState::failed, reason_of(error), error.detail, deadline);
        if (!finished) co_return std::unexpected{finished.error()};
    }
    co_return std::unexpected{error};
}

Intents::Step Intents::process(IntentRecord intent, AnyRequest request, Deadline deadline) {
    if (auto ok = check_enabled(intent, request); !ok) co_return std::unexpected{ok.error()};
    if (auto* transaction = std::get_if<IntentRequest>(&request)) {
        co_return co_await send(std::move(intent), std::move(*transaction), deadline);
    }
    co_return co_await sign(
        std::move(intent), std::get<SignatureRequest>(std::move(request)), deadline);
}

asio::awaitable<Status> Intents::probe_key(std::string key_id, Deadline deadline) {
    const auto usable = co_await services_.on_signer<bool>(
        deadline, [&keyring = services_.keyring, key_id]() -> Result<bool> {
            const auto key = keyring.open(key_id);
            if (!key) return std::unexpected{key.error()};
            if (auto ok = (*key)->probe(); !ok) return std::unexpected{ok.error()};
            return true;
        });
    if (!usable) co_return std::unexpected{usable.error()};
    co_return Status{};
}

}  // namespace chela::sidecar::flow
