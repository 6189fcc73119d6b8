#pragma once

#include "sidecar/http/connection.hpp"
#include "sidecar/http/gate.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace chela::sidecar::http {

struct BodyLimits {
    std::uint32_t max_head_bytes{};
    std::uint64_t max_body_bytes{};
    std::chrono::milliseconds timeout{};
    std::chrono::milliseconds grace{};     ///< before the rate matters
    std::uint64_t min_bytes_per_second{};  ///< of the body itself
};

/// Reads the request whose head is complete in the connection's buffer and consumes it. Beast reads
/// head and body; it must see the same head as ours did, and chunk extensions and trailers, which
/// nobody needs, are refused.
/// A body that does not keep up with the rate is late before the timeout.
/// @param head  ours; outlives the call
/// @return the body; a refusal (400 E_FRAMING, 408 E_TIMEOUT, 413 E_BODY_TOO_LARGE); or nothing:
/// the client is gone
template <class Protocol>
[[nodiscard]] boost::asio::awaitable<std::expected<std::string, std::optional<Refusal>>> read_body(
    std::shared_ptr<Connection<Protocol>> connection, const Head& head, BodyLimits limits);

}  // namespace chela::sidecar::http
