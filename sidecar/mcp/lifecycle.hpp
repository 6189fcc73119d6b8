#pragma once

#include "sidecar/mcp/engine.hpp"

#include <vector>

namespace chela::sidecar::mcp {

/// Which revision a message is of: what its `_meta` names, else its header, else legacy.
/// @return -32022: one that is not spoken here
[[nodiscard]] RpcResult<Era> era_of(const http::Request& request, const Message& message);

/// Implementation: name, title and version.
[[nodiscard]] Json server_info(const About& about);

/// How a client meets the server: initialize and ping of legacy clients, server/discover of modern
/// ones. Source: 2025-11-25, "Lifecycle"; 2026-07-28, "Discovery".
[[nodiscard]] std::vector<Method> lifecycle(const About& about);

}  // namespace chela::sidecar::mcp
