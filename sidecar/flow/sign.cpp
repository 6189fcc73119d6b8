// Intents::sign: a signature that is no transaction.
#include "chains/base/hex.hpp"
#include "sidecar/flow/ending.hpp"
#include "sidecar/flow/gate_request.hpp"
#include "sidecar/flow/submit.hpp"
#include "sidecar/telemetry/log.hpp"

#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {

using store::IntentRecord;
using store::IntentState;

namespace {

/// r ‖ s ‖ v with v 27 or 28, as contracts and libraries read it.
std::string signature_text(const chains::RecoverableSignature& signature) {
    return to_hex(chains::to_bytes(signature));
}

}  // namespace

Intents::Step Intents::sign(IntentRecord intent, SignatureRequest request, Deadline deadline) {
    if (intent.state == IntentState::reserved) {
        co_return co_await make_signature(std::move(intent), std::move(request), deadline);
    }
    if (auto usable = co_await probe_key(intent.signing_key_id, deadline); !usable) {
        co_return std::unexpected{usable.error()};
    }
    const auto gate = gate_request(intent, request.content, request.chain, services_.clock.now());
    auto outcome = co_await services_.on_store<std::shared_ptr<policy::GateOutcome>>(
        deadline,
        [&policy_gate = services_.gate, gate]() -> Result<std::shared_ptr<policy::GateOutcome>> {
            auto approved = policy_gate.approve(gate);
            if (!approved) return std::unexpected{approved.error()};
            return std::make_shared<policy::GateOutcome>(*std::move(approved));
        });
    if (!outcome) co_return std::unexpected{outcome.error()};
    count(services_, (*outcome)->decision);
    switch ((*outcome)->decision.verdict) {
        case policy::Verdict::deny:
            co_return co_await finish_denied(
                services_, std::move(intent), (*outcome)->decision, deadline);
        case policy::Verdict::review:
            co_return co_await hold(services_, std::move(intent), std::move(**outcome), deadline);
        case policy::Verdict::allow:
            co_return co_await make_signature(std::move(intent), std::move(request), deadline);
    }
    bug("a policy::Verdict that does not exist");
}

/// The reservation is durable; what is signed is what was reserved.
Intents::Step Intents::make_signature(
    IntentRecord intent, SignatureRequest request, Deadline deadline) {
    const auto result = co_await services_.on_signer<std::string>(
        deadline, [this_services = &services_, intent, request]() -> Result<std::string> {
            auto key = this_services->keyring.open(intent.signing_key_id);
            if (!key) return std::unexpected{key.error()};
            const auto approved =
                this_services->gate.resume(intent.id, request.content, request.chain.chain_id);
            if (!approved) return std::unexpected{approved.error()};
            const auto signature = (*key)->sign(*approved);
            if (!signature) return std::unexpected{signature.error()};
            const Json out = {
                {"signature", signature_text(*signature)},
                {"hash", to_hex(approved->preimage().signing_hash())}};
            return out.dump();
        });
    const TimePoint now = services_.clock.now();
    if (!result) {
        // After a time-out a signature may exist: the reservation stays, and the same key tries
        // again. Otherwise nothing was signed, or nobody will ever see what was.
        const Error error = result.error();
        if (error.code == ErrorCode::timed_out) co_return std::unexpected{error};
        co_return co_await services_.on_store<IntentRecord>(
            deadline,
            [&store = services_.store, id = intent.id, error, now]() -> Result<IntentRecord> {
                if (auto ok = store.release_unsigned(id, reason_of(error), error.detail, now); !ok)
                    return std::unexpected{ok.error()};
                return store.intent(id);
            });
    }
    log::event(log::Level::info, "intent_signed", {{"intent_id", intent.id}});
    co_return co_await services_.on_store<IntentRecord>(
        deadline,
        [&store = services_.store, id = intent.id, text = *result, now]() -> Result<IntentRecord> {
            if (auto ok = store.store_message_signature(id, text, now); !ok)
                return std::unexpected{ok.error()};
            return store.intent(id);
        });
}

}  // namespace chela::sidecar::flow
