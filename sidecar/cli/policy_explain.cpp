#include "chains/base/rfc3339.hpp"
#include "policy/decide/record.hpp"
#include "sidecar/cli/policy_commands.hpp"
#include "sidecar/cli/policy_finder.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/edge/text_file.hpp"

#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {
namespace {

struct ExplainOptions {
    std::string decision;
    std::string intent;
    std::vector<std::string> policies;
    bool is_record_alone = false;
};

struct Replay {
    std::optional<std::string> difference;  ///< empty: byte for byte the same
};

/// The first byte in which two records differ, with what stands there.
std::string first_difference(std::string_view stored, std::string_view now) {
    constexpr std::size_t kBefore = 40;
    constexpr std::size_t kShown = 80;
    std::size_t at = 0;
    while (at < stored.size() && at < now.size() && stored[at] == now[at])
        ++at;
    const auto begin = at > kBefore ? at - kBefore : 0;
    return fmt::format(
        "byte {}: the record says …{}, and now it would be …{}", at, stored.substr(begin, kShown),
        now.substr(begin, kShown));
}

/// Editors and shells end a file with a line break; a record has none.
std::string without_last_break(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

Result<Replay> replay_of(const std::string& record, const PolicyFinder& finder) {
    const auto again =
        policy::replay(record, [&](const Hash256& digest) { return finder.find(digest); });
    if (!again) return std::unexpected{again.error()};
    if (*again == record) return Replay{};
    return Replay{first_difference(record, *again)};
}

int explain_record(const Session& session, const std::string& record, const PolicyFinder& finder) {
    const auto text = policy::explain(record);
    if (!text) return report(session, text.error());
    const auto replayed = replay_of(record, finder);
    if (session.json) {
        if (!replayed) return report(session, replayed.error());
        const auto parsed = parse_json(record, {.max_depth = 128});
        if (!parsed) return report(session, parsed.error());
        // In the record's own order: taken out again, it is the record.
        nlohmann::ordered_json out = {
            {"replays", !replayed->difference}, {"record", nlohmann::ordered_json::parse(record)}};
        if (replayed->difference) out["difference"] = *replayed->difference;
        std::cout << out.dump() << "\n";
    } else {
        std::cout << *text << "\n";
        if (!replayed) return report(session, replayed.error());
        if (!replayed->difference) std::cout << "Replay: byte for byte the same.\n";
    }
    if (!replayed->difference) return 0;
    return report(
        session,
        {ErrorCode::invalid_input,
         "the record does not replay: it was changed, or made by a chela that decides otherwise; " +
             *replayed->difference,
         "E_REPLAY"});
}

int explain_stored(const Session& session, const ExplainOptions& options) {
    const auto store = open_policy_store(session);
    if (!store) return report(session, store.error());
    const auto decision = (*store)->decision(options.decision);
    if (!decision) {
        Error error = decision.error();
        if (error.code == ErrorCode::not_found) error.detail += "; for an intent use --intent ID";
        return report(session, error);
    }
    if (options.is_record_alone) {
        std::cout << decision->record << "\n";
        return 0;
    }
    const auto finder = PolicyFinder::make(options.policies, store->get());
    if (!finder) return report(session, finder.error());
    if (!session.json) {
        std::cout << "Decision " << decision->id << " about intent " << decision->intent_id
                  << " of agent " << decision->agent_id << "\n";
    }
    return explain_record(session, decision->record, *finder);
}

int explain_file(const Session& session, const ExplainOptions& options) {
    const auto text =
        options.decision == "-" ? read_standard_input() : read_text_file(options.decision);
    if (!text && text.error().code == ErrorCode::not_found) {
        return report(
            session,
            {ErrorCode::not_found,
             "no decision or file " + options.decision + "; ids are given in full", "E_FILE"});
    }
    if (!text) return report(session, text.error());
    // With documents at hand, a record is read far from where it was made.
    std::unique_ptr<store::Store> store;
    if (options.policies.empty()) {
        auto opened = open_policy_store(session);
        if (!opened) return report(session, opened.error());
        store = std::move(*opened);
    }
    const auto finder = PolicyFinder::make(options.policies, store.get());
    if (!finder) return report(session, finder.error());
    return explain_record(session, without_last_break(*text), *finder);
}

int list_of_intent(const Session& session, const std::string& intent) {
    const auto store = open_policy_store(session);
    if (!store) return report(session, store.error());
    if (const auto known = (*store)->intent(intent); !known) return report(session, known.error());
    const auto decisions = (*store)->decisions(intent);
    if (!decisions) return report(session, decisions.error());
    auto out = Json::array();
    for (const auto& decision : *decisions) {
        out.push_back(
            {{"id", decision.id},
             {"at", to_rfc3339(decision.at)},
             {"agent_id", decision.agent_id},
             {"verdict", decision.verdict}});
        if (session.json) continue;
        std::cout << to_rfc3339(decision.at) << "  " << decision.id << "  " << decision.verdict
                  << "\n";
    }
    if (session.json) print_json({{"decisions", out}});
    if (!session.json && decisions->empty()) std::cout << "Nothing was decided about it.\n";
    return 0;
}

int explain(const Session& session, const ExplainOptions& options) {
    if (options.decision.empty() == options.intent.empty()) {
        return report(
            session, {ErrorCode::invalid_input,
                      "name a decision, a file that holds its record, or an intent with --intent",
                      "E_USAGE"});
    }
    if (options.is_record_alone && !is_uuid(options.decision)) {
        return report(
            session, {ErrorCode::invalid_input, "--record takes the id of a decision", "E_USAGE"});
    }
    if (!options.intent.empty()) return list_of_intent(session, options.intent);
    return is_uuid(options.decision) ? explain_stored(session, options)
                                     : explain_file(session, options);
}

}  // namespace

void add_policy_explain(CLI::App& command, Session& session) {
    const auto options = std::make_shared<ExplainOptions>();
    auto* sub = command.add_subcommand(
        "explain", "Show why a decision was made, and make it again to see that it is the same");
    sub->add_option("decision", options->decision, "Its id, a file with its record, or -");
    sub->add_option("--intent", options->intent, "List the decisions about this intent instead");
    sub->add_option(
        "--policy", options->policies,
        "Documents that it was made under; with a file, no state directory is needed then");
    sub->add_flag(
        "--record", options->is_record_alone,
        "Only print the stored record, on one line, to be explained elsewhere");
    sub->footer(
        "Exit status 0: the record replays byte for byte; 65: it does not; 66: no such "
        "decision.\n\n"
        "Examples:\n  chela policy explain --intent 6c2d… --dir ./state\n"
        "  chela policy explain 0f1e… --dir ./state\n"
        "  chela policy explain 0f1e… --record --dir ./state > record.json\n"
        "  chela policy explain record.json --policy policy.yaml");
    sub->callback([&session, options] {
        session.run = [&session, options] { return explain(session, *options); };
    });
}

}  // namespace chela::sidecar::cli
