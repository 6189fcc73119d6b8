// Intents::send_signed: what was signed for its caller is chela's to send.
#include "chains/base/hex.hpp"
#include "sidecar/flow/ending.hpp"
#include "sidecar/flow/gate_request.hpp"
#include "sidecar/flow/one_commit.hpp"
#include "sidecar/flow/submit.hpp"
#include "sidecar/telemetry/log.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace chela::sidecar::flow {

using store::IntentRecord;
using store::IntentState;

namespace {

/// What a caller has brought, and when.
struct Brought {
    std::string agent_id;
    chains::SignedTransaction transaction;
    chains::Chain chain;
    TimePoint now;
};

struct HandedOver {
    IntentRecord intent;
    std::optional<Result<policy::Decision>> decision;  ///< empty: chela had it already
};

policy::AuditEntry audit_of(const Brought& brought, const std::string& intent_id) {
    const Json detail{{"tx_hash", to_hex(brought.transaction.hash)}};
    return {
        .at = brought.now,
        .actor = "agent:" + brought.agent_id,
        .action = "intent.handed_over",
        .subject = intent_id,
        .detail = detail.dump()};
}

/// The hash is of all the bytes, so that these are the ones that were signed here.
Result<IntentRecord> find_signed(store::Store& store, const Brought& brought) {
    auto intent = store.intent_by_transaction(brought.agent_id, brought.transaction.hash);
    if (intent || intent.error().code != ErrorCode::not_found) return intent;
    return fail(
        ErrorCode::denied,
        "chela sends what it has signed for this agent and nothing else; have it signed by "
        "eth_signTransaction, or use eth_sendTransaction",
        "E_RAW_TRANSACTION");
}

/// Blocking. That it was not allowed is a value: what is recorded of it stays.
Result<HandedOver> hand_over(Services& services, const Brought& brought) {
    auto& store = services.store;
    auto intent = find_signed(store, brought);
    if (!intent) return std::unexpected{intent.error()};
    if (store::is_final(intent->state)) return HandedOver{*std::move(intent), std::nullopt};
    // Nothing of an idle lane is owned after a start, and within a commit no lane is taken.
    if (auto owned = store.own_lane({intent->chain_id, intent->from}); !owned)
        return std::unexpected{owned.error()};
    return in_one_commit(store, [&]() -> Result<HandedOver> {
        auto now = store.intent(intent->id);
        if (!now) return std::unexpected{now.error()};
        HandedOver out{.intent = *std::move(now), .decision = std::nullopt};
        if (out.intent.state == IntentState::sign_only) {
            auto& decision = out.decision.emplace(services.gate.recheck(gate_request(
                out.intent, brought.transaction.transaction, brought.chain, brought.now)));
            if (!decision || decision->verdict != policy::Verdict::allow) return out;
        }
        auto handed = store.hand_over(out.intent.id, audit_of(brought, out.intent.id));
        if (!handed) return std::unexpected{handed.error()};
        out.intent = *std::move(handed);
        return out;
    });
}

}  // namespace

Intents::Step Intents::send_signed(
    std::string agent_id, ChainId chain, Bytes raw, Deadline deadline) {
    auto transaction = chains::decode_signed(raw);
    if (!transaction) co_return std::unexpected{transaction.error()};
    if (chains::chain_id(transaction->transaction) != chain) {
        co_return fail(
            ErrorCode::invalid_input, "the transaction is for another chain", "E_CHAIN_MISMATCH");
    }
    // Judging it costs as much as judging what is to be signed; looking it up does not count.
    if (auto ok = count_signature(agent_id); !ok) co_return std::unexpected{ok.error()};
    const auto client = client_for(*services_.chains, chain);
    if (!client) co_return std::unexpected{client.error()};
    const auto brought = std::make_shared<const Brought>(
        std::move(agent_id), *std::move(transaction), (*client)->chain(), services_.clock.now());
    auto handed = co_await services_.on_store<HandedOver>(
        deadline, [&services = services_, brought] { return hand_over(services, *brought); });
    if (!handed) co_return std::unexpected{handed.error()};
    if (!handed->decision) signatures_.give_back(brought->agent_id);
    const auto& intent = handed->intent;
    if (const auto& decided = handed->decision) {
        if (!*decided) co_return std::unexpected{decided->error()};
        const policy::Decision& decision = **decided;
        count(services_, decision);
        if (decision.verdict != policy::Verdict::allow)
            co_return std::unexpected{refusal_of(decision)};
        log::event(
            log::Level::info, "intent_handed_over",
            {{"intent_id", intent.id}, {"tx_hash", to_hex(brought->transaction.hash)}});
    }
    if (store::is_final(intent.state)) co_return intent;
    co_return co_await driver_.settle(intent.id, {intent.chain_id, intent.from}, deadline);
}

}  // namespace chela::sidecar::flow
