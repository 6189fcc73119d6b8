#pragma once

#include "chains/base/result.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace boost::asio::ssl {
class context;
}

namespace chela::sidecar::node {

/// TLS 1.2 or newer for a client, with the certificates to trust.
/// @param ca_file  PEM; in place of the system's roots
/// @return invalid_input E_NODE_CA_FILE: it cannot be read, or holds no certificate
[[nodiscard]] Result<std::shared_ptr<boost::asio::ssl::context>> make_tls(
    const std::optional<std::filesystem::path>& ca_file);

}  // namespace chela::sidecar::node
