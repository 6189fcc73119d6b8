#pragma once

#include "chains/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace chela::sidecar::http {

/// Which addresses may be listened on.
enum class Reach : std::uint8_t { loopback, anywhere };

/// "127.0.0.1:8787" or "[::1]:0"; numeric addresses only.
/// @return invalid_input; denied E_LISTEN_NOT_LOOPBACK, with what to set
[[nodiscard]] Result<boost::asio::ip::tcp::endpoint> parse_address(
    std::string_view address, Reach reach);

/// @return unavailable: the address is in use
[[nodiscard]] Result<boost::asio::ip::tcp::acceptor> open_tcp(
    boost::asio::io_context& context, const boost::asio::ip::tcp::endpoint& endpoint);

/// A bound unix socket, known by its inode so that only our own is ever unlinked.
struct BoundSocket {
    std::filesystem::path path;
    std::uint64_t device{};
    std::uint64_t inode{};
};

struct UnixListener {
    boost::asio::local::stream_protocol::acceptor acceptor;
    BoundSocket bound;
};

/// @param mode  permission bits only
/// @return invalid_input: mode, or a path too long for a socket; denied E_SOCKET_FOLDER: others may
/// replace files in the folder;
///         conflict E_SOCKET_PATH: something that is not our stale socket is there; unavailable: a
///         live server listens there
[[nodiscard]] Result<UnixListener> open_unix(
    boost::asio::io_context& context, const std::filesystem::path& path, unsigned mode);

/// Removes the socket's name if it still is the one we bound.
void unlink_bound(const BoundSocket& bound);

}  // namespace chela::sidecar::http
