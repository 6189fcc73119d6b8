#pragma once

#include "sidecar/api/context.hpp"
#include "sidecar/config/config.hpp"
#include "sidecar/http/router.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace chela::sidecar::admin {

/// What the door works with; owned by the app, outlives the server.
struct Parts {
    api::Context& api;
    std::uint32_t owner_uid{};                        ///< of this process
    std::function<const config::Config&()> in_force;  ///< the configuration that holds now
    /// As SIGHUP. @return what of it needs a restart, as needs_restart()
    std::function<boost::asio::awaitable<Result<std::vector<std::string>>>()> reload;
    std::function<void()> quit;  ///< as SIGTERM; returns at once
};

/// The operator's door: POST /drain, /reload and /quit, GET /config, approvals decided as the OS
/// user who calls, for `owner_uid` and root alone, as the kernel names the peer: it belongs on a
/// unix socket (403 E_ADMIN_PEER elsewhere). And the health routes and /metrics as everywhere.
void add_routes(http::Router& router, const Parts& parts);

}  // namespace chela::sidecar::admin
