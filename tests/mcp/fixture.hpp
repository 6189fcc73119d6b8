#pragma once

#include "sidecar/mcp/tools.hpp"

#include <vector>

namespace chela::test {

// What the conformance suite asks a server for, on the engine that chela's own tools run on. The
// names and texts are the suite's.

/// Tools that answer, fail, report and ask legacy clients.
[[nodiscard]] std::vector<sidecar::mcp::Tool> answering_tools();
/// Tools whose first answer is a question.
[[nodiscard]] std::vector<sidecar::mcp::Tool> asking_tools();
/// prompts/*, resources/*, completion/complete, logging/setLevel.
[[nodiscard]] std::vector<sidecar::mcp::Method> other_methods();

}  // namespace chela::test
