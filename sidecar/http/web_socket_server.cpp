#include "sidecar/http/web_socket_server.hpp"

#include "sidecar/edge/wait.hpp"
#include "sidecar/http/transport.hpp"

#include <deque>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

namespace chela::sidecar::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

namespace {

beast::http::request<beast::http::empty_body> handshake_of(const Head& head) {
    constexpr unsigned kVersion = 11;
    beast::http::request<beast::http::empty_body> request{
        beast::http::verb::get, head.target, kVersion};
    for (const auto& [name, value] : head.fields)
        request.insert(name, value);
    return request;
}

template <class Protocol>
class Served final : public WebSocket, public std::enable_shared_from_this<Served<Protocol>> {
public:
    Served(std::shared_ptr<Connection<Protocol>> connection, ServerLimits limits)
        : connection_{std::move(connection)},
          limits_{limits},
          stream_{connection_->stream()},
          bell_{connection_->stream().get_executor()},
          last_call_{connection_->stream().get_executor()} {}

    asio::awaitable<bool> accept(Head head, std::string request_id) {
        connection_->disarm();
        beast::get_lowest_layer(connection_->stream()).expires_never();
        stream_.set_option(
            websocket::stream_base::timeout{limits_.header_timeout, limits_.idle_timeout, true});
        stream_.read_message_max(limits_.max_body_bytes);
        stream_.set_option(websocket::stream_base::decorator(
            [id = std::move(request_id)](websocket::response_type& response) {
                response.set("X-Request-Id", id);
                response.erase(beast::http::field::server);
            }));
        const auto request = handshake_of(head);
        const auto [code] =
            co_await stream_.async_accept(request, asio::as_tuple(asio::use_awaitable));
        is_open_ = !code;
        co_return is_open_;
    }

    asio::awaitable<std::optional<std::string>> read() override {
        beast::flat_buffer buffer{limits_.max_body_bytes};
        const auto [code, size] =
            co_await stream_.async_read(buffer, asio::as_tuple(asio::use_awaitable));
        if (code) {
            is_open_ = false;
            bell_.cancel();
            co_return std::nullopt;
        }
        if (!stream_.got_text()) {
            close(CloseCode::unsupported_data, "text messages alone are understood");
            co_return std::nullopt;
        }
        co_return beast::buffers_to_string(buffer.data());
    }

    void send(std::string text) override {
        if (!is_open_ || goodbye_) return;
        queued_ += text.size();
        queue_.push_back(std::move(text));
        if (queued_ > kMaxQueuedBytes) cut_off();
        bell_.cancel();
    }

    void close(CloseCode code, const std::string& reason) override {
        if (!is_open_ || goodbye_) return;
        goodbye_.emplace(static_cast<websocket::close_code>(code), reason);
        bell_.cancel();
        // Behind what is queued it may never be said to a client that reads nothing.
        last_call_.expires_after(limits_.header_timeout);
        last_call_.async_wait([weak = this->weak_from_this()](boost::system::error_code code) {
            const auto self = weak.lock();
            if (!code && self && self->is_writing_) self->cut_off();
        });
    }

    [[nodiscard]] bool is_open() const override { return is_open_ && !goodbye_; }

    /// Sends what is queued until the end.
    static asio::awaitable<void> write_all(std::shared_ptr<Served> self) {
        self->is_writing_ = true;
        while (self->is_open_) {
            if (!self->queue_.empty()) {
                co_await self->write_first();
            } else if (self->goodbye_) {
                co_await self->stream_.async_close(
                    *self->goodbye_, asio::as_tuple(asio::use_awaitable));
                self->is_open_ = false;
            } else {
                self->bell_.expires_at(asio::steady_timer::time_point::max());
                co_await self->bell_.async_wait(asio::as_tuple(asio::use_awaitable));
            }
        }
        self->is_writing_ = false;
        self->last_call_.cancel();
    }

    /// Says goodbye, and waits until that is said, or until nobody takes it.
    asio::awaitable<void> finish() {
        close(CloseCode::normal, "");
        const auto limit = std::chrono::steady_clock::now() + limits_.header_timeout;
        co_await wait_while(
            [this, limit] { return is_writing_ && std::chrono::steady_clock::now() < limit; });
        cut_off();
        co_await wait_while([this] { return is_writing_; });
    }

private:
    asio::awaitable<void> write_first() {
        const std::string text = std::move(queue_.front());
        queue_.pop_front();
        const auto [code, size] =
            co_await stream_.async_write(asio::buffer(text), asio::as_tuple(asio::use_awaitable));
        queued_ -= text.size();
        if (code) cut_off();
    }

    void cut_off() {
        is_open_ = false;
        connection_->close();
        bell_.cancel();
    }

    std::shared_ptr<Connection<Protocol>> connection_;
    ServerLimits limits_;
    websocket::stream<typename Connection<Protocol>::Stream&, false> stream_;
    asio::steady_timer bell_;
    asio::steady_timer last_call_;  ///< after it a goodbye is not waited for
    std::deque<std::string> queue_;
    std::size_t queued_ = 0;  ///< bytes, with those that are being sent
    std::optional<websocket::close_reason> goodbye_;
    bool is_open_ = false;
    bool is_writing_ = false;
};

}  // namespace

template <class Protocol>
asio::awaitable<void> serve_web_socket(
    std::shared_ptr<Connection<Protocol>> connection,
    Head head,
    std::string request_id,
    std::shared_ptr<WebSocketHandler> handler,
    ServerLimits limits) {
    const auto socket = std::make_shared<Served<Protocol>>(connection, limits);
    if (!co_await socket->accept(std::move(head), std::move(request_id))) co_return;
    const auto executor = connection->stream().get_executor();
    asio::co_spawn(executor, Served<Protocol>::write_all(socket), asio::detached);
    co_await handler->run(socket);
    co_await socket->finish();
}

template asio::awaitable<void> serve_web_socket<asio::ip::tcp>(
    std::shared_ptr<Connection<asio::ip::tcp>>,
    Head,
    std::string,
    std::shared_ptr<WebSocketHandler>,
    ServerLimits);
template asio::awaitable<void> serve_web_socket<TlsOverTcp>(
    std::shared_ptr<Connection<TlsOverTcp>>,
    Head,
    std::string,
    std::shared_ptr<WebSocketHandler>,
    ServerLimits);
template asio::awaitable<void> serve_web_socket<asio::local::stream_protocol>(
    std::shared_ptr<Connection<asio::local::stream_protocol>>,
    Head,
    std::string,
    std::shared_ptr<WebSocketHandler>,
    ServerLimits);

}  // namespace chela::sidecar::http
