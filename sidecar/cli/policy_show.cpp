#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/cli/policy_commands.hpp"

#include <algorithm>
#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {
namespace {

struct ShowOptions {
    std::string id;
    std::optional<std::uint64_t> version;
    bool is_canonical = false;
};

Json record_view(const store::PolicyRecord& record, const std::optional<std::string>& above) {
    return {
        {"id", record.id},
        {"version", record.version},
        {"digest", to_hex(record.digest)},
        {"active", record.is_active},
        {"organization", record.is_active && above == record.id},
        {"activated_at", to_rfc3339(record.activated_at)},
        {"activated_by", record.activated_by}};
}

int list(const Session& session, store::Store& store) {
    const auto all = store.policies();
    if (!all) return report(session, all.error());
    const auto above = store.organization_policy();
    if (!above) return report(session, above.error());
    auto out = Json::array();
    for (const auto& record : *all) {
        if (!record.is_active) continue;
        out.push_back(record_view(record, *above));
        if (session.json) continue;
        std::cout << record.id << "  version " << record.version << "  since "
                  << to_rfc3339(record.activated_at) << "  " << to_hex(record.digest)
                  << (*above == record.id ? "  above every agent" : "") << "\n";
    }
    if (session.json) print_json({{"policies", out}});
    if (!session.json && out.empty()) std::cout << "No policy is active.\n";
    return 0;
}

Result<store::PolicyRecord> find(store::Store& store, const ShowOptions& options) {
    if (!options.version) return store.policy(options.id);
    auto all = store.policies();
    if (!all) return std::unexpected{all.error()};
    const auto found = std::ranges::find_if(*all, [&](const store::PolicyRecord& record) {
        return record.id == options.id && record.version == *options.version;
    });
    if (found != all->end()) return std::move(*found);
    return fail(
        ErrorCode::not_found,
        "there is no version " + std::to_string(*options.version) + " of the policy " + options.id);
}

int show_one(const Session& session, store::Store& store, const ShowOptions& options) {
    const auto record = find(store, options);
    if (!record) return report(session, record.error());
    const auto above = store.organization_policy();
    if (!above) return report(session, above.error());
    if (session.json) {
        auto out = record_view(*record, *above);
        out[options.is_canonical ? "canonical" : "source"] =
            options.is_canonical ? record->canonical : record->source;
        print_json(out);
        return 0;
    }
    // The text alone, so that it can be kept and compared.
    const auto& text = options.is_canonical ? record->canonical : record->source;
    std::cout << text << (text.ends_with('\n') ? "" : "\n");
    return 0;
}

int show(const Session& session, const ShowOptions& options) {
    const auto store = open_policy_store(session);
    if (!store) return report(session, store.error());
    return options.id.empty() ? list(session, **store) : show_one(session, **store, options);
}

}  // namespace

void add_policy_show(CLI::App& command, Session& session) {
    const auto options = std::make_shared<ShowOptions>();
    auto* sub = command.add_subcommand("show", "List active documents, or print one as written");
    auto* id = sub->add_option("id", options->id, "The document's id");
    sub->add_option("--version", options->version, "Not the active version but this one")
        ->needs(id);
    sub->add_flag(
           "--canonical", options->is_canonical, "The canonical JSON text, which the digest is of")
        ->needs(id);
    sub->footer(
        "Examples:\n  chela policy show --dir ./state\n  chela policy show treasury-agent "
        "--version 6 > before.yaml");
    sub->callback([&session, options] {
        session.run = [&session, options] { return show(session, *options); };
    });
}

}  // namespace chela::sidecar::cli
