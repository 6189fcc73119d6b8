#pragma once

#include "sidecar/mcp/engine.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace chela::sidecar::mcp {

/// What a tool answers. A tool's own failure is a result, so that the model can read it.
struct ToolResult {
    Json content = Json::array();  ///< ContentBlocks
    Json structured;               ///< an object of the output schema; null: none
    bool is_error{};
};
/// The structured content, and the same as text for clients that read no other.
[[nodiscard]] ToolResult structured_result(Json structured, bool is_error = false);

using ToolOutcome = std::variant<ToolResult, InputRequired>;
using ToolAnswer = boost::asio::awaitable<RpcResult<ToolOutcome>>;

/// One row of the table of tools. Source: 2026-07-28, "Tools".
struct Tool {
    std::string name;  ///< [A-Za-z0-9_.-], 1 to 128
    std::string title;
    std::string description;
    Json input_schema;   ///< JSON Schema 2020-12 of an object
    Json output_schema;  ///< the same, of ToolResult::structured; null: none
    Json annotations;    ///< ToolAnnotations; null: none
    /// @param arguments  an object
    std::function<ToolAnswer(Call call, Json arguments)> handler;
    enum class Sends : std::uint8_t { an_answer, events };
    Sends sends{Sends::an_answer};
};

/// tools/list and tools/call.
[[nodiscard]] std::vector<Method> tool_methods(std::vector<Tool> tools);

}  // namespace chela::sidecar::mcp
