#pragma once

#include "sidecar/app/server_process.hpp"
#include "sidecar/config/config.hpp"
#include "sidecar/http/server.hpp"

namespace chela::sidecar::app {

/// May this address be listened on? One that is not loopback must be meant
/// (server.unsafe_listen), and have host names that requests may name (server.allowed_hosts).
/// @return E_CONFIG, with what to set
[[nodiscard]] Status check_reach(const std::string& address, const config::ServerConfig& settings);

/// Opens the unix socket (its folder is made when it is not there) and the TCP port of the
/// settings, or of the options that stand over them, and writes the port file once the port is
/// listened on.
/// @return invalid_input E_NO_LISTENER: neither is set; or as the server's listen calls
[[nodiscard]] Status listen(
    http::Server& server, const config::ServerConfig& settings, const ServeOptions& options);

/// The operator's door, where it is on: a socket of mode 0600. @return as Server::listen_unix
[[nodiscard]] Status listen_admin(http::Server& server, const config::ServerConfig& settings);

/// The address of the probes, where one is set. @return as Server::listen_tcp
[[nodiscard]] Status listen_health(http::Server& server, const config::HealthConfig& settings);

}  // namespace chela::sidecar::app
