#pragma once

#include "chains/base/json.hpp"
#include "sidecar/config/config.hpp"

namespace chela::sidecar::admin {

/// The configuration as an operator may see it. Only what is picked here is in it: of URLs scheme,
/// host and port, of the token's URI what names the token; of secrets the paths of their files.
[[nodiscard]] Json config_view(const config::Config& config);

}  // namespace chela::sidecar::admin
