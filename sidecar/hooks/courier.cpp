#include "sidecar/hooks/courier.hpp"

#include "sidecar/hooks/backoff.hpp"
#include "sidecar/hooks/look_up.hpp"
#include "sidecar/hooks/signature.hpp"
#include "sidecar/node/connection.hpp"

#include <boost/asio/ssl.hpp>
#include <fmt/format.h>

namespace chela::sidecar::hooks {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMaxAnswerBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxError = 300;

node::HttpRequest make_post(
    const store::WebhookRecord& webhook,
    const Parcel& parcel,
    const std::string& delivery_id,
    TimePoint now) {
    const auto timestamp = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    return {
        parcel.body,
        {{"X-Chela-Timestamp", std::to_string(timestamp)},
         {"X-Chela-Signature", signature_header(secrets_at(webhook, now), timestamp, parcel.body)},
         {"X-Chela-Event-Id", parcel.event_id},
         {"X-Chela-Delivery", delivery_id}}};
}

asio::awaitable<Result<node::HttpReply>> post(
    Road road, std::string url, node::HttpRequest message, Deadline deadline) {
    const auto target = parse_target(url, road.private_targets);
    if (!target) co_return std::unexpected{target.error()};
    const auto found = co_await look_up(target->endpoint.host, target->endpoint.port, deadline);
    if (!found) co_return std::unexpected{found.error()};
    // The very addresses that were judged are connected to: a name cannot change in between.
    auto addresses = allowed(*target, *found, road.private_targets);
    if (!addresses) co_return std::unexpected{addresses.error()};
    auto connection = co_await node::connect_to(
        co_await asio::this_coro::executor, std::move(*addresses), road.tls,
        std::make_shared<const node::Endpoint>(target->endpoint), kMaxAnswerBytes, deadline);
    if (!connection) co_return std::unexpected{connection.error()};
    co_return co_await (*connection)->exchange(std::move(message), deadline);
}

std::string problem_of(unsigned status) {
    if (status >= 200 && status < 300) return {};
    const bool redirects = status >= 300 && status < 400;
    return fmt::format(
        "the receiver answered HTTP status {}{}", status,
        redirects ? "; redirects are not followed" : "");
}

}  // namespace

asio::awaitable<Attempt> deliver(
    Road road,
    store::WebhookRecord webhook,
    Parcel parcel,
    std::string delivery_id,
    TimePoint now) {
    const auto started = std::chrono::steady_clock::now();
    const auto reply = co_await post(
        road, webhook.url, make_post(webhook, parcel, delivery_id, now), started + road.timeout);
    Attempt attempt;
    attempt.record.delivery_id = std::move(delivery_id);
    attempt.record.at = now;
    attempt.record.sequence = parcel.sequence;
    attempt.record.type = std::move(parcel.type);
    attempt.record.duration = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - started);
    if (reply) {
        attempt.record.status = reply->status;
        attempt.record.error = problem_of(reply->status);
        attempt.retry_after = parse_retry_after(reply->retry_after, now);
    } else {
        attempt.record.error = reply.error().detail.substr(0, kMaxError);
    }
    co_return attempt;
}

}  // namespace chela::sidecar::hooks
