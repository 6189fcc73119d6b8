#pragma once

#include "sidecar/auth/authenticator.hpp"
#include "sidecar/config/config.hpp"
#include "sidecar/telemetry/metrics.hpp"

#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::app {

/// The configured identities with their credentials; every secret file is read and checked, so a
/// bad one fails here.
/// @param embedded  the authority of those that name none elsewhere
/// @return denied E_FILE_MODE, not_found …, naming the identity and the file
[[nodiscard]] Result<std::vector<auth::Identity>> make_identities(
    const config::Config& config,
    const boost::asio::any_io_executor& executor,
    const std::shared_ptr<auth::Authority>& embedded,
    const std::shared_ptr<const Clock>& clock,
    const std::shared_ptr<telemetry::Metrics>& metrics);

}  // namespace chela::sidecar::app
