#include "sidecar/app/opened.hpp"
#include "sidecar/cli/policy_commands.hpp"
#include "sidecar/edge/text_file.hpp"

#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

Result<ReadPolicy> read_policy_file(const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        return fail(
            ErrorCode::invalid_input, path.string() + ": is a folder; name the policy.yaml in it",
            "E_FILE");
    }
    auto text = read_text_file(path);
    if (!text) return std::unexpected{text.error()};
    auto policy = policy::load_policy(*text, path.string());
    if (!policy) return std::unexpected{policy.error()};
    return ReadPolicy{*std::move(policy), *std::move(text)};
}

Result<std::unique_ptr<store::Store>> open_policy_store(const Session& session) {
    const auto config = app::load_config(session.directory);
    if (!config) return std::unexpected{config.error()};
    return app::open_store({config->dir});
}

std::string_view to_string(policy::Finding::Severity severity) {
    switch (severity) {
        case policy::Finding::Severity::note:
            return "note";
        case policy::Finding::Severity::warning:
            return "warning";
    }
    bug("a severity that does not exist");
}

std::string finding_line(const policy::Finding& finding) {
    return fmt::format(
        "{}: {}: {} ({})", finding.where, to_string(finding.severity), finding.text, finding.code);
}

Json finding_view(const policy::Finding& finding) {
    return {
        {"severity", to_string(finding.severity)},
        {"where", finding.where},
        {"code", finding.code},
        {"text", finding.text}};
}

void add_policy(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand("policy", "Policy documents: what agents may sign");
    command->require_subcommand(1);
    add_policy_lint(*command, session);
    add_policy_test(*command, session);
    add_policy_decode(*command, session);
    add_policy_activate(*command, session);
    add_policy_show(*command, session);
    add_policy_explain(*command, session);
    command->footer(
        "Start here:\n  chela policy lint policy.yaml\n  chela policy test examples/policies/*/\n"
        "  chela policy activate policy.yaml\n  chela policy explain DECISION");
}

}  // namespace chela::sidecar::cli
