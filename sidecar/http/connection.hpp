#pragma once

#include "sidecar/edge/blocking.hpp"
#include "sidecar/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>

namespace chela::sidecar::http {

/// What carries the bytes of a Protocol; transport.hpp has the one that is encrypted.
template <class Protocol>
struct Transport {
    using Stream = boost::beast::basic_stream<Protocol>;
};

enum class ReadEnd : std::uint8_t { data, timed_out, closed };
enum class Farewell : std::uint8_t { at_once, linger };

/// The bytes of one client connection, each operation with a limit in time. Instantiated for TCP,
/// unix sockets and TLS.
template <class Protocol>
class Connection : public std::enable_shared_from_this<Connection<Protocol>> {
public:
    using Stream = typename Transport<Protocol>::Stream;

    Connection(typename Protocol::socket socket, std::size_t max_buffer);

    /// The TLS handshake; without TLS nothing is to be done. First of all, and once.
    /// @return unauthenticated: why it failed, for the log; the connection is of no more use
    [[nodiscard]] boost::asio::awaitable<Status> greet(std::chrono::milliseconds limit);

    /// Of the client, after greet(). Null: it showed none.
    [[nodiscard]] std::shared_ptr<const TlsPeer> certificate();

    /// Received and not consumed.
    [[nodiscard]] std::string_view received() const;

    /// Reads what there is, at least a byte.
    [[nodiscard]] boost::asio::awaitable<ReadEnd> fill(Deadline deadline);

    /// @return were all bytes handed to the kernel in time?
    [[nodiscard]] boost::asio::awaitable<bool> write(
        std::string bytes, std::chrono::milliseconds limit);

    /// Ends the connection. Lingering reads on for up to a second, for a close with unread bytes
    /// resets the connection and may take our last answer from the client.
    [[nodiscard]] boost::asio::awaitable<void> finish(Farewell farewell);

    void close();

    /// Cancels reads at `deadline` without closing the socket (as the stream's own limit would), so
    /// a 408 can still be said.
    void arm(Deadline deadline);
    void disarm();
    [[nodiscard]] bool timed_out() const { return timed_out_; }

    [[nodiscard]] Stream& stream() { return stream_; }
    [[nodiscard]] auto& socket() { return boost::beast::get_lowest_layer(stream_).socket(); }
    [[nodiscard]] boost::beast::flat_buffer& buffer() { return buffer_; }

private:
    boost::asio::awaitable<void> say_goodbye();
    boost::asio::awaitable<void> drop_incoming();

    Stream stream_;
    boost::beast::flat_buffer buffer_;
    boost::asio::steady_timer watch_;
    std::uint64_t generation_ = 0;
    bool timed_out_ = false;
};

}  // namespace chela::sidecar::http
