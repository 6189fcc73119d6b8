#pragma once

#include "chains/base/result.hpp"

#include <memory>

namespace boost::asio::ssl {
class context;
}

namespace chela::sidecar::node {

/// For clients, TLS 1.2 or newer, trusting the system's roots. @return internal: TLS is not usable
[[nodiscard]] Result<std::shared_ptr<boost::asio::ssl::context>> make_tls();

}  // namespace chela::sidecar::node
