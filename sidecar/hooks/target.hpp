#pragma once

#include "sidecar/node/url.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

namespace chela::sidecar::hooks {

/// webhooks.allow_private in chela.yaml.
enum class PrivateTargets : std::uint8_t { refuse, allow };

/// A webhook's URL taken apart.
struct Target {
    node::Endpoint endpoint;
    bool is_loopback{};  ///< the host is written as a loopback address or as localhost
};

/// https, or http to a loopback host; no user info; no address that is never called, or a private
/// one unless allowed. What a name stands for is judged at each delivery.
/// @return invalid_input E_WEBHOOK_URL; the text never quotes the URL
[[nodiscard]] Result<Target> parse_target(std::string_view url, PrivateTargets private_targets);

/// Those of the addresses that may be called: a name that is not written as this machine is not
/// answered by it. @return denied E_WEBHOOK_ADDRESS: none of them
[[nodiscard]] Result<std::vector<boost::asio::ip::tcp::endpoint>> allowed(
    const Target& target,
    const std::vector<boost::asio::ip::tcp::endpoint>& addresses,
    PrivateTargets private_targets);

}  // namespace chela::sidecar::hooks
