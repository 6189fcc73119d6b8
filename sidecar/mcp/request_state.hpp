#pragma once

#include "chains/base/json.hpp"
#include "chains/base/units.hpp"
#include "sidecar/mcp/protocol.hpp"

#include <string>
#include <string_view>

namespace chela::sidecar::mcp {

/// Seals what a request is to remember while its client asks somebody: the client carries it, and
/// can neither change it nor use it for another request, as another caller, or later than it holds.
/// The key is random and ends with the process. Source: 2026-07-28, "Multi round-trip requests".
/// Threads: pure once made.
class StateSeal {
public:
    StateSeal();

    /// @param binding  what it is of: the caller and the request
    [[nodiscard]] std::string seal(
        const Json& state, std::string_view binding, TimePoint expires) const;
    /// @return -32602 E_REQUEST_STATE: changed, of something else, or too old
    [[nodiscard]] RpcResult<Json> open(
        std::string_view text, std::string_view binding, TimePoint now) const;

private:
    [[nodiscard]] Hash256 mac(std::string_view payload, std::string_view binding) const;

    Bytes key_;
};

}  // namespace chela::sidecar::mcp
