#pragma once

#include "sidecar/app/chain_set.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace chela::sidecar::app {

/// Keeps Services::chains as chela.yaml and the store say: it looks at the stored chains every
/// interval, and at once when it is told that they changed. What cannot be taken up leaves the
/// chains as they are, is logged ("chains_refused"), and tried again when they change.
/// Threads: the io_context's one.
class ChainWatch {
public:
    struct Options {
        std::chrono::milliseconds interval{1'500};
        /// After the chains in use, or their nodes, have changed.
        // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
        std::function<void(const config::Config&, const StoredChains&)> on_change{};
    };

    /// @param services  outlives the watch
    ChainWatch(
        boost::asio::any_io_executor executor,
        flow::Services& services,
        config::Config config,
        Options options);

    /// Takes up what there is; blocking, before the I/O context runs. @return as make_chain_set()
    [[nodiscard]] Status load();
    /// Runs until stop().
    void start();
    /// Completes when no look is under way.
    [[nodiscard]] boost::asio::awaitable<void> stop();

    /// Looks now; what was stored before the call is in use afterwards.
    [[nodiscard]] boost::asio::awaitable<Status> take_up();

    /// A set of another configuration, not in use yet.
    struct Prepared {
        config::Config config;
        StoredChains stored;
        std::shared_ptr<const flow::ChainSet> set;
    };
    /// @return as make_chain_set(), or the store's error; then everything stays as it is
    [[nodiscard]] boost::asio::awaitable<Result<Prepared>> prepare(config::Config config);
    void adopt(Prepared prepared);

private:
    static boost::asio::awaitable<void> run(ChainWatch* self);
    boost::asio::awaitable<Result<StoredChains>> stored();
    Result<std::shared_ptr<const flow::ChainSet>> made(const StoredChains& stored) const;
    Status use(StoredChains stored);

    boost::asio::any_io_executor executor_;
    flow::Services& services_;
    config::Config config_;
    Options options_;
    TimePoint since_;  ///< when the configuration was taken
    boost::asio::steady_timer alarm_;
    std::optional<StoredChains> seen_;  ///< what was taken up or refused
    std::uint64_t asked_ = 0;           ///< questions to the store
    std::uint64_t answered_ = 0;        ///< the latest of them whose answer was used
    bool stopping_ = false;
    bool is_running_ = false;
};

}  // namespace chela::sidecar::app
