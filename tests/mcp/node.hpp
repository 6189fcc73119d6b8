#pragma once

#include "tests/support/process.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace chela::test {

/// A path that ./run sets; throws when it has not.
[[nodiscard]] std::string installed(const char* variable);

/// A Node that the protocol's own programs run on: newer than Debian's.
[[nodiscard]] std::string new_node();

/// A program that prints its port first.
struct Listener {
    std::unique_ptr<Process> process;
    std::uint16_t port{};
};
/// Throws when none is printed.
[[nodiscard]] Listener start_listener(std::vector<std::string> argv);

/// The official suite against the server at /mcp of that port.
[[nodiscard]] Output conformance(std::uint16_t port, std::vector<std::string> arguments);

}  // namespace chela::test
