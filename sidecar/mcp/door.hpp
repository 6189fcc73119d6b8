#pragma once

#include "sidecar/api/context.hpp"
#include "sidecar/api/seats.hpp"
#include "sidecar/mcp/tools.hpp"

#include <memory>
#include <vector>

namespace chela::sidecar::mcp {

/// What the tools work with; `api` is owned by the app and outlives the server.
struct Parts {
    api::Context& api;
    std::shared_ptr<api::Seats> simulations;  ///< who simulates now
    std::shared_ptr<api::Seats> readers;      ///< who asks a node now
};

/// POST /mcp: the Model Context Protocol for an agent, with chela's tools. There is none that gives
/// or takes a secret, and what is signed goes the way of every intent.
void add_routes(http::Router& router, api::Context& context);

// One family of tools a file. `parts` outlives what they give.

[[nodiscard]] std::vector<Tool> wallet_tools(const Parts& parts);  ///< wallet_address, balances
[[nodiscard]] std::vector<Tool> limit_tools(
    const Parts& parts);  ///< policy_describe, budget_status
/// intent_simulate, intent_submit, intent_status
[[nodiscard]] std::vector<Tool> intent_tools(const Parts& parts);
[[nodiscard]] std::vector<Tool> typed_data_tools(const Parts& parts);  ///< typed_data_sign

/// A refusal as a result: the same reason as at the other doors, and a sentence.
[[nodiscard]] ToolResult refused(const Error& error);

}  // namespace chela::sidecar::mcp
