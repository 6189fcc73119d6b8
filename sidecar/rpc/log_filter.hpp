#pragma once

#include "sidecar/rpc/message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::rpc {

/// Which logs a subscription is about. Source: geth, "Real-time Events", logs.
struct LogFilter {
    std::vector<std::string> addresses;  ///< lower case; empty: any
    /// By position; each: one of these, in lower case; empty: any.
    std::vector<std::vector<std::string>> topics;
};
inline constexpr std::size_t kMaxFilterWords = 64;  ///< addresses, and topics of one position

/// @param object  {address, topics}; null: every log @return -32602
[[nodiscard]] RpcResult<LogFilter> read_log_filter(const Json& object);

/// @param log  as a node shows it; what is none matches nothing
[[nodiscard]] bool matches(const LogFilter& filter, const Json& log);

}  // namespace chela::sidecar::rpc
