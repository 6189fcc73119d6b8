#pragma once

#include "sidecar/http/connection.hpp"
#include "sidecar/http/message.hpp"

#include <memory>
#include <string>

namespace chela::sidecar::http {

/// One chunk; of an empty piece the last one, without trailers. Source: RFC 9112, 7.1.
[[nodiscard]] std::string as_chunk(std::string_view piece);

/// Sends what the source gives, each piece within `limit`: who reads slower is cut. A client that
/// ends, or that says anything while it listens, stops the source.
/// @return was all of it sent, with its end?
template <class Protocol>
[[nodiscard]] boost::asio::awaitable<bool> send_chunks(
    std::shared_ptr<Connection<Protocol>> connection,
    std::shared_ptr<BodySource> source,
    std::chrono::milliseconds limit);

}  // namespace chela::sidecar::http
