#pragma once

#include "sidecar/rpc/error.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace chela::sidecar::mcp {

using rpc::RpcError;
using rpc::RpcResult;

/// How a client speaks: since 2026-07-28 each request stands alone, before it a handshake comes
/// first. Source: Model Context Protocol 2026-07-28, "Versioning".
enum class Era : std::uint8_t { legacy, modern };

inline constexpr std::string_view kModernVersion = "2026-07-28";
/// What a legacy client hears that asks for a version which is not spoken here.
inline constexpr std::string_view kLegacyVersion = "2025-11-25";
/// 2025-06-18 differs from its successor in nothing that is served here.
inline constexpr std::array<std::string_view, 3> kVersions{
    kModernVersion, kLegacyVersion, "2025-06-18"};

// Members of `_meta`. Source: 2026-07-28, "General fields".
inline constexpr const char* kMetaVersion = "io.modelcontextprotocol/protocolVersion";
inline constexpr const char* kMetaCapabilities = "io.modelcontextprotocol/clientCapabilities";
inline constexpr const char* kMetaServer = "io.modelcontextprotocol/serverInfo";

using rpc::kInvalidParams;
using rpc::kInvalidRequest;
using rpc::kMethodNotFound;
using rpc::kParseError;
// Source: JSON-RPC 2.0 §5.1.
inline constexpr std::int64_t kInternalError = -32603;
// Source: 2026-07-28, "Error codes".
inline constexpr std::int64_t kHeaderMismatch = -32020;
inline constexpr std::int64_t kMissingCapability = -32021;
inline constexpr std::int64_t kUnsupportedVersion = -32022;

/// `data` is {code: the stable reason}.
[[nodiscard]] std::unexpected<RpcError> refuse(
    std::int64_t code, std::string message, std::string reason);

}  // namespace chela::sidecar::mcp
