#pragma once

#include "policy/rules/load.hpp"
#include "sidecar/cli/commands.hpp"
#include "sidecar/store/store.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace chela::sidecar::cli {

/// A policy document from a file. @return as read_text_file() and load_policy()
struct ReadPolicy {
    policy::Policy policy;
    std::string text;  ///< as it was written
};
[[nodiscard]] Result<ReadPolicy> read_policy_file(const std::filesystem::path& path);

/// The store of the state directory; safe beside a running server.
[[nodiscard]] Result<std::unique_ptr<store::Store>> open_policy_store(const Session& session);

/// "note" or "warning".
[[nodiscard]] std::string_view to_string(policy::Finding::Severity severity);
/// "FILE:LINE: warning: text (CODE)"
[[nodiscard]] std::string finding_line(const policy::Finding& finding);
[[nodiscard]] Json finding_view(const policy::Finding& finding);

// Each adds one sub-command to `chela policy`.
void add_policy_lint(CLI::App& command, Session& session);
void add_policy_test(CLI::App& command, Session& session);
void add_policy_explain(CLI::App& command, Session& session);
void add_policy_decode(CLI::App& command, Session& session);
void add_policy_activate(CLI::App& command, Session& session);
void add_policy_show(CLI::App& command, Session& session);

}  // namespace chela::sidecar::cli
