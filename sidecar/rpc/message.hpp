#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {

/// An error object. Source: JSON-RPC 2.0 §5.1; codes: EIP-1193, EIP-1474.
struct RpcError {
    std::int64_t code{};
    std::string message;
    Json data;  ///< null: none
};

template <class T>
using RpcResult = std::expected<T, RpcError>;

/// One request object. Source: JSON-RPC 2.0 §4.
struct Call {
    Json id;  ///< a string or a number
    std::string method;
    Json params = Json::array();
};

/// An entry of a body: a call, or why it is none, with its id where that can be read.
struct Entry {
    Json id;
    RpcResult<Call> call;
};

struct Body {
    bool is_batch{};
    std::vector<Entry> entries;  ///< at least one
};

inline constexpr std::size_t kMaxBatch = 100;
/// Deep enough for typed data; of what a node answers as well.
inline constexpr JsonLimits kJsonLimits{.max_depth = 64};
inline constexpr std::size_t kMaxName = 100;  ///< characters of a caller's word in an error

/// Reads a request or a batch of them. A call without an id, or with null for one, is refused: what
/// moves money has somebody who hears the end of it.
/// @return -32700 or -32600
[[nodiscard]] RpcResult<Body> read_body(std::string_view text);

/// May it be the id of a call: a string or an integer?
[[nodiscard]] bool is_id(const Json& value);

/// A value as it is sent; what is not UTF-8 in it is replaced.
[[nodiscard]] std::string to_text(const Json& value);

/// An error object. Source: JSON-RPC 2.0 §5.1.
[[nodiscard]] Json to_json(const RpcError& error);

/// A response object. Source: JSON-RPC 2.0 §5.
/// @param outcome  the result as JSON text, or the error
[[nodiscard]] std::string response_text(const Json& id, const RpcResult<std::string>& outcome);

}  // namespace chela::sidecar::rpc
