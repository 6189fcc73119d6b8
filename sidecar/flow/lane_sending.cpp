// LaneWorker: sign what is durable, send what is signed.
#include "chains/base/hex.hpp"
#include "chains/node/printable.hpp"
#include "sidecar/flow/lane_worker.hpp"
#include "sidecar/flow/one_commit.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>

namespace chela::sidecar::flow {

namespace asio = boost::asio;
using chains::node::SendOutcome;

namespace {

// So often in a row every node must say that it never takes the bytes.
constexpr unsigned kRefusalsThatCount = 3;

struct SignatureAndPreimage {
    std::shared_ptr<chains::ApprovedPreimage> approved;
    chains::RecoverableSignature signature;
};

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

bool is_confirmed(const node::SendResult& sent) {
    return sent.outcome == SendOutcome::accepted || sent.outcome == SendOutcome::known;
}

/// Whatever became of the reservation meanwhile: only bytes of what it holds are stored, and so
/// sent.
Status check_reserved(
    store::Store& store, const std::string& intent_id, const chains::ApprovedPreimage& approved) {
    const auto held = store.reservation(intent_id);
    if (!held) return std::unexpected{held.error()};
    if (std::ranges::equal(approved.preimage().bytes(), held->preimage)) return {};
    return fail(
        ErrorCode::internal, "what was signed is not what is reserved by now; it is thrown away",
        "E_NOT_RESERVED");
}

/// What several nodes said, as one: any that has it counts; a refusal counts only when all refuse.
node::SendResult together(const std::vector<node::SendResult>& each) {
    if (each.empty()) return {SendOutcome::ambiguous, "no node could be asked"};
    const auto confirmed = std::ranges::find_if(each, is_confirmed);
    if (confirmed != each.end()) return *confirmed;
    const auto other = std::ranges::find_if(each, [](const node::SendResult& sent) {
        return sent.outcome != SendOutcome::never_accepted;
    });
    return other != each.end() ? *other : each.front();
}

/// Funds may come; everything else that a node never takes it never will.
bool may_change(const node::SendResult& sent) {
    return chains::node::lower_case(sent.message).find("funds") != std::string::npos ||
           chains::node::lower_case(sent.message).find("balance") != std::string::npos;
}

}  // namespace

asio::awaitable<void> LaneWorker::sign(store::SlotRecord slot) {
    auto made = co_await run_blocking<SignatureAndPreimage>(
        services_.signing_pool, step_deadline(),
        [this_services = &services_, intent = slot.intent]() -> Result<SignatureAndPreimage> {
            auto key = this_services->keyring.open(intent.signing_key_id);
            if (!key) return std::unexpected{key.error()};
            auto approved = this_services->gate.resume(intent.id);
            if (!approved) return std::unexpected{approved.error()};
            auto shared = std::make_shared<chains::ApprovedPreimage>(std::move(*approved));
            const auto signature = (*key)->sign(*shared);
            if (!signature) return std::unexpected{signature.error()};
            return SignatureAndPreimage{shared, *signature};
        });
    if (!made) {
        co_await signing_failed(std::move(slot), made.error());
        co_return;
    }
    const auto is_stored = co_await store_signature(slot.intent, made->approved, made->signature);
    if (!is_stored) {
        if (is_stored.error().reason == "E_LANE_TAKEN") has_lost_lane_ = true;
        co_await note(slot.intent, "E_STORE", is_stored.error().detail);
        co_return;
    }
    has_changed_ = true;  // its bytes go out with the next round
    if (slot.intent.sign_only) listener_(slot.intent.id);
}

asio::awaitable<Result<bool>> LaneWorker::store_signature(
    store::IntentRecord intent,
    std::shared_ptr<chains::ApprovedPreimage> approved,
    chains::RecoverableSignature signature) {
    const Bytes bytes = chains::encode_signed(approved->preimage().transaction(), signature);
    const TxHash hash = chains::transaction_hash(bytes);
    const TimePoint now = services_.clock.now();
    log::event(
        log::Level::info, "intent_signed", {{"intent_id", intent.id}, {"tx_hash", to_hex(hash)}});
    co_return co_await services_.on_store<bool>(
        step_deadline(), [&store = services_.store, id = intent.id, approved, bytes, hash, now] {
            return in_one_commit(store, [&]() -> Result<bool> {
                if (auto ok = check_reserved(store, id, *approved); !ok)
                    return std::unexpected{ok.error()};
                if (auto ok = store.store_signature(id, bytes, hash, now); !ok)
                    return std::unexpected{ok.error()};
                return true;
            });
        });
}

/// Nothing was signed, or nobody will ever see what was. When it is certain, nothing stands behind
/// this nonce and nothing was signed for it before, the intent ends and the nonce is free again;
/// otherwise the intent keeps its nonce and is tried again.
asio::awaitable<void> LaneWorker::signing_failed(store::SlotRecord slot, Error error) {
    const auto& intent = slot.intent;
    if (error.code != ErrorCode::timed_out && slot.attempts.empty()) {
        const TimePoint now = services_.clock.now();
        const auto released = co_await services_.on_store<bool>(
            step_deadline(),
            [&store = services_.store, id = intent.id, error, now]() -> Result<bool> {
                auto ok = store.release_unsigned(id, reason_of(error), error.detail, now);
                if (!ok) return std::unexpected{ok.error()};
                return true;
            });
        if (released) {
            log::event(
                log::Level::warn, "intent_released",
                {{"intent_id", intent.id}, {"code", reason_of(error)}});
            listener_(intent.id);
            co_return;
        }
    }
    co_await note(intent, reason_of(error), error.detail);
}

asio::awaitable<void> LaneWorker::send(store::SlotRecord slot) {
    may_send_ = false;  // until a node has it
    const auto& intent = slot.intent;
    const auto found = client();
    if (!found) {
        co_await note(intent, found.error().reason, found.error().detail);
        co_return;
    }
    const auto& node = *found;
    if (const auto right_chain = co_await node->verify_chain_id(step_deadline()); !right_chain) {
        co_await note(intent, "E_NODE_UNAVAILABLE", right_chain.error().detail);
        co_return;
    }
    const auto attempt = slot.attempts.back();
    const bool may_go = co_await stored([of = lane_, hash = attempt.hash](store::Store& store) {
        return store.check_sendable(of, hash);
    });
    if (!may_go) co_return;
    memory_.sent(intent.id, attempt.number, memory_.head, std::chrono::steady_clock::now());
    const auto sent = together(
        co_await node->send_raw_to_all(attempt.signed_bytes, attempt.hash, step_deadline()));
    if (!is_confirmed(sent)) {
        co_await not_confirmed(std::move(slot), sent);
        co_return;
    }
    may_send_ = true;
    memory_.may_be_accepted(intent.id);
    if (attempt.seen_at) co_return;  // it was known to be there
    const bool is_marked =
        co_await stored([id = intent.id, head = memory_.head, now = services_.clock.now()](
                            store::Store& store) { return store.mark_broadcast(id, head, now); });
    if (!is_marked) co_return;
    log::event(
        log::Level::info, "intent_broadcast",
        {{"intent_id", intent.id}, {"tx_hash", to_hex(attempt.hash)}});
    listener_(intent.id);
}

asio::awaitable<void> LaneWorker::not_confirmed(store::SlotRecord slot, node::SendResult sent) {
    const auto& id = slot.intent.id;
    // What has lower nonces was dropped: it goes out again before this one does.
    if (sent.outcome == SendOutcome::nonce_high) memory_.forget_all_sending();
    const bool was_ever_taken = std::ranges::any_of(
        slot.attempts, [](const auto& attempt) { return attempt.seen_at.has_value(); });
    if (sent.outcome != SendOutcome::never_accepted) {
        memory_.may_be_accepted(id);
    } else if (
        !was_ever_taken && !may_change(sent) && !waits_for_its_caller(slot.intent) &&
        memory_.never_accepted(id) >= kRefusalsThatCount &&
        slot.intent.goal == chains::lane::Goal::execute) {
        co_await give_up(
            std::move(slot), chains::lane::Goal::fill,
            {ErrorCode::reverted, "no node takes the transaction: " + sent.message,
             "E_NODE_REFUSED"});
        co_return;
    }
    co_await note(
        slot.intent, problem_code(sent.outcome),
        "the node has not confirmed that it took the transaction (" + sent.message +
            "); chela keeps sending the same bytes");
}

}  // namespace chela::sidecar::flow
