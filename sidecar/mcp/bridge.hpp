#pragma once

#include <filesystem>
#include <functional>
#include <istream>
#include <string>
#include <variant>

#include <boost/asio/ip/tcp.hpp>

namespace chela::sidecar::mcp {

/// Where a running chela listens, and as whom to speak to it.
struct Reach {
    using Tcp = boost::asio::ip::tcp::endpoint;  ///< loopback: the token stays on this machine
    using Unix = std::filesystem::path;
    std::variant<Unix, Tcp> where;
    std::string token;  ///< secret; of the X-Chela-Token header; empty: the unix peer is known
};

/// Carries messages, one a line, from `input` to chela's POST /mcp, and what it answers to
/// `output`, until `input` ends and everything has its answer. What cannot be carried is answered
/// by an error, so that nobody waits for ever. Source: 2026-07-28, "stdio".
/// @param output  hears each line, without its end; called on one thread at a time
/// Threads: blocks; makes one besides the caller's.
void bridge(const Reach& reach, std::istream& input, std::function<void(std::string)> output);

}  // namespace chela::sidecar::mcp
