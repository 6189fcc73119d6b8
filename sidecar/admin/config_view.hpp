#pragma once

#include "chains/base/json.hpp"
#include "sidecar/config/config.hpp"

#include <string>
#include <vector>

namespace chela::sidecar::admin {

/// The configuration as an operator may see it. Only what is picked here is in it: of URLs scheme,
/// host and port, of the token's URI what names the token; of secrets the paths of their files.
[[nodiscard]] Json config_view(const config::Config& config);

/// What a reload does not take up: it is read at the start alone.
/// @return names as in chela.yaml, "server.listen"
[[nodiscard]] std::vector<std::string> needs_restart(
    const config::Config& in_force, const config::Config& wanted);

}  // namespace chela::sidecar::admin
