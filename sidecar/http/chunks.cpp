#include "sidecar/http/chunks.hpp"

#include "sidecar/http/transport.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fmt/format.h>

namespace chela::sidecar::http {

namespace asio = boost::asio;

namespace {

/// Ends with the connection at the latest.
template <class Protocol>
asio::awaitable<void> watch_client(
    std::shared_ptr<Connection<Protocol>> connection, std::shared_ptr<BodySource> source) {
    // Not a read: the stream's own limits belong to the writes that go on meanwhile.
    co_await connection->socket().async_wait(
        asio::socket_base::wait_read, asio::as_tuple(asio::use_awaitable));
    source->stop();
}

}  // namespace

std::string as_chunk(std::string_view piece) {
    return piece.empty() ? "0\r\n\r\n" : fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
}

template <class Protocol>
asio::awaitable<bool> send_chunks(
    std::shared_ptr<Connection<Protocol>> connection,
    std::shared_ptr<BodySource> source,
    std::chrono::milliseconds limit) {
    asio::co_spawn(
        connection->stream().get_executor(), watch_client<Protocol>(connection, source),
        asio::detached);
    bool is_last = false;
    while (!is_last) {
        const std::string piece = co_await source->next();
        is_last = piece.empty();
        const bool sent = co_await connection->write(as_chunk(piece), limit);
        if (!sent) {
            source->stop();
            co_return false;
        }
    }
    co_return true;
}

template asio::awaitable<bool> send_chunks<asio::ip::tcp>(
    std::shared_ptr<Connection<asio::ip::tcp>>,
    std::shared_ptr<BodySource>,
    std::chrono::milliseconds);
template asio::awaitable<bool> send_chunks<asio::local::stream_protocol>(
    std::shared_ptr<Connection<asio::local::stream_protocol>>,
    std::shared_ptr<BodySource>,
    std::chrono::milliseconds);
template asio::awaitable<bool> send_chunks<TlsOverTcp>(
    std::shared_ptr<Connection<TlsOverTcp>>,
    std::shared_ptr<BodySource>,
    std::chrono::milliseconds);

}  // namespace chela::sidecar::http
