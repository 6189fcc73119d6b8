#pragma once

#include "policy/ledger/ledger.hpp"
#include "sidecar/flow/lane_worker.hpp"
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

/// Keeps a worker for every lane with open intents, and those waiting who want to know what became
/// of one. Single-threaded (the io_context's).
class LaneDriver {
public:
    LaneDriver(boost::asio::any_io_executor executor, Services& services, DriverOptions options);

    /// Ends what an earlier process left without a nonce, takes over every lane with open intents
    /// and starts its worker.
    [[nodiscard]] boost::asio::awaitable<Status> recover(Deadline deadline);

    /// Has every lane that recover() took been through its first round?
    [[nodiscard]] bool is_recovered() const { return recovering_.empty(); }

    /// Wakes the intent's lane and waits until the intent is sent, signed for the caller, or final,
    /// or until the worker met a problem with it, at most until `deadline`.
    /// @return the intent as it is stored then
    [[nodiscard]] boost::asio::awaitable<Result<store::IntentRecord>> settle(
        std::string intent_id, policy::Lane lane, Deadline deadline);

    /// Something about the lane may have changed: its worker looks at once.
    void wake(const policy::Lane& lane);
    /// The same, from any thread.
    void wake_later(const policy::Lane& lane);
    /// Those of the chain that wait for something: it has a new head.
    void wake_chain(ChainId chain);
    /// All of them: another process may have changed something.
    void wake_all();

    /// From now on settle() returns what is stored at once: a shutdown does not wait for nodes.
    void release_waiters();

    /// No worker begins another step; completes when none is in one.
    [[nodiscard]] boost::asio::awaitable<void> stop();

private:
    using LaneKey = std::pair<std::uint64_t, Address>;
    struct Running {
        LaneWorker worker;
        boost::asio::steady_timer alarm;
        bool woken = true;
        bool is_idle = false;      ///< nothing of it is open
        std::uint64_t rounds = 0;  ///< that have begun
    };

    void notify(const std::string& intent_id);
    /// Whose intent a whole round did not find open any more.
    void notify_ended(const LaneKey& key, const Running& lane);
    static boost::asio::awaitable<void> run(LaneDriver* self, std::shared_ptr<Running> lane);

    boost::asio::any_io_executor executor_;
    Services& services_;
    DriverOptions options_;
    bool stopping_ = false;
    bool is_draining_ = false;
    std::size_t running_ = 0;
    std::map<LaneKey, std::shared_ptr<Running>> lanes_;
    std::set<LaneKey> recovering_;
    struct Waiting {
        LaneKey lane;
        std::uint64_t since{};  ///< the lane's rounds that had begun
        std::shared_ptr<boost::asio::steady_timer> timer;
    };
    std::multimap<std::string, Waiting> waiting_;
};

}  // namespace chela::sidecar::flow
