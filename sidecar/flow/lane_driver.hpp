#pragma once

#include "policy/ledger/ledger.hpp"
#include "sidecar/flow/services.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace chela::sidecar::flow {

struct DriverOptions {
    std::chrono::milliseconds poll_interval{1'000};
    std::chrono::milliseconds rebroadcast_interval{30'000};
    std::chrono::milliseconds resend_interval{1'000};  ///< of bytes that no node has confirmed
    std::chrono::milliseconds step_timeout{
        15'000};  ///< of one signature, one send, one question to the node
};

/// Takes every intent that holds a nonce to its end: sign, store, send, follow to the receipt. One
/// worker a lane, in nonce order, so that a restart is not a special case: it is the first round.
/// After bytes are stored they are only ever sent again, never signed again. Single-threaded (the
/// io_context's).
class LaneDriver {
public:
    LaneDriver(boost::asio::any_io_executor executor, Services& services, DriverOptions options);

    /// Ends what an earlier process left without a nonce, and starts a worker for every lane with
    /// open intents.
    [[nodiscard]] boost::asio::awaitable<Status> recover(Deadline deadline);

    /// Wakes the intent's lane and waits until the intent is sent, signed for the caller, or final,
    /// or until the worker met a problem with it, at most until `deadline`.
    /// @return the intent as it is stored then
    [[nodiscard]] boost::asio::awaitable<Result<store::IntentRecord>> settle(
        std::string intent_id, policy::Lane lane, Deadline deadline);

    /// Something about the lane may have changed: its worker looks at once.
    void wake(const policy::Lane& lane);

    /// From now on settle() returns what is stored at once: a shutdown does not wait for nodes.
    void release_waiters();

    /// No worker begins another step; completes when none is in one.
    [[nodiscard]] boost::asio::awaitable<void> stop();

private:
    using LaneKey = std::pair<std::uint64_t, Address>;
    struct Worker {
        policy::Lane lane;
        std::shared_ptr<boost::asio::steady_timer> alarm;
        bool woken = false;
        std::map<std::string, std::chrono::steady_clock::time_point> last_sent;
    };
    using Intents = std::vector<store::IntentRecord>;

    void notify(const std::string& intent_id);
    static boost::asio::awaitable<void> run(LaneDriver* self, std::shared_ptr<Worker> worker);
    boost::asio::awaitable<Result<Intents>> open_intents(policy::Lane lane);
    boost::asio::awaitable<void> round(std::shared_ptr<Worker> worker, Intents open, bool is_poll);

    boost::asio::awaitable<bool> sign(store::IntentRecord intent);
    boost::asio::awaitable<Result<bool>> store_signature(
        store::IntentRecord intent,
        std::shared_ptr<chains::ApprovedPreimage> approved,
        chains::RecoverableSignature signature);
    boost::asio::awaitable<void> give_up_unsigned(store::IntentRecord intent, Error error);
    boost::asio::awaitable<bool> send(std::shared_ptr<Worker> worker, store::IntentRecord intent);
    boost::asio::awaitable<void> track(policy::Lane lane, Intents open);
    boost::asio::awaitable<void> track_one(store::IntentRecord intent, BlockNumber head);
    boost::asio::awaitable<void> note(
        store::IntentRecord intent, std::string code, std::string message);

    [[nodiscard]] Deadline step_deadline() const;

    boost::asio::any_io_executor executor_;
    Services& services_;
    DriverOptions options_;
    bool stopping_ = false;
    bool is_draining_ = false;
    std::size_t running_ = 0;
    std::map<LaneKey, std::shared_ptr<Worker>> workers_;
    std::multimap<std::string, std::shared_ptr<boost::asio::steady_timer>> waiting_;
};

}  // namespace chela::sidecar::flow
