#pragma once

#include "chains/base/result.hpp"

#include <string>
#include <string_view>

namespace chela::sidecar::flow {

// The URLs of a chain that comes from an API or a command line, not from the operator's own file:
// what they say is held to more. No text of an error quotes one.

/// @return invalid_input E_CHAIN_URL: not an http or https URL, over 2048 bytes;
/// E_CHAIN_INSECURE_URL: http to another place than this machine or a private network, where
/// anybody on the way reads and writes what the node says
[[nodiscard]] Status check_rpc_url(std::string_view url);
/// As check_rpc_url, with ws and wss.
[[nodiscard]] Status check_ws_url(std::string_view url);
/// For people: http or https, without user info. @return invalid_input E_CHAIN_URL
[[nodiscard]] Status check_explorer_url(std::string_view url);

/// "wss://host:port" without user info, path and query: what may be shown.
[[nodiscard]] std::string ws_origin(std::string_view url);

/// Whether the URL is its origin alone, so that it cannot hold a key.
[[nodiscard]] bool is_bare_url(std::string_view url);

}  // namespace chela::sidecar::flow
