#include "chains/base/hex.hpp"
#include "sidecar/cli/policy_commands.hpp"
#include "sidecar/edge/clock.hpp"

#include <iostream>
#include <optional>
#include <unistd.h>

#include <CLI/CLI.hpp>
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
    bool is_active{};  ///< this very document is
};

Result<Preview> preview_of(store::Store& store, const policy::Policy& next) {
    Preview out;
    out.findings = policy::lint(next);
    const auto active = store.policy(next.id);
    if (!active && active.error().code != ErrorCode::not_found) {
        return std::unexpected{active.error()};
    }
    if (!active) return out;
    out.active_version = active->version;
    out.is_active = active->digest == next.digest;
    const auto before = policy::load_canonical(active->canonical);
    if (!before) return std::unexpected{before.error()};
    out.changes = policy::difference(*before, next);
    return out;
}

void print_preview(const policy::Policy& next, const Preview& preview) {
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
    const auto store = open_policy_store(session);
    if (!store) return report(session, store.error());
    const auto preview = preview_of(**store, read->policy);
    if (!preview) return report(session, preview.error());
    if (!session.json) print_preview(read->policy, *preview);
    if (!options.is_sure) {
        if (session.json || ::isatty(STDIN_FILENO) == 0) {
            return report(
                session, {ErrorCode::invalid_input,
                          "nothing was activated: nobody can be asked here; add --yes", "E_USAGE"});
        }
        if (!is_confirmed()) {
            return report(session, {ErrorCode::denied, "nothing was activated", "E_NOT_CONFIRMED"});
        }
    }
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
        "one;\n77: it was not confirmed.\n\nExample:\n  chela policy activate policy.yaml --dir "
        "./state");
    sub->callback([&session, options] {
        session.run = [&session, options] { return activate(session, *options); };
    });
}

}  // namespace chela::sidecar::cli
