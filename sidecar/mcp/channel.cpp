#include "sidecar/mcp/channel.hpp"

#include "sidecar/edge/entropy.hpp"
#include "sidecar/mcp/message.hpp"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace chela::sidecar::mcp {

namespace asio = boost::asio;

namespace {

/// A client that leaves more unread has gone.
constexpr std::size_t kMostEvents = 1'000;
constexpr auto kForEver = std::chrono::steady_clock::time_point::max();

}  // namespace

std::string Questions::add(std::string caller, std::weak_ptr<Channel> channel) {
    std::string id = random_uuid();
    open_[id] = {std::move(caller), std::move(channel)};
    return id;
}

bool Questions::answer(const std::string& caller, const std::string& id, RpcResult<Json> outcome) {
    const auto found = open_.find(id);
    if (found == open_.end() || found->second.caller != caller) return false;
    const auto channel = found->second.channel.lock();
    open_.erase(found);
    if (!channel) return false;
    channel->hear(std::move(outcome));
    return true;
}

Channel::Channel(
    asio::any_io_executor executor, std::string caller, std::shared_ptr<Questions> questions)
    : caller_{std::move(caller)},
      questions_{std::move(questions)},
      has_event_{executor, kForEver},
      has_heard_{std::move(executor), kForEver} {}

void Channel::send(const Json& message) {
    if (is_over_) return;
    if (events_.size() >= kMostEvents) return stop();
    events_.push_back("event: message\ndata: " + to_text(message) + "\n\n");
    has_event_.cancel();
}

void Channel::notify(const std::string& method, Json params) {
    send({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}});
}

asio::awaitable<RpcResult<Json>> Channel::ask(std::string method, Json params, Deadline deadline) {
    const std::string id = questions_->add(caller_, weak_from_this());
    heard_.reset();
    send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}});
    has_heard_.expires_at(deadline);
    while (!heard_ && !is_over_ && std::chrono::steady_clock::now() < deadline)
        co_await has_heard_.async_wait(asio::as_tuple(asio::use_awaitable));
    questions_->remove(id);
    if (heard_) co_return *std::exchange(heard_, std::nullopt);
    co_return refuse(kInternalError, "the client has not answered", "E_CLIENT_SILENT");
}

void Channel::hear(RpcResult<Json> outcome) {
    heard_ = std::move(outcome);
    has_heard_.cancel();
}

void Channel::finish(const Json& message) {
    send(message);
    is_over_ = true;
}

asio::awaitable<std::string> Channel::next() {
    const auto self = shared_from_this();
    while (events_.empty() && !is_over_)
        co_await has_event_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (events_.empty()) co_return std::string{};
    std::string event = std::move(events_.front());
    events_.pop_front();
    co_return event;
}

void Channel::stop() {
    is_over_ = true;
    events_.clear();
    has_event_.cancel();
    has_heard_.cancel();
}

}  // namespace chela::sidecar::mcp
