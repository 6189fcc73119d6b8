#pragma once

#include "chains/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chela::sidecar::node {

enum class Transport : std::uint8_t { plain, tls };
enum class HostKind : std::uint8_t { name, address };

/// A node's URL taken apart. Secret: authorization and target (providers put keys there); `origin`
/// may be shown.
struct Endpoint {
    Transport transport{Transport::tls};
    HostKind host_kind{HostKind::name};
    std::string host;  ///< without brackets
    std::uint16_t port{};
    std::string target;  ///< path and query, at least "/"
    std::string host_header;
    std::string origin;                        ///< "https://host:port" or "wss://host:port"
    std::optional<std::string> authorization;  ///< "Basic …", when the URL had user info
};

/// Which schemes a URL may have.
enum class Protocol : std::uint8_t { http, web_socket };

/// @param protocol  http:// and https://, or ws:// and wss://
/// @return invalid_input: another scheme, no host, an odd host name, a bad port, a fragment; the
/// text never quotes the URL Source: RFC 3986; RFC 7617 for the user info.
[[nodiscard]] Result<Endpoint> parse_endpoint(
    std::string_view url, Protocol protocol = Protocol::http);

}  // namespace chela::sidecar::node
