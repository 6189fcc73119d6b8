#pragma once

#include <cstdint>

#include <boost/asio/ip/address.hpp>

namespace chela::sidecar::hooks {

/// What is behind an address.
enum class Reach : std::uint8_t {
    nowhere,          ///< link-local, cloud metadata, multicast, unspecified, reserved: never
    loopback,         ///< this machine
    private_network,  ///< not routed in the internet
    internet
};

/// An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) counts as what it is.
/// Source: IANA special-purpose address registries; RFC 1918, 3927, 4193, 4291, 6598, 6890.
[[nodiscard]] Reach reach_of(const boost::asio::ip::address& address);

}  // namespace chela::sidecar::hooks
