#pragma once

#include "sidecar/app/policy_files.hpp"
#include "sidecar/app/resting_files.hpp"
#include "sidecar/edge/blocking.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/telemetry/metrics.hpp"

#include <memory>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::app {

/// What a PolicyWatch works with; outlives it.
struct PolicyWatchParts {
    store::Store& store;
    const Clock& clock;
    boost::asio::thread_pool& store_pool;
    std::shared_ptr<telemetry::Metrics> metrics;
};

/// Looks at the policy files every watch_interval and brings in what changed. A file is read once
/// two looks in a row found it the same, so that one that is being written is left alone; replace a
/// file with a rename to be safe. What is refused leaves every active policy as it is, is logged
/// ("policy_reload_refused") and counted, once for each state of the files.
/// Threads: the io_context's one.
class PolicyWatch {
public:
    /// @param config  already brought in
    PolicyWatch(
        boost::asio::any_io_executor executor, PolicyWatchParts parts, config::PolicyConfig config);

    /// Runs until stop().
    void start();
    /// Brings in the files of a new configuration (SIGHUP), and watches them from now on.
    /// @return as apply_policy_files; then the old configuration goes on being watched
    [[nodiscard]] boost::asio::awaitable<Status> reload(config::PolicyConfig config);
    /// Completes when no look is under way.
    [[nodiscard]] boost::asio::awaitable<void> stop();

private:
    static boost::asio::awaitable<void> run(PolicyWatch* self);
    boost::asio::awaitable<void> look();
    boost::asio::awaitable<Status> bring_in(config::PolicyConfig config);
    void note_refusal(const Error& error) const;

    boost::asio::any_io_executor executor_;
    PolicyWatchParts parts_;
    config::PolicyConfig config_;
    boost::asio::steady_timer alarm_;
    RestingFiles files_;
    bool stopping_ = false;
    bool is_running_ = false;
};

}  // namespace chela::sidecar::app
