// The steps of LaneDriver on one intent: sign, send, track.
#include "chains/base/hex.hpp"
#include "sidecar/flow/lane_driver.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>
#include <optional>

namespace chela::sidecar::flow {

namespace asio = boost::asio;
using chains::node::SendOutcome;
using store::IntentState;

namespace {

struct SignatureAndPreimage {
    std::shared_ptr<chains::ApprovedPreimage> approved;
    chains::RecoverableSignature signature;
};

/// A transaction uses no more gas and pays no more for it than it says.
bool could_be(const chains::node::Receipt& receipt, const store::IntentRecord& intent) {
    const auto transaction = chains::decode_unsigned(intent.preimage);
    return transaction && receipt.gas_used <= chains::gas_limit(*transaction) &&
           receipt.effective_gas_price <= chains::max_gas_price(*transaction);
}

std::string problem_code(SendOutcome outcome) {
    switch (outcome) {
        case SendOutcome::accepted:
        case SendOutcome::known:
            return {};
        case SendOutcome::ambiguous:
            return "E_NODE_UNCLEAR";
        case SendOutcome::never_accepted:
            return "E_NODE_REFUSED";
        case SendOutcome::nonce_low:
            return "E_NONCE_LOW";
        case SendOutcome::nonce_high:
            return "E_NONCE_HIGH";
        case SendOutcome::underpriced:
        case SendOutcome::replacement_underpriced:
            return "E_UNDERPRICED";
        case SendOutcome::pool_full:
            return "E_POOL_FULL";
    }
    bug("unknown send outcome");
}

}  // namespace

/// @return true: the bytes are durable
asio::awaitable<bool> LaneDriver::sign(store::IntentRecord intent) {
    auto signed_ = co_await run_blocking<SignatureAndPreimage>(
        services_.signing_pool, step_deadline(),
        [this_services = &services_, intent]() -> Result<SignatureAndPreimage> {
            auto key = this_services->keyring.open(intent.signing_key_id);
            if (!key) return std::unexpected{key.error()};
            auto approved = this_services->gate.resume(intent.id);
            if (!approved) return std::unexpected{approved.error()};
            auto shared = std::make_shared<chains::ApprovedPreimage>(std::move(*approved));
            const auto signature = (*key)->sign(*shared);
            if (!signature) return std::unexpected{signature.error()};
            return SignatureAndPreimage{shared, *signature};
        });
    if (!signed_) {
        co_await give_up_unsigned(std::move(intent), signed_.error());
        co_return false;
    }
    const auto stored = co_await store_signature(intent, signed_->approved, signed_->signature);
    if (!stored) {
        co_await note(intent, "E_STORE", stored.error().detail);
        co_return false;
    }
    if (intent.sign_only) notify(intent.id);
    co_return true;
}

asio::awaitable<Result<bool>> LaneDriver::store_signature(
    store::IntentRecord intent,
    std::shared_ptr<chains::ApprovedPreimage> approved,
    chains::RecoverableSignature signature) {
    const Bytes bytes = chains::encode_signed(approved->preimage().transaction(), signature);
    const TxHash hash = chains::transaction_hash(bytes);
    const TimePoint now = services_.clock.now();
    log::event(
        log::Level::info, "intent_signed", {{"intent_id", intent.id}, {"tx_hash", to_hex(hash)}});
    co_return co_await services_.on_store<bool>(
        step_deadline(),
        [&store = services_.store, id = intent.id, bytes, hash, now]() -> Result<bool> {
            if (auto ok = store.store_signature(id, bytes, hash, now); !ok)
                return std::unexpected{ok.error()};
            return true;
        });
}

/// Nothing was signed, or nobody will ever see what was. When it is certain and nothing stands
/// behind this nonce, the intent ends and the nonce is free again; otherwise the intent keeps its
/// nonce and is tried again with the next poll.
asio::awaitable<void> LaneDriver::give_up_unsigned(store::IntentRecord intent, Error error) {
    const std::string code =
        error.reason.empty() ? std::string{to_string(error.code)} : error.reason;
    if (error.code != ErrorCode::timed_out) {
        const TimePoint now = services_.clock.now();
        const auto released = co_await services_.on_store<bool>(
            step_deadline(),
            [&store = services_.store, id = intent.id, code, message = error.detail,
             now]() -> Result<bool> {
                if (auto ok = store.release_unsigned(id, code, message, now); !ok)
                    return std::unexpected{ok.error()};
                return true;
            });
        if (released) {
            log::event(
                log::Level::warn, "intent_released", {{"intent_id", intent.id}, {"code", code}});
            notify(intent.id);
            co_return;
        }
    }
    co_await note(intent, code, error.detail);
}

/// @return true: a node has it (so the next nonce may go)
asio::awaitable<bool> LaneDriver::send(std::shared_ptr<Worker> worker, store::IntentRecord intent) {
    const auto found = client_for(*services_.chains, worker->lane.chain);
    if (!found) {
        co_await note(intent, found.error().reason, found.error().detail);
        co_return false;
    }
    const auto client = *found;
    if (const auto right_chain = co_await client->verify_chain_id(step_deadline()); !right_chain) {
        co_await note(intent, "E_NODE_UNAVAILABLE", right_chain.error().detail);
        co_return false;
    }
    worker->last_sent[intent.id] = std::chrono::steady_clock::now();
    const auto sent = co_await client->send_raw(intent.signed_bytes, *intent.hash, step_deadline());
    if (sent.outcome != SendOutcome::accepted && sent.outcome != SendOutcome::known) {
        co_await note(
            intent, problem_code(sent.outcome),
            "the node has not confirmed that it took the transaction (" + sent.message +
                "); chela keeps sending the same bytes");
        co_return false;
    }
    const TimePoint now = services_.clock.now();
    const auto marked = co_await services_.on_store<bool>(
        step_deadline(), [&store = services_.store, id = intent.id, now]() -> Result<bool> {
            if (auto ok = store.mark_broadcast(id, now); !ok) return std::unexpected{ok.error()};
            return true;
        });
    if (!marked) {
        log::event(log::Level::error, "lane_store_failed", {{"error", marked.error().detail}});
        co_return false;
    }
    log::event(
        log::Level::info, "intent_broadcast",
        {{"intent_id", intent.id}, {"tx_hash", to_hex(*intent.hash)}});
    notify(intent.id);
    co_return true;
}

asio::awaitable<void> LaneDriver::track(policy::Lane lane, Intents open) {
    const auto found = client_for(*services_.chains, lane.chain);
    if (!found) co_return;
    const auto client = *found;
    if (!co_await client->verify_chain_id(step_deadline())) co_return;
    const auto used = co_await client->transaction_count(lane.address, step_deadline());
    if (!used) co_return;  // a node that is away says nothing about our transactions
    const bool any_used = std::ranges::any_of(open, [&used](const auto& intent) {
        return intent.hash && intent.nonce && *intent.nonce < *used;
    });
    const bool any_mined = std::ranges::any_of(
        open, [](const auto& intent) { return intent.state == IntentState::mined; });
    if (!any_used && !any_mined) co_return;
    const auto head = co_await client->block_number(step_deadline());
    if (!head) co_return;
    for (const auto& intent : open) {
        if (stopping_) co_return;
        if (intent.hash && (intent.state == IntentState::mined || *intent.nonce < *used))
            co_await track_one(intent, *head);
    }
}

asio::awaitable<void> LaneDriver::track_one(store::IntentRecord intent, BlockNumber head) {
    const auto found = client_for(*services_.chains, intent.chain_id);
    if (!found) co_return;
    const auto client = *found;
    const auto receipt = co_await client->receipt(*intent.hash, step_deadline());
    if (!receipt) co_return;
    const TimePoint now = services_.clock.now();
    std::optional<store::IntentStore::Inclusion> inclusion;
    if (*receipt) {
        const auto& seen = **receipt;
        if (!could_be(seen, intent)) {
            co_await note(
                intent, "E_NODE_ANSWER",
                "the node shows a receipt that this transaction cannot have; it is not believed");
            co_return;
        }
        const std::uint64_t depth =
            head < seen.block_number ? 0 : head.value - seen.block_number.value + 1;
        inclusion = store::IntentStore::Inclusion{
            seen.block_number, seen.block_hash, seen.gas_used, seen.succeeded,
            depth >= client->chain().confirmations};
    } else if (intent.state != IntentState::mined) {
        co_await note(
            intent, "E_NONCE_USED_ELSEWHERE",
            "the chain has used this nonce, but not for this transaction as far as this node "
            "tells: is the key used elsewhere?");
        co_return;
    }
    const auto marked = co_await services_.on_store<bool>(
        step_deadline(),
        [&store = services_.store, id = intent.id, inclusion, now]() -> Result<bool> {
            const auto ok =
                inclusion ? store.mark_included(id, *inclusion, now) : store.mark_reorged(id, now);
            if (!ok) return std::unexpected{ok.error()};
            return true;
        });
    if (!marked) {
        log::event(log::Level::error, "lane_store_failed", {{"error", marked.error().detail}});
        co_return;
    }
    const bool is_final = inclusion && inclusion->is_final;
    log::event(
        log::Level::info,
        is_final    ? "intent_final"
        : inclusion ? "intent_mined"
                    : "intent_reorged",
        {{"intent_id", intent.id}, {"succeeded", inclusion && inclusion->succeeded}});
    notify(intent.id);
}

}  // namespace chela::sidecar::flow
