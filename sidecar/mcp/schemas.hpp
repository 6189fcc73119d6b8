#pragma once

#include "chains/base/json.hpp"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace chela::sidecar::mcp {

// JSON Schema 2020-12 of what tools take and answer.

[[nodiscard]] Json text_schema(const std::string& description);
[[nodiscard]] Json type_schema(const std::string& type, const std::string& description);

/// An object with these members and no others.
[[nodiscard]] Json input_schema(Json properties, const std::vector<std::string>& required);

/// A result with these members, or a refusal: `code` and `message`, and of an intent that was
/// refused `intent_id`, `state` and `violations`.
[[nodiscard]] Json output_schema(Json properties, const std::vector<std::string>& required);

/// Whom a tool asks for its answer.
enum class Asks : std::uint8_t { chela, node };
/// ToolAnnotations of a tool that only reads.
[[nodiscard]] Json reads(Asks asks);
/// Of one that signs or pays: once for each idempotency_key.
[[nodiscard]] Json signs();

}  // namespace chela::sidecar::mcp
