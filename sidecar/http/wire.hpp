#pragma once

#include "sidecar/http/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace chela::sidecar::http {

enum class Persistence : std::uint8_t { close, keep_alive };
enum class BodyUse : std::uint8_t { send, omit };  ///< omit: the answer to HEAD

/// The bytes of a response; of one that is a stream those before its first chunk. Content-Length
/// (not with 204), X-Content-Type-Options: nosniff, Cache-Control: no-store and X-Request-Id are
/// always ours; framing, caching, CORS and Server headers of a handler are dropped.
/// @return internal: a handler's status, header name or value could not be sent as it is
/// Source: RFC 9112, 4 to 6; RFC 9110, 8.6.
[[nodiscard]] Result<std::string> to_wire(
    const Response& response, std::string_view request_id, Persistence persistence, BodyUse use);

}  // namespace chela::sidecar::http
