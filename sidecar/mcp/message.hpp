#pragma once

#include "sidecar/mcp/protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace chela::sidecar::mcp {

/// One JSON-RPC message; there are no batches. Source: 2026-07-28, "Messages".
struct Message {
    enum class Kind : std::uint8_t { request, notification, response };
    Kind kind{Kind::request};
    Json id;             ///< a string or an integer; null of a notification
    std::string method;  ///< empty of a response
    Json params = Json::object();
    RpcResult<Json> outcome;  ///< of a response
};

/// Why a text is no message, and its id where that can be read.
struct Unread {
    Json id;
    RpcError error;
};

inline constexpr std::size_t kMaxMethod = 128;  ///< characters of a name that is looked for

/// @return -32700 or -32600
[[nodiscard]] std::expected<Message, Unread> read_message(std::string_view text);

/// @param id  null: it could not be read, and is left out. Source: 2025-11-25, JSONRPCErrorResponse
[[nodiscard]] Json response_to(const Json& id, const RpcResult<Json>& outcome);
using rpc::to_text;

/// @return the member's text; empty: it is not there, or is no text
[[nodiscard]] std::string text_member(const Json& object, const char* name);
/// @return the member, or an empty object where there is none or it is no object
[[nodiscard]] Json object_member(const Json& object, const char* name);

}  // namespace chela::sidecar::mcp
