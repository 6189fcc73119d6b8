#include "sidecar/node/head_socket.hpp"

#include "chains/base/json.hpp"
#include "chains/node/printable.hpp"
#include "chains/node/responses.hpp"
#include "chains/node/subscriptions.hpp"
#include "sidecar/node/answer.hpp"
#include "sidecar/node/resolve.hpp"
#include "sidecar/node/secret_headers.hpp"
#include "sidecar/node/stream.hpp"
#include "sidecar/node/tls.hpp"

#include <utility>
#include <vector>

#include <boost/asio.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using Code = boost::system::error_code;
using Headers = std::vector<std::pair<std::string, std::string>>;
using Opened = Result<std::shared_ptr<HeadSocket>>;

// A ping goes out after half of it.
constexpr std::chrono::seconds kIdleLimit{60};
constexpr JsonLimits kLimits{.max_depth = 16};
// What a node may say between a question and its answer.
constexpr int kMostMessagesBetween = 64;

std::unexpected<Error> lost(const Endpoint& endpoint, std::string_view doing, Code code) {
    if (code == websocket::error::message_too_big || code == websocket::error::buffer_overflow) {
        return fail(
            ErrorCode::bad_response, endpoint.origin + " sent more than the size limit",
            "E_NODE_ANSWER");
    }
    return fail(
        ErrorCode::unavailable,
        fmt::format("{} was lost while {}: {}", endpoint.origin, doing, code.message()),
        "E_NODE_UNAVAILABLE");
}

template <class Stream>
class Socket final : public HeadSocket {
public:
    Socket(Stream stream, std::shared_ptr<const Endpoint> endpoint, HeadSocketOptions options)
        : stream_{std::move(stream)},
          endpoint_{std::move(endpoint)},
          options_{std::move(options)} {}

    asio::awaitable<Status> shake_hands(Headers headers) {
        // From here on the WebSocket's own timer counts.
        beast::get_lowest_layer(stream_).expires_never();
        stream_.set_option(websocket::stream_base::timeout{options_.timeout, kIdleLimit, true});
        stream_.set_option(websocket::stream_base::decorator(
            [headers = std::move(headers),
             authorization = endpoint_->authorization](websocket::request_type& request) {
                if (authorization) request.set(beast::http::field::authorization, *authorization);
                for (const auto& [name, value] : headers)
                    request.set(name, value);
            }));
        stream_.read_message_max(options_.max_message_bytes);
        const auto [code] = co_await stream_.async_handshake(
            endpoint_->host_header, endpoint_->target, asio::as_tuple(asio::use_awaitable));
        if (code) co_return lost(*endpoint_, "opening the WebSocket", code);
        co_return Status{};
    }

    asio::awaitable<Status> subscribe(ChainId chain) {
        const auto served = co_await ask(1, "eth_chainId", Json::array());
        if (!served) co_return std::unexpected{served.error()};
        const auto id = served->error ? Result<std::uint64_t>{std::uint64_t{0}}
                                      : chains::node::read_uint64(*served->result);
        if (!id) co_return std::unexpected{id.error()};
        if (*id != chain.value) {
            co_return fail(
                ErrorCode::unavailable,
                fmt::format(
                    "{} serves chain id {} instead of {}", endpoint_->origin, *id, chain.value),
                "E_NODE_CHAIN_ID");
        }
        const auto answer = co_await ask(2, "eth_subscribe", chains::node::new_heads_parameters());
        if (!answer) co_return std::unexpected{answer.error()};
        if (answer->error) {
            co_return fail(
                ErrorCode::unsupported,
                fmt::format(
                    "{} refuses a subscription to new heads: {}", endpoint_->origin,
                    chains::node::printable(answer->error->message)),
                "E_NODE_SUBSCRIBE");
        }
        auto subscription = chains::node::read_subscription_id(*answer->result);
        if (!subscription) co_return std::unexpected{subscription.error()};
        subscription_ = std::move(*subscription);
        co_return Status{};
    }

    asio::awaitable<Result<chains::node::Head>> next() override {
        for (;;) {
            const auto text = co_await receive();
            if (!text) co_return std::unexpected{text.error()};
            const auto message = parse_json(*text, kLimits);
            if (!message) {
                co_return fail(
                    ErrorCode::bad_response, endpoint_->origin + " sent something that is no JSON",
                    "E_NODE_ANSWER");
            }
            const auto head = chains::node::read_new_head(*message);
            if (!head) co_return std::unexpected{head.error()};
            if (*head && (*head)->subscription == subscription_) co_return (*head)->head;
        }
    }

    void close() override { beast::get_lowest_layer(stream_).close(); }

private:
    asio::awaitable<Result<std::string>> receive() {
        beast::flat_buffer buffer{options_.max_message_bytes};
        const auto [code, size] =
            co_await stream_.async_read(buffer, asio::as_tuple(asio::use_awaitable));
        if (code) co_return lost(*endpoint_, "waiting for a message", code);
        co_return beast::buffers_to_string(buffer.data());
    }

    asio::awaitable<Result<RpcAnswer>> ask(std::uint64_t id, std::string method, Json parameters) {
        const auto body = encode_request(id, method, parameters);
        if (!body) co_return std::unexpected{body.error()};
        const auto [code, size] =
            co_await stream_.async_write(asio::buffer(*body), asio::as_tuple(asio::use_awaitable));
        if (code) co_return lost(*endpoint_, "asking", code);
        for (int i = 0; i < kMostMessagesBetween; ++i) {
            const auto text = co_await receive();
            if (!text) co_return std::unexpected{text.error()};
            const auto message = parse_json(*text, kLimits);
            // The first head may come before the answer that names its subscription.
            if (message && message->is_object() && message->contains("method")) continue;
            co_return decode_answer(*text, id, endpoint_->origin);
        }
        co_return fail(
            ErrorCode::bad_response, endpoint_->origin + " talks, but does not answer",
            "E_NODE_ANSWER");
    }

    websocket::stream<Stream> stream_;
    std::shared_ptr<const Endpoint> endpoint_;
    HeadSocketOptions options_;
    std::string subscription_;
};

/// Closes a socket that has not come to an end in time.
class TimeLimit {
public:
    TimeLimit(
        const asio::any_io_executor& executor, Deadline deadline, std::weak_ptr<HeadSocket> socket)
        : timer_{executor, deadline} {
        timer_.async_wait([socket = std::move(socket)](Code code) {
            const auto open = socket.lock();
            if (!code && open) open->close();
        });
    }

private:
    asio::steady_timer timer_;
};

template <class Stream>
asio::awaitable<Opened> start(
    asio::any_io_executor executor,
    std::shared_ptr<Socket<Stream>> socket,
    Headers headers,
    ChainId chain,
    Deadline deadline) {
    const TimeLimit limit{executor, deadline, socket};
    const auto shaken = co_await socket->shake_hands(std::move(headers));
    if (!shaken) co_return std::unexpected{shaken.error()};
    const auto subscribed = co_await socket->subscribe(chain);
    if (!subscribed) co_return std::unexpected{subscribed.error()};
    co_return std::move(socket);
}

}  // namespace

asio::awaitable<Opened> subscribe_new_heads(
    asio::any_io_executor executor, HeadSocketOptions options, ChainId chain) {
    auto parsed = parse_endpoint(options.url, Protocol::web_socket);
    if (!parsed) co_return std::unexpected{parsed.error()};
    const auto endpoint = std::make_shared<const Endpoint>(std::move(*parsed));
    auto headers = SecretHeaders{options.access}.read();
    if (!headers) co_return std::unexpected{headers.error()};
    const Deadline deadline = std::chrono::steady_clock::now() + options.timeout;
    auto addresses = co_await resolve(executor, endpoint, deadline);
    if (!addresses) co_return std::unexpected{addresses.error()};
    auto plain = co_await open_plain(executor, std::move(*addresses), endpoint, deadline);
    if (!plain) co_return std::unexpected{plain.error()};
    if (endpoint->transport == Transport::plain) {
        auto socket = std::make_shared<Socket<PlainStream>>(std::move(*plain), endpoint, options);
        co_return co_await start(executor, socket, std::move(*headers), chain, deadline);
    }
    const auto tls = make_tls(options.access.ca_file);
    if (!tls) co_return std::unexpected{tls.error()};
    auto secured = co_await open_tls(std::move(*plain), *tls, endpoint, deadline);
    if (!secured) co_return std::unexpected{secured.error()};
    auto socket = std::make_shared<Socket<TlsStream>>(std::move(*secured), endpoint, options);
    co_return co_await start(executor, socket, std::move(*headers), chain, deadline);
}

}  // namespace chela::sidecar::node
