#pragma once

#include "sidecar/flow/submit.hpp"
#include "sidecar/flow/vote_log.hpp"

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace chela::sidecar::flow {

struct ApprovalWatchOptions {
    std::chrono::milliseconds interval{1'000};
    std::chrono::milliseconds release_timeout{60'000};  ///< of one approved intent
};

/// Takes up what people have approved, wherever they did it (the API, or the command line beside
/// this process), ends what ran out, and tells the log of both. Single-threaded (the io_context's).
class ApprovalWatch {
public:
    ApprovalWatch(
        boost::asio::any_io_executor executor,
        Services& services,
        Intents& intents,
        ApprovalWatchOptions options);

    /// Runs until stop().
    void start();
    /// Something was approved just now: look at once.
    void wake();
    /// Completes when no release is under way.
    [[nodiscard]] boost::asio::awaitable<void> stop();

private:
    static boost::asio::awaitable<void> run(ApprovalWatch* self);
    static boost::asio::awaitable<void> release(ApprovalWatch* self, std::string intent_id);
    boost::asio::awaitable<void> look();

    boost::asio::any_io_executor executor_;
    Services& services_;
    Intents& intents_;
    ApprovalWatchOptions options_;
    boost::asio::steady_timer alarm_;
    bool stopping_ = false;
    std::size_t running_ = 0;
    std::set<std::string> releasing_;
    std::shared_ptr<VoteLog> votes_ = std::make_shared<VoteLog>();
};

}  // namespace chela::sidecar::flow
