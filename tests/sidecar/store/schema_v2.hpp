#pragma once

#include <string>

namespace chela::sidecar::store {

/// A database of version 2 as an SQL script: an agent "agent-1" with four intents of nonces 3 and
/// 4: "done" (settled at 1000 ms), "open" (at 2000 ms), "undone" (released) and "new" (received).
/// @param signer      its address, as hex
/// @param guardrails  in storage form
[[nodiscard]] std::string schema_v2(const std::string& signer, const std::string& guardrails);

}  // namespace chela::sidecar::store
