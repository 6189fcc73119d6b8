#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace chela::sidecar::cli {

/// The options of `agent create` and `agent update`; they become the same request object that the
/// REST API takes.
struct AgentFlags {
    std::string name;
    std::string description;
    std::vector<std::string> to;
    std::vector<std::string> tokens;
    std::vector<std::string> chains;
    std::string max_value;
    std::string daily_limit;
    std::string max_per_day;
    std::vector<std::string> fee_budgets;  ///< "CHAIN=AMOUNT"
    std::string token_ttl;
    std::string signing_key;
    std::string identity;  ///< of chela.yaml, with an authority elsewhere
    std::string policy;    ///< a document's id, or "none"
    std::string intents;   ///< "on" or "off"
    std::vector<std::string> clear;
};

void add_agent_flags(CLI::App& command, const std::shared_ptr<AgentFlags>& flags);

/// @return invalid_input: a number that is none
[[nodiscard]] Result<Json> to_request(const AgentFlags& flags);

/// Is the agent to be bound to a policy document?
[[nodiscard]] bool names_policy(const AgentFlags& flags);

}  // namespace chela::sidecar::cli
