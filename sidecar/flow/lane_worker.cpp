#include "sidecar/flow/lane_worker.hpp"

#include "chains/base/hex.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <type_traits>
#include <utility>

namespace chela::sidecar::flow {

namespace asio = boost::asio;
namespace lane = chains::lane;

namespace {

// EIP-7702: the code of an account that is delegated is this and the delegate's address.
constexpr std::array<std::uint8_t, 3> kDelegation{0xef, 0x01, 0x00};
// How often an account's code is asked for, in blocks.
constexpr std::uint64_t kWindowTrust = 10;

bool is_delegated(const Bytes& code) {
    return code.size() >= kDelegation.size() &&
           std::equal(kDelegation.begin(), kDelegation.end(), code.begin());
}

/// A transaction uses no more gas and pays no more for it than it says.
bool could_be(const chains::node::Receipt& receipt, const store::AttemptRecord& attempt) {
    const auto sent = chains::decode_signed(attempt.signed_bytes);
    return sent && receipt.gas_used <= chains::gas_limit(sent->transaction) &&
           receipt.effective_gas_price <= chains::max_gas_price(sent->transaction);
}

/// A node has it, or its caller, or nothing is to be waited for.
bool is_settled(const store::IntentRecord& intent) {
    using enum store::IntentState;
    switch (intent.state) {
        case sign_only:
        case broadcast:
        case stalled:
        case cancelling:
        case mined:
            return true;
        case received:
        case awaiting_approval:
        case reserved:
        case signed_:
            return false;
        case denied:
        case simulation_failed:
        case failed:
        case confirmed:
        case reverted:
        case cancelled:
        case signed_message:
            return true;
    }
    bug("an IntentState that does not exist");
}

const store::AttemptRecord* find_attempt(
    const std::vector<store::SlotRecord>& slots, const TxHash& hash) {
    for (const auto& slot : slots) {
        const auto found = std::ranges::find(slot.attempts, hash, &store::AttemptRecord::hash);
        if (found != slot.attempts.end()) return &*found;
    }
    return nullptr;
}

Nonce lowest(const lane::Lane& planned) {
    return planned.slots.empty() ? Nonce{} : planned.slots.front().nonce;
}

Nonce nonce_of(const lane::Step& step) {
    return std::visit(
        [](const auto& one) {
            if constexpr (std::is_same_v<std::decay_t<decltype(one)>, lane::Restore>) {
                return one.from;
            } else {
                return one.nonce;
            }
        },
        step);
}

}  // namespace

LaneWorker::LaneWorker(
    Services& services, DriverOptions options, policy::Lane lane, Listener listener)
    : services_{services},
      options_{options},
      lane_{lane},
      listener_{std::move(listener)} {}

Deadline LaneWorker::step_deadline() const {
    return std::chrono::steady_clock::now() + options_.step_timeout;
}

Result<std::shared_ptr<node::ChainClient>> LaneWorker::client() const {
    return client_for(*services_.chains, lane_.chain);
}

asio::awaitable<LaneWorker::Outcome> LaneWorker::round() {
    if (has_lost_lane_) co_return Outcome::failed;
    has_changed_ = false;
    may_send_ = true;
    const auto loaded = co_await load();
    if (!loaded) {
        log::event(
            log::Level::error, "lane_store_failed",
            {{"code", reason_of(loaded.error())}, {"error", loaded.error().detail}});
        co_return Outcome::failed;
    }
    memory_.keep_only(loaded->slots);
    open_.clear();
    for (const auto& slot : loaded->slots)
        open_.insert(slot.intent.id);
    if (loaded->slots.empty()) co_return Outcome::idle;
    auto planned = memory_.lane_of(loaded->lane, loaded->slots, std::chrono::steady_clock::now());
    const auto sight = co_await look(*loaded, planned);
    auto rules = options_.rules;
    rules.window = memory_.window;
    if (const auto node = client()) {
        rules.confirmations = (*node)->chain().confirmations;
        rules.bump_pause = (*node)->chain().block_time * rules.bump_after / 2;
        rules.use_finalized = (*node)->chain().finality == chains::Finality::finalized_tag;
    }
    const auto steps = lane::plan(planned, sight, rules);
    co_await take(loaded->slots, steps);
    co_await answer(*loaded, steps);
    co_return has_changed_ ? Outcome::again : Outcome::quiet;
}

/// Whoever waits for an intent hears of it: it is settled, or nothing was to be done for it in this
/// round, and nobody knows when there will be.
asio::awaitable<void> LaneWorker::answer(const Loaded& loaded, std::vector<lane::Step> steps) {
    std::set<Nonce> taken;
    for (const auto& step : steps)
        taken.insert(nonce_of(step));
    for (const auto& slot : loaded.slots) {
        if (is_stopping_ || has_lost_lane_) co_return;
        const auto& intent = slot.intent;
        const bool has_settled = is_settled(intent);
        // Of what had a step it was told with the step.
        if (!has_settled && taken.contains(intent.nonce.value_or(Nonce{}))) continue;
        if (!has_settled && loaded.lane.frozen_at) {
            co_await note(
                intent, "E_LANE_FROZEN", "the lane is frozen: " + loaded.lane.frozen_reason);
        } else {
            listener_(intent.id);
        }
    }
}

asio::awaitable<Result<LaneWorker::Loaded>> LaneWorker::load() {
    co_return co_await services_.on_store<Loaded>(
        step_deadline(), [&store = services_.store, of = lane_]() -> Result<Loaded> {
            const auto owned = store.own_lane(of);
            if (!owned) return std::unexpected{owned.error()};
            auto record = store.lane(of);
            if (!record) return std::unexpected{record.error()};
            auto slots = store.slots(of);
            if (!slots) return std::unexpected{slots.error()};
            return Loaded{*std::move(record), *std::move(slots)};
        });
}

asio::awaitable<lane::Sight> LaneWorker::look(const Loaded& loaded, lane::Lane planned) {
    lane::Sight sight;
    sight.now = services_.clock.now();
    sight.head = memory_.head;
    sight.used = lowest(planned);
    const auto found = client();
    if (!found) co_return sight;
    const auto& node = *found;
    if (!co_await node->verify_chain_id(step_deadline())) co_return sight;
    const auto head = co_await node->block_number(step_deadline());
    if (!head) co_return sight;
    const auto used = co_await node->transaction_count(lane_.address, step_deadline());
    if (!used) co_return sight;
    sight.head = memory_.head = *head;
    sight.used = *used;
    memory_.window = co_await window(node, sight.head);
    if (node->chain().finality == chains::Finality::finalized_tag) {
        const auto finalized = co_await node->finalized(step_deadline());
        if (const auto shown = finalized.value_or(std::nullopt)) sight.finalized = shown->number;
    }
    // A block that is replaced by another one of its height is noticed a moment later.
    constexpr std::chrono::seconds kTrust{2};
    const bool was_looked_at = memory_.looked_at && memory_.looked_at->first == *head &&
                               sight.now - memory_.looked_at->second < kTrust &&
                               sight.now >= memory_.looked_at->second;
    const auto included = was_looked_at ? lane::Included::leave_out : lane::Included::look_again;
    if (!was_looked_at) memory_.looked_at.emplace(*head, sight.now);
    co_await look_for_receipts(node, loaded.slots, lane::lookups(planned, *used, included), &sight);
    co_return sight;
}

asio::awaitable<void> LaneWorker::look_for_receipts(
    std::shared_ptr<node::ChainClient> client,
    const Slots& slots,
    std::vector<TxHash> hashes,
    lane::Sight* sight) {
    for (const auto& hash : hashes) {
        if (is_stopping_) co_return;
        const auto receipt = co_await client->receipt(hash, step_deadline());
        if (!receipt) continue;
        const auto& shown = *receipt;
        const auto* attempt = find_attempt(slots, hash);
        if (shown && (attempt == nullptr || !could_be(*shown, *attempt))) {
            log::event(
                log::Level::error, "receipt_not_believed",
                {{"tx_hash", to_hex(hash)},
                 {"detail", "the node shows a receipt that this transaction cannot have"}});
            continue;
        }
        sight->asked.insert(hash);
        if (shown) sight->receipts.emplace(hash, *shown);
    }
}

asio::awaitable<std::size_t> LaneWorker::window(
    std::shared_ptr<node::ChainClient> client, BlockNumber head) {
    const auto known_at = memory_.window_known_at;
    const bool is_known =
        known_at && head >= *known_at && head.value - known_at->value < kWindowTrust;
    if (is_known) co_return memory_.window;
    const auto code = co_await client->code(lane_.address, step_deadline());
    // What is not known is taken to be the narrower one, until it is.
    if (!code) co_return std::size_t{1};
    memory_.window_known_at = head;
    co_return is_delegated(*code) ? std::size_t{1} : options_.rules.window;
}

asio::awaitable<void> LaneWorker::take(const Slots& slots, std::vector<lane::Step> steps) {
    for (const auto& step : steps) {
        if (is_stopping_ || has_lost_lane_) co_return;
        if (const auto* below = std::get_if<lane::Restore>(&step)) {
            co_await restore(*below);
            continue;
        }
        const auto nonce = nonce_of(step);
        const auto slot = std::ranges::find_if(
            slots, [&](const auto& each) { return each.intent.nonce == nonce; });
        if (slot == slots.end()) bug("a lane's plan names a nonce that is not open");
        co_await take_one(*slot, step);
    }
}

asio::awaitable<void> LaneWorker::take_one(store::SlotRecord slot, lane::Step step) {
    if (const auto* one = std::get_if<lane::Include>(&step)) co_await include(slot, *one);
    if (std::holds_alternative<lane::Reorganise>(step)) co_await reorganise(slot);
    if (std::holds_alternative<lane::Miss>(step)) co_await miss(slot);
    if (std::holds_alternative<lane::Freeze>(step)) co_await freeze(slot);
    if (std::holds_alternative<lane::Expire>(step)) {
        co_await give_up(
            slot, lane::Goal::cancel,
            {ErrorCode::timed_out, "it was not mined before its time (valid_until) was over",
             "E_VALID_UNTIL"});
    }
    if (std::holds_alternative<lane::Withdraw>(step)) co_await withdraw(slot);
    if (const auto* one = std::get_if<lane::Replace>(&step)) co_await replace(slot, one->kind);
    if (std::holds_alternative<lane::Sign>(step)) co_await sign(slot);
    const bool is_to_be_sent = std::holds_alternative<lane::Send>(step);
    if (is_to_be_sent && may_send_) {
        co_await send(slot);
        co_return;
    }
    // Those who ask for it hear why it is not sent; what a node has had once is not waited for.
    const bool is_held_up = is_to_be_sent && slot.intent.state == store::IntentState::signed_;
    if (is_held_up || std::holds_alternative<lane::Wait>(step)) {
        co_await note(
            slot.intent, "E_WAITS_IN_LANE",
            "signed and stored; it goes out once the transactions of this address with lower "
            "nonces have");
    }
}

asio::awaitable<void> LaneWorker::note(
    store::IntentRecord intent, std::string code, std::string message) {
    if (intent.error_code == code && intent.error_message == message) {
        listener_(intent.id);  // known already: no write and no line with every round
        co_return;
    }
    log::event(
        log::Level::warn, "intent_problem",
        {{"intent_id", intent.id}, {"code", code}, {"message", message}});
    co_await stored(
        [id = intent.id, code, message, now = services_.clock.now()](store::Store& store) {
            return store.note_problem(id, code, message, now);
        });
    listener_(intent.id);
}

asio::awaitable<bool> LaneWorker::stored(std::function<Status(store::Store&)> call) {
    const auto done = co_await services_.on_store<bool>(
        step_deadline(), [&store = services_.store, call = std::move(call)]() -> Result<bool> {
            if (auto ok = call(store); !ok) return std::unexpected{ok.error()};
            return true;
        });
    if (done) co_return true;
    if (done.error().reason == "E_LANE_TAKEN") has_lost_lane_ = true;
    log::event(
        log::Level::error, "lane_store_failed",
        {{"code", reason_of(done.error())}, {"error", done.error().detail}});
    co_return false;
}

}  // namespace chela::sidecar::flow
