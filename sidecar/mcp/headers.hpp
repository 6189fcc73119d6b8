#pragma once

#include "sidecar/http/message.hpp"
#include "sidecar/mcp/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace chela::sidecar::mcp {

/// The value, decoded where it is "=?base64?…?=". Source: 2026-07-28, "Value encoding".
/// @return empty: the header is not there; -32020: it is there twice, or is not what it says
[[nodiscard]] RpcResult<std::optional<std::string>> mirrored(
    const http::Request& request, std::string_view lower_case_name);

/// What intermediaries saw is what the body says: MCP-Protocol-Version, Mcp-Method and, where the
/// method has one, Mcp-Name. Source: 2026-07-28, "Standard request headers".
/// @param named_by  the parameter that Mcp-Name repeats; empty: none
/// @return -32020
[[nodiscard]] RpcResult<void> check_headers(
    const http::Request& request, const Message& message, const std::string& named_by);

}  // namespace chela::sidecar::mcp
