#pragma once

#include "sidecar/node/client.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace chela::sidecar::node {

/// The request object. @return invalid_input: `parameters` is not an array, or text in it is not
/// UTF-8 Source: JSON-RPC 2.0, section 4.
[[nodiscard]] Result<std::string> encode_request(
    std::uint64_t id, const std::string& method, const Json& parameters);

/// The response object: "jsonrpc" is "2.0", the id is ours, and exactly one of result and error is
/// there.
/// @param origin  names the node in the error's text
/// @return bad_response otherwise
/// Source: JSON-RPC 2.0, section 5.
[[nodiscard]] Result<RpcAnswer> decode_answer(
    std::string_view body, std::uint64_t id, std::string_view origin);

}  // namespace chela::sidecar::node
