#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

namespace chela::test {

/// A node's WebSocket on 127.0.0.1, in the test's own io_context. It answers eth_chainId and
/// eth_subscribe, and pushes what it is told to.
class HeadServer {
public:
    explicit HeadServer(
        boost::asio::io_context& context, std::shared_ptr<boost::asio::ssl::context> tls = nullptr);
    ~HeadServer();
    HeadServer(const HeadServer&) = delete;
    HeadServer& operator=(const HeadServer&) = delete;

    /// ws:// or wss://.
    [[nodiscard]] std::string url(std::string_view rest = "/") const;
    [[nodiscard]] std::size_t accepted() const;
    /// Subscriptions that stand now.
    [[nodiscard]] std::size_t subscribed() const;
    /// Request line and headers of the last handshake.
    [[nodiscard]] const std::string& handshake() const;

    void serve_chain(std::uint64_t id);
    /// In place of the answer to eth_subscribe.
    void answer_subscription(std::string text);
    /// Sends a text message to everyone who has subscribed.
    void push(const std::string& text);
    /// A notification of a head, as geth words it.
    void push_head(std::uint64_t number, std::uint8_t hash_fill);
    /// Cuts every connection.
    void drop();
    /// From now on connections are closed at once.
    void refuse();

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// A block's header with this number and a hash of 32 such bytes, as JSON text.
[[nodiscard]] std::string header_text(std::uint64_t number, std::uint8_t hash_fill);

}  // namespace chela::test
