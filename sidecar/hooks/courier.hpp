#pragma once

#include "sidecar/edge/blocking.hpp"
#include "sidecar/hooks/parcel.hpp"
#include "sidecar/hooks/target.hpp"

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

namespace boost::asio::ssl {
class context;  // NOLINT(readability-identifier-naming): it is Boost's
}

namespace chela::sidecar::hooks {

/// How deliveries travel.
struct Road {
    std::shared_ptr<boost::asio::ssl::context> tls;  ///< of node::make_tls
    PrivateTargets private_targets{PrivateTargets::refuse};
    std::chrono::milliseconds timeout{10'000};  ///< of one delivery, from the look-up to the answer
};

/// What became of one delivery.
struct Attempt {
    store::DeliveryRecord record;
    std::optional<std::chrono::seconds> retry_after;  ///< as the receiver asked
    [[nodiscard]] bool is_delivered() const { return record.error.empty(); }
};

/// Sends a parcel once: looks the host up, connects to what may be called, signs and posts. Only
/// a 2xx is success; redirects are not followed, and what the answer's body says (64 KiB at most)
/// is not read.
/// Threads: runs on its caller's executor and touches nothing but its parameters.
[[nodiscard]] boost::asio::awaitable<Attempt> deliver(
    Road road, store::WebhookRecord webhook, Parcel parcel, std::string delivery_id, TimePoint now);

}  // namespace chela::sidecar::hooks
