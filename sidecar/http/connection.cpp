#include "sidecar/http/connection.hpp"

#include "sidecar/http/tls_peer.hpp"
#include "sidecar/http/transport.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>

namespace chela::sidecar::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kReadBytes = std::size_t{4} * 1024;
constexpr std::size_t kMaxLingerBytes = std::size_t{4} * 1024 * 1024;
constexpr std::chrono::seconds kLinger{1};

Deadline in(std::chrono::milliseconds span) {
    return std::chrono::steady_clock::now() + span;
}

}  // namespace

template <class Protocol>
Connection<Protocol>::Connection(typename Protocol::socket socket, std::size_t max_buffer)
    : stream_{std::move(socket)},
      buffer_{max_buffer},
      watch_{stream_.get_executor()} {}

template <class Protocol>
asio::awaitable<Status> Connection<Protocol>::greet(std::chrono::milliseconds limit) {
    if constexpr (kIsEncrypted<Protocol>) {
        auto& tcp = boost::beast::get_lowest_layer(stream_);
        tcp.expires_after(limit);
        auto [code] = co_await stream_.async_handshake(
            asio::ssl::stream_base::server, asio::as_tuple(asio::use_awaitable));
        tcp.expires_never();
        if (code == boost::beast::error::timeout) {
            co_return fail(ErrorCode::unauthenticated, "the handshake took too long");
        }
        if (code) {
            co_return fail(
                ErrorCode::unauthenticated,
                handshake_failure(stream_.native_handle(), code.message()));
        }
    }
    co_return Status{};
}

template <class Protocol>
std::shared_ptr<const TlsPeer> Connection<Protocol>::certificate() {
    if constexpr (kIsEncrypted<Protocol>) {
        return tls_peer(stream_.native_handle());
    } else {
        return nullptr;
    }
}

template <class Protocol>
std::string_view Connection<Protocol>::received() const {
    const auto data = buffer_.data();
    return {static_cast<const char*>(data.data()), data.size()};
}

template <class Protocol>
asio::awaitable<ReadEnd> Connection<Protocol>::fill(Deadline deadline) {
    arm(deadline);
    const std::size_t room = std::min(kReadBytes, buffer_.max_size() - buffer_.size());
    auto [code, count] = co_await stream_.async_read_some(
        buffer_.prepare(room), asio::as_tuple(asio::use_awaitable));
    buffer_.commit(count);
    const bool late = timed_out_;
    disarm();
    if (late) co_return ReadEnd::timed_out;
    co_return code || count == 0 ? ReadEnd::closed : ReadEnd::data;
}

template <class Protocol>
asio::awaitable<bool> Connection<Protocol>::write(
    std::string bytes, std::chrono::milliseconds limit) {
    auto& lowest = boost::beast::get_lowest_layer(stream_);
    lowest.expires_after(limit);
    auto [code, count] = co_await asio::async_write(
        stream_, asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
    lowest.expires_never();
    co_return !code && count == bytes.size();
}

template <class Protocol>
asio::awaitable<void> Connection<Protocol>::finish(Farewell farewell) {
    co_await say_goodbye();
    boost::system::error_code ignored;
    socket().shutdown(asio::socket_base::shutdown_send, ignored);
    if (farewell == Farewell::linger) co_await drop_incoming();
    close();
}

template <class Protocol>
asio::awaitable<void> Connection<Protocol>::drop_incoming() {
    // Below any encryption, which has ended: what comes now is for nobody.
    auto& lowest = boost::beast::get_lowest_layer(stream_);
    arm(in(kLinger));
    buffer_.clear();
    std::size_t dropped = 0;
    while (dropped < kMaxLingerBytes) {
        auto [code, count] = co_await lowest.async_read_some(
            buffer_.prepare(kReadBytes), asio::as_tuple(asio::use_awaitable));
        if (code || count == 0) break;
        dropped += count;
    }
    disarm();
}

/// The close_notify that tells an end from a cut. Source: RFC 8446, 6.1.
template <class Protocol>
asio::awaitable<void> Connection<Protocol>::say_goodbye() {
    if constexpr (kIsEncrypted<Protocol>) {
        auto& tcp = boost::beast::get_lowest_layer(stream_);
        tcp.expires_after(kLinger);
        // Whatever it ends with, the connection ends.
        co_await stream_.async_shutdown(asio::as_tuple(asio::use_awaitable));
        tcp.expires_never();
    }
}

template <class Protocol>
void Connection<Protocol>::close() {
    disarm();
    boost::system::error_code ignored;
    socket().close(ignored);
}

template <class Protocol>
void Connection<Protocol>::arm(Deadline deadline) {
    disarm();
    watch_.expires_at(deadline);
    // A timer that fired before disarm() may still be in the queue: its generation tells.
    watch_.async_wait(
        [weak = this->weak_from_this(), mine = generation_](boost::system::error_code code) {
            const auto self = weak.lock();
            if (code || !self || self->generation_ != mine) return;
            self->timed_out_ = true;
            boost::beast::get_lowest_layer(self->stream_).cancel();
        });
}

template <class Protocol>
void Connection<Protocol>::disarm() {
    ++generation_;
    timed_out_ = false;
    watch_.cancel();
}

template class Connection<asio::ip::tcp>;
template class Connection<asio::local::stream_protocol>;
template class Connection<TlsOverTcp>;

}  // namespace chela::sidecar::http
