#pragma once

#include "chains/base/result.hpp"

#include <memory>

namespace boost::asio::ssl {
class context;
}

namespace chela::sidecar::node {

/// For a client that verifies servers against the system's roots: TLS 1.2 and later.
/// @return internal: the system's TLS cannot be used
[[nodiscard]] Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context();

}  // namespace chela::sidecar::node
