#pragma once

#include "sidecar/http/connection.hpp"

#include <concepts>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>

namespace chela::sidecar::http {

/// TLS over TCP where Connection and Session expect a socket's protocol.
struct TlsOverTcp {
    using socket = boost::asio::ssl::stream<boost::beast::basic_stream<boost::asio::ip::tcp>>;
};

template <>
struct Transport<TlsOverTcp> {
    using Stream = TlsOverTcp::socket;
};

template <class Protocol>
inline constexpr bool kIsEncrypted = std::same_as<Protocol, TlsOverTcp>;

}  // namespace chela::sidecar::http
