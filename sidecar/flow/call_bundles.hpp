#pragma once

#include "sidecar/flow/submit.hpp"
#include "sidecar/store/bundles.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace chela::sidecar::flow {

struct CallBundleOptions {
    std::chrono::milliseconds interval{500};           ///< between two looks at a call that waits
    std::chrono::milliseconds submit_timeout{30'000};  ///< of one try of a call
    /// A call that could not be signed until then, and waits for nobody's approval, is given up,
    /// and those after it: what an agent asked for is not sent when nobody thinks of it any more.
    std::chrono::seconds lifetime{3'600};
};

/// What became of a bundle so far.
struct BundleProgress {
    store::BundleRecord bundle;
    /// One a call, in order; empty: not tried yet, or never to be.
    std::vector<std::optional<store::IntentRecord>> intents;
};

/// Sends the calls of bundles, each as an intent of its own, in order: one is submitted when the
/// one before it is signed. A bundle is durable before its first call is submitted, and goes on
/// after a restart; each call's intent has a key of its own, so that no call is sent twice. A call
/// that is denied, or that ends in another way without success, ends the bundle.
/// Threads: the io_context's one.
class CallBundles {
public:
    CallBundles(
        boost::asio::any_io_executor executor,
        Services& services,
        Intents& intents,
        CallBundleOptions options);

    /// Takes up what an earlier process left; after LaneDriver::recover().
    void start();
    /// No call is begun any more; completes when none is under way.
    [[nodiscard]] boost::asio::awaitable<void> stop();

    /// @param calls  at least one; all of one chain
    /// @param bundle  `key`, `chain`, `chain_id`, `calls` and `created_at` are set here
    /// @return when it is durable, and what there is to know of its first call is known: it is
    /// signed, held or ended, or the deadline is over. Errors as BundleStore::insert_bundle()
    [[nodiscard]] boost::asio::awaitable<Result<BundleProgress>> submit(
        store::BundleRecord bundle, std::vector<IntentRequest> calls, Deadline deadline);

    /// @return not_found E_UNKNOWN_BUNDLE
    [[nodiscard]] boost::asio::awaitable<Result<BundleProgress>> progress(
        std::string agent_id, std::string id, Deadline deadline);

private:
    enum class Next : std::uint8_t { go_on, look_again, end };
    /// What follows from how a call stands.
    struct Step {
        Next next{Next::look_again};
        std::string code;     ///< why the bundle ends
        std::string message;  ///< the same
    };
    /// A bundle on its way.
    struct Work {
        store::BundleRecord bundle;
        boost::asio::steady_timer alarm;
        bool was_tried = false;  ///< its first call, once
    };
    using Found = std::vector<std::optional<store::IntentRecord>>;

    [[nodiscard]] static Step judge(const store::IntentRecord& intent, std::size_t at);
    std::shared_ptr<Work> take_up(store::BundleRecord bundle);
    static boost::asio::awaitable<void> resume(CallBundles* self);
    static boost::asio::awaitable<void> run(CallBundles* self, std::shared_ptr<Work> work);
    /// @return did the bundle end, or may there be more? Not when it is left for the next process.
    boost::asio::awaitable<Step> carry_out(std::shared_ptr<Work> work, std::size_t at);
    boost::asio::awaitable<Step> try_call(std::shared_ptr<Work> work, std::size_t at);
    boost::asio::awaitable<Step> submit_call(
        std::shared_ptr<Work> work, std::size_t at, std::optional<store::IntentRecord> before);
    boost::asio::awaitable<void> close(std::shared_ptr<Work> work, Step step);
    boost::asio::awaitable<void> pause(std::shared_ptr<Work> work) const;
    [[nodiscard]] Deadline one_try() const;

    boost::asio::any_io_executor executor_;
    Services& services_;
    Intents& intents_;
    CallBundleOptions options_;
    bool stopping_ = false;
    std::size_t running_ = 0;
    std::set<std::shared_ptr<Work>> works_;
    /// For what comes back from another thread when this may be gone.
    std::shared_ptr<CallBundles*> self_ = std::make_shared<CallBundles*>(this);
};

/// JSON array text of stored requests, and back. @return as read_stored()
[[nodiscard]] std::string to_stored(const std::vector<IntentRequest>& calls);
[[nodiscard]] Result<std::vector<IntentRequest>> read_stored_calls(
    std::string_view text, const chains::Registry& registry);

}  // namespace chela::sidecar::flow
