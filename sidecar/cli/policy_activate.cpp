#include "chains/base/hex.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/app/policy_files.hpp"
#include "sidecar/cli/policy_commands.hpp"
#include "sidecar/edge/clock.hpp"

#include <algorithm>
#include <iostream>
#include <optional>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {
namespace {

constexpr const char* kOperator = "operator";

struct ActivateOptions {
    std::string file;
    bool for_organization = false;
    bool is_sure = false;
};

/// What would change, and what it looks like.
struct Preview {
    std::optional<std::uint64_t> active_version;
    std::vector<std::string> changes;
    std::vector<policy::Finding> findings;
    std::string warning;  ///< of a configured file; else empty
};

/// The store would refuse it as well, after somebody has read what changes and said yes.
Status check_version(store::Store& store, const policy::Policy& next) {
    const auto stored = store.policies();
    if (!stored) return std::unexpected{stored.error()};
    std::uint64_t highest = 0;
    for (const auto& record : *stored) {
        if (record.id != next.id) continue;
        if (record.is_active && record.digest == next.digest) return {};
        highest = std::max(highest, record.version);
    }
    if (next.version > highest) return {};
    return fail(
        ErrorCode::conflict,
        fmt::format(
            "nothing was activated: policy {} had version {} already, and the file says version "
            "{}; raise it above {}",
            next.id, highest, next.version, highest),
        "E_POLICY_VERSION");
}

Result<Preview> preview_of(
    store::Store& store, const config::PolicyConfig& config, const policy::Policy& next) {
    if (auto ok = check_version(store, next); !ok) return std::unexpected{ok.error()};
    Preview out;
    out.findings = policy::lint(next, SystemClock{}.now());
    out.warning = app::warning_of_policy_files(config, next);
    const auto active = store.policy(next.id);
    if (!active && active.error().code != ErrorCode::not_found) {
        return std::unexpected{active.error()};
    }
    if (!active) return out;
    out.active_version = active->version;
    const auto before = policy::load_canonical(active->canonical);
    if (!before) return std::unexpected{before.error()};
    out.changes = policy::difference(*before, next);
    return out;
}

void print_preview(const policy::Policy& next, const Preview& preview) {
    if (!preview.warning.empty()) std::cerr << "chela: warning: " << preview.warning << "\n";
    for (const auto& finding : preview.findings)
        std::cout << finding_line(finding) << "\n";
    if (!preview.active_version) {
        std::cout << next.id << " version " << next.version << " is new; nothing of it is active\n";
        return;
    }
    std::cout << next.id << ": version " << *preview.active_version << " → " << next.version
              << "\n";
    for (const auto& change : preview.changes)
        std::cout << "  " << change << "\n";
    if (preview.changes.empty()) std::cout << "  nothing changes\n";
}

/// Asks on a terminal only: what a pipe happens to hold is nobody's yes.
bool is_confirmed() {
    std::cout << "Activate? [y/N] " << std::flush;
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "yes");
}

Status confirm(const Session& session, const ActivateOptions& options) {
    if (options.is_sure) return {};
    if (session.json || ::isatty(STDIN_FILENO) == 0) {
        return fail(
            ErrorCode::denied, "nothing was activated: nobody can be asked here; add --yes",
            "E_NOT_CONFIRMED");
    }
    if (is_confirmed()) return {};
    return fail(ErrorCode::denied, "nothing was activated", "E_NOT_CONFIRMED");
}

Json preview_view(const policy::Policy& next, const Preview& preview) {
    auto findings = Json::array();
    for (const auto& finding : preview.findings)
        findings.push_back(finding_view(finding));
    Json out = {
        {"id", next.id},
        {"version", next.version},
        {"digest", to_hex(next.digest)},
        {"changes", preview.changes},
        {"findings", findings}};
    out["replaces"] = preview.active_version ? Json(*preview.active_version) : Json(nullptr);
    out["warning"] = preview.warning.empty() ? Json(nullptr) : Json(preview.warning);
    return out;
}

policy::AuditEntry audit_entry(
    TimePoint at, std::string action, const std::string& id, const Json& detail) {
    return {at, kOperator, std::move(action), id, detail.dump()};
}

Status activate_in(
    store::Store& store,
    const ReadPolicy& read,
    const Preview& preview,
    const ActivateOptions& options) {
    const auto& next = read.policy;
    const auto now = SystemClock{}.now();
    const store::PolicyRecord record{
        .id = next.id,
        .version = next.version,
        .digest = next.digest,
        .canonical = next.canonical,
        .source = read.text,
        .activated_at = now,
        .activated_by = kOperator,
        .is_active = true};
    Json detail = {{"version", next.version}, {"digest", to_hex(next.digest)}};
    detail["replaces"] = preview.active_version ? Json(*preview.active_version) : Json(nullptr);
    const auto active =
        store.activate_policy(record, audit_entry(now, "policy.activated", next.id, detail));
    if (!active) return std::unexpected{active.error()};
    if (!options.for_organization) return {};
    return store.set_organization_policy(
        next.id, audit_entry(now, "policy.organization", next.id, detail));
}

int activate(const Session& session, const ActivateOptions& options) {
    const auto read = read_policy_file(options.file);
    if (!read) return report(session, read.error());
    const auto config = app::load_config(session.directory);
    if (!config) return report(session, config.error());
    const auto store = app::open_store({config->dir});
    if (!store) return report(session, store.error());
    const auto preview = preview_of(**store, config->policy, read->policy);
    if (!preview) return report(session, preview.error());
    if (!session.json) print_preview(read->policy, *preview);
    if (auto ok = confirm(session, options); !ok) return report(session, ok.error());
    if (auto ok = activate_in(**store, *read, *preview, options); !ok) {
        return report(session, ok.error());
    }
    if (session.json) {
        auto out = preview_view(read->policy, *preview);
        out["organization"] = options.for_organization;
        print_json(out);
    } else {
        std::cout << "Active: " << read->policy.id << " version " << read->policy.version
                  << (options.for_organization ? ", above every agent" : "") << "\n";
    }
    return 0;
}

}  // namespace

void add_policy_activate(CLI::App& command, Session& session) {
    const auto options = std::make_shared<ActivateOptions>();
    auto* sub = command.add_subcommand(
        "activate", "Make a document the active version of its id, after showing what changes");
    sub->add_option("file", options->file, "The document")->required();
    sub->add_flag(
        "--organization", options->for_organization,
        "It stands above every agent's own document from now on");
    sub->add_flag("--yes", options->is_sure, "Do not ask");
    sub->footer(
        "Works beside a running server, which decides by the new version from then on.\n"
        "Exit status 65: the document does not load; 73: its version is not above every earlier "
        "one;\n77: it was not confirmed, or nobody can be asked and --yes is not given.\nA "
        "document "
        "that policy.files of chela.yaml names is changed by editing that file.\n\nExample:\n  "
        "chela policy activate policy.yaml --dir "
        "./state");
    sub->callback([&session, options] {
        session.run = [&session, options] { return activate(session, *options); };
    });
}

}  // namespace chela::sidecar::cli
