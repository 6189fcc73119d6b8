#pragma once

#include "chains/lane/plan.hpp"
#include "policy/ledger/ledger.hpp"
#include "sidecar/flow/lane_memory.hpp"
#include "sidecar/flow/services.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace chela::sidecar::flow {

struct DriverOptions {
    std::chrono::milliseconds poll_interval{1'000};
    /// Of one signature, one send, one question to the node.
    std::chrono::milliseconds step_timeout{15'000};
    /// The chain's confirmations and its finality come from the chain.
    chains::lane::Rules rules;
};

/// Takes the intents that hold a nonce of one lane to their ends: sign, store, send, follow to the
/// receipt, replace, cancel. What is durable and what the nodes show decides each round anew, so
/// that a restart is not a special case: it is the first round. After bytes are stored they are
/// only ever sent again, never signed again. Single-threaded (the io_context's), one round at a
/// time.
class LaneWorker {
public:
    /// Hears of an intent whose stored state or problem may have changed.
    using Listener = std::function<void(const std::string& intent_id)>;

    LaneWorker(Services& services, DriverOptions options, policy::Lane lane, Listener listener);

    enum class Outcome : std::uint8_t {
        idle,   ///< no intent of the lane is open
        quiet,  ///< nothing more to do until something changes
        again,  ///< something changed that the next round goes on with
        failed  ///< the store does not answer, or another process has the lane
    };
    [[nodiscard]] boost::asio::awaitable<Outcome> round();

    /// The step that is under way is finished, and no other is begun.
    void stop() { is_stopping_ = true; }
    [[nodiscard]] const policy::Lane& lane() const { return lane_; }
    /// Was the intent open when the last round began?
    [[nodiscard]] bool is_open(const std::string& intent_id) const {
        return open_.contains(intent_id);
    }

private:
    template <class T>
    using Awaitable = boost::asio::awaitable<T>;
    using Slots = std::vector<store::SlotRecord>;
    struct Loaded {
        store::LaneRecord lane;
        Slots slots;
    };

    Awaitable<Result<Loaded>> load();
    /// What the node shows; a node that is away shows nothing new.
    Awaitable<chains::lane::Sight> look(const Loaded& loaded, chains::lane::Lane planned);
    Awaitable<void> look_for_receipts(
        std::shared_ptr<node::ChainClient> client,
        const Slots& slots,
        std::vector<TxHash> hashes,
        chains::lane::Sight* sight);
    Awaitable<std::size_t> window(std::shared_ptr<node::ChainClient> client, BlockNumber head);
    Awaitable<void> take(const Slots& slots, std::vector<chains::lane::Step> steps);
    Awaitable<void> answer(const Loaded& loaded, std::vector<chains::lane::Step> steps);
    Awaitable<void> take_one(store::SlotRecord slot, chains::lane::Step step);

    Awaitable<void> include(store::SlotRecord slot, chains::lane::Include step);
    struct Agreement {
        bool is_final{};
        std::optional<Wei> paid;  ///< the fee, when two nodes at least show it and none denies it
    };
    Awaitable<Agreement> agreement(chains::node::Receipt receipt);
    Awaitable<void> reorganise(store::SlotRecord slot);
    Awaitable<void> miss(store::SlotRecord slot);
    Awaitable<void> freeze(store::SlotRecord slot);
    Awaitable<void> restore(chains::lane::Restore step);
    Awaitable<void> give_up(store::SlotRecord slot, chains::lane::Goal goal, Error why);
    Awaitable<void> withdraw(store::SlotRecord slot);

    Awaitable<void> sign(store::SlotRecord slot);
    Awaitable<Result<bool>> store_signature(
        store::IntentRecord intent,
        std::shared_ptr<chains::ApprovedPreimage> approved,
        chains::RecoverableSignature signature);
    Awaitable<void> signing_failed(store::SlotRecord slot, Error error);
    Awaitable<void> send(store::SlotRecord slot);
    Awaitable<void> not_confirmed(store::SlotRecord slot, node::SendResult sent);

    Awaitable<void> replace(store::SlotRecord slot, chains::lane::AttemptKind kind);
    Awaitable<Result<chains::Transaction>> draft_replacement(
        std::shared_ptr<node::ChainClient> client,
        store::SlotRecord slot,
        chains::lane::AttemptKind kind);
    Awaitable<Status> approve_replacement(
        std::shared_ptr<node::ChainClient> client,
        store::IntentRecord intent,
        chains::Transaction transaction,
        chains::lane::AttemptKind kind);
    Awaitable<void> replacement_failed(
        store::SlotRecord slot, chains::lane::AttemptKind kind, Error error);

    /// Keeps a problem with the intent; the state stays.
    Awaitable<void> note(store::IntentRecord intent, std::string code, std::string message);
    /// Runs a store call that gives no value. @return is it done? What failed is logged.
    Awaitable<bool> stored(std::function<Status(store::Store&)> call);

    [[nodiscard]] Deadline step_deadline() const;
    [[nodiscard]] Result<std::shared_ptr<node::ChainClient>> client() const;

    Services& services_;
    DriverOptions options_;
    policy::Lane lane_;
    Listener listener_;
    LaneMemory memory_;
    std::set<std::string> open_;
    bool is_stopping_ = false;
    bool has_lost_lane_ = false;
    bool has_changed_ = false;  ///< in this round
    bool may_send_ = true;      ///< in this round: every nonce before was confirmed by a node
};

}  // namespace chela::sidecar::flow
