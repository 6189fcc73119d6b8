#pragma once

#include "sidecar/hooks/worker.hpp"

#include <map>

namespace chela::sidecar::hooks {

struct DispatcherOptions {
    std::chrono::milliseconds poll{1'000};    ///< how often the list of webhooks is read
    std::chrono::minutes prune_interval{60};  ///< how often old events are looked for
    std::chrono::hours keep_events{30 * 24};
};

/// One worker for each webhook that is at work, whoever made it (the API, or the command line
/// beside this process), and the end of events that are old and delivered.
/// Threads: the io_context's one.
class Dispatcher {
public:
    /// @param watch  started apart; outlives the dispatcher
    Dispatcher(
        boost::asio::any_io_executor executor,
        Parts parts,
        const EventWatch& watch,
        Road road,
        DispatcherOptions options);

    /// Runs until stop().
    void start();
    /// Webhooks were changed just now: look at once.
    void wake() { alarm_.cancel(); }
    /// Completes when nothing is under way but attempts, which are left to themselves.
    [[nodiscard]] boost::asio::awaitable<void> stop();

    /// Of deliveries from now on.
    void use(PrivateTargets private_targets);
    [[nodiscard]] const Road& road() const { return *road_; }

private:
    static boost::asio::awaitable<void> run(Dispatcher* self);
    boost::asio::awaitable<void> look();
    boost::asio::awaitable<void> prune();
    void arrange(const std::vector<store::WebhookRecord>& webhooks);
    void report_backlog() const;
    [[nodiscard]] bool is_busy() const;

    boost::asio::any_io_executor executor_;
    Parts parts_;
    const EventWatch& watch_;
    std::shared_ptr<const Road> road_;
    DispatcherOptions options_;
    boost::asio::steady_timer alarm_;
    std::map<std::string, std::shared_ptr<Worker>> workers_;
    Deadline next_prune_ = Deadline::min();
    bool stopping_ = false;
    bool is_running_ = false;
};

/// Sends a test to the webhook and keeps the record of it.
[[nodiscard]] boost::asio::awaitable<Result<store::DeliveryRecord>> send_test(
    Parts parts, Road road, store::WebhookRecord webhook);

}  // namespace chela::sidecar::hooks
