#pragma once

#include "sidecar/edge/clock.hpp"
#include "sidecar/hooks/courier.hpp"
#include "sidecar/hooks/event_watch.hpp"
#include "sidecar/telemetry/metrics.hpp"

#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/experimental/channel.hpp>

namespace chela::sidecar::hooks {

/// What deliveries work with; outlives the workers' work.
struct Parts {
    store::Store& store;
    const Clock& clock;
    boost::asio::thread_pool& store_pool;
    std::shared_ptr<telemetry::Metrics> metrics;
    std::function<std::uint64_t()> random;  ///< for the back-off
};

/// Delivers to one webhook, in the events' order, one at a time, until the webhook is switched off,
/// paused or gone. What was taken is durable before the next is sent, so that a crash repeats and
/// never skips.
/// Threads: the io_context's one.
class Worker : public std::enable_shared_from_this<Worker> {
public:
    Worker(
        boost::asio::any_io_executor executor,
        const Parts& parts,
        const EventWatch& watch,
        std::shared_ptr<const Road> road,
        std::string webhook_id);

    void start();
    /// At once: an attempt under way is left to itself, and nothing of it is noted.
    void stop();
    void use(std::shared_ptr<const Road> road) { road_ = std::move(road); }

    [[nodiscard]] bool is_running() const { return is_running_; }
    /// The last event that is done with, as far as this worker has seen.
    [[nodiscard]] std::int64_t position() const { return position_; }

private:
    using Self = std::shared_ptr<Worker>;
    using Once = boost::asio::experimental::channel<void(
        boost::system::error_code, std::shared_ptr<Attempt>)>;

    static boost::asio::awaitable<void> run(Self self);
    static boost::asio::awaitable<void> send(
        std::shared_ptr<Once> once,
        Road road,
        store::WebhookRecord webhook,
        Parcel parcel,
        TimePoint now);
    /// One look at the webhook, and what follows from it.
    boost::asio::awaitable<void> step();
    /// @return conflict: it is no longer at work, and this worker stops; else why it is unknown
    boost::asio::awaitable<Result<store::WebhookRecord>> read_webhook();
    boost::asio::awaitable<void> deliver_if_still_wanted(store::EventRecord event);
    /// The next event that is wanted; what is not wanted is passed over. @return one or none
    boost::asio::awaitable<Result<std::vector<store::EventRecord>>> next_event(
        store::WebhookRecord webhook);
    /// Passes over everything up to `sequence`.
    boost::asio::awaitable<Status> pass(store::WebhookRecord webhook, std::int64_t sequence);
    boost::asio::awaitable<void> deliver_event(
        store::WebhookRecord webhook, store::EventRecord event);
    boost::asio::awaitable<Status> note(store::WebhookRecord webhook, Attempt attempt);
    boost::asio::awaitable<void> rest(std::chrono::milliseconds time);
    boost::asio::awaitable<void> rest_after(Error error);

    template <class Job>
    auto on_store(Job job) -> boost::asio::awaitable<decltype(job())>;

    boost::asio::any_io_executor executor_;
    const Parts& parts_;
    std::shared_ptr<const Road> road_;
    std::string id_;
    const EventWatch& watch_;
    EventWatch::Waiter waiter_;
    boost::asio::steady_timer pause_;
    std::shared_ptr<Once> pending_;  ///< of the attempt under way
    std::int64_t position_ = 0;
    bool stopping_ = false;
    bool is_running_ = false;
};

}  // namespace chela::sidecar::hooks
