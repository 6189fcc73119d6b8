// chela approvals: what policies hold until people agree.
#include "chains/base/address.hpp"
#include "chains/base/rfc3339.hpp"
#include "chains/base/u256.hpp"
#include "chains/node/printable.hpp"
#include "sidecar/admin/approver.hpp"
#include "sidecar/api/approval_view.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/cli/commands.hpp"
#include "sidecar/edge/clock.hpp"

#include <iostream>
#include <memory>
#include <sstream>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

constexpr std::size_t kMaxLine = 600;
constexpr std::size_t kMaxReason = 1'000;

/// What a command about approvals needs; the database is shared safely with a running server.
struct Desk {
    config::Config config;
    std::unique_ptr<store::Store> store;
    api::ApprovalFrame frame;
    SystemClock clock;

    [[nodiscard]] Result<Json> view(const store::ApprovalRecord& approval) const {
        const auto binding = api::binding_of(*store, approval);
        if (!binding) return std::unexpected{binding.error()};
        return api::approval_view(approval, *binding, frame, clock.now());
    }
};

Result<std::unique_ptr<Desk>> open_desk(const Session& session) {
    auto config = app::load_config(session.directory);
    if (!config) return std::unexpected{config.error()};
    auto store = app::open_store({config->dir});
    if (!store) return std::unexpected{store.error()};
    auto frame = api::approval_frame(**store);
    if (!frame) return std::unexpected{frame.error()};
    auto desk = std::make_unique<Desk>();
    desk->config = *std::move(config);
    desk->store = *std::move(store);
    desk->frame = *std::move(frame);
    return desk;
}

/// A member as text that cannot move the terminal's cursor; "" when it is not there.
std::string text(const Json& json, const char* name) {
    if (!json.is_object()) return {};
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) return {};
    return chains::node::printable(found->get_ref<const std::string&>(), kMaxLine);
}

bool is_stale(const Json& view) {
    return view.at("stale").get<bool>();
}

std::size_t yes_votes(const store::ApprovalRecord& approval) {
    std::size_t count = 0;
    for (const auto& vote : approval.votes)
        if (vote.vote == store::Vote::approve) ++count;
    return count;
}

/// All of what somebody would sign, since people answer for every word of it.
void print_message(const Json& node, std::size_t indent) {
    const auto message = node.find("message");
    if (message == node.end()) return;
    const std::string margin(indent, ' ');
    if (!message->is_string()) {
        std::cout << margin << "bytes " << node.value("message_bytes", "") << "\n";
        return;
    }
    std::istringstream lines{message->get<std::string>()};
    for (std::string line; std::getline(lines, line);)
        std::cout << margin << "| " << chains::node::printable(line, line.size()) << "\n";
}

void print_effects(const Json& nodes, std::size_t depth) {
    if (!nodes.is_array()) return;
    for (const auto& node : nodes) {
        const std::string wrapper = text(node, "wrapper");
        std::cout << std::string(2 * depth, ' ')
                  << (wrapper.empty() ? text(node, "text")
                                      : wrapper + " at " + text(node, "contract") + " carries:")
                  << "\n";
        print_message(node, 2 * depth + 2);
        if (node.contains("inner")) print_effects(node["inner"], depth + 1);
    }
}

void print_intent(const store::IntentRecord& intent) {
    std::cout << "signs     " << to_string(intent.operation);
    if (!intent.chain.empty())
        std::cout << " on " << intent.chain << " (chain id " << intent.chain_id.value << ")";
    std::cout << "\nfrom      " << to_checksum(intent.from) << "\n";
    if (intent.to) std::cout << "to        " << to_checksum(*intent.to) << "\n";
    if (intent.operation == policy::Operation::transaction)
        std::cout << "value     " << format_units(intent.value.value, kNativeDecimals) << "\n";
    std::cout << "state     " << to_string(intent.state) << "\n";
    if (!intent.decision_id.empty())
        std::cout << "decision  " << intent.decision_id << "  (chela policy explain)\n";
}

void print_votes(const store::ApprovalRecord& approval) {
    std::cout << "quorum    " << yes_votes(approval) << " of " << approval.minimum << " "
              << approval.quorum_of << " have approved\n";
    for (const auto& vote : approval.votes) {
        std::cout << "  " << to_rfc3339(vote.at) << "  " << to_string(vote.vote) << "  "
                  << vote.approver;
        if (!vote.reason.empty())
            std::cout << ": " << chains::node::printable(vote.reason, kMaxLine);
        std::cout << "\n";
    }
}

void print_approval(
    const store::ApprovalRecord& approval, const store::IntentRecord& intent, const Json& view) {
    std::cout << "approval  " << approval.id << "  " << text(view, "status") << "\n"
              << "intent    " << approval.intent_id << "\n"
              << "agent     " << approval.agent_id << "\n";
    print_intent(intent);
    const Json& summary = view.at("summary");
    if (const auto fee = parse_decimal(text(summary, "max_fee")))
        std::cout << "max fee   " << format_units(*fee, kNativeDecimals) << "\n";
    std::cout << "what it does\n";
    if (summary.contains("effects") && summary["effects"].is_object())
        print_effects(summary["effects"].value("roots", Json::array()), 1);
    std::cout << "why people are asked\n";
    for (const auto& reason : summary.value("reasons", Json::array()))
        std::cout << "  " << text(reason, "code") << ": " << text(reason, "detail") << "\n";
    print_votes(approval);
    std::cout << "expires   " << to_rfc3339(approval.expires_at) << "\n";
    if (is_stale(view)) {
        std::cout
            << "stale     the policies changed since: it cannot be approved any more; deny it, "
               "and let the agent submit it again\n";
    }
}

void print_line(const store::ApprovalRecord& approval, const Json& view) {
    std::cout << approval.id << "  " << fmt::format("{:8}", text(view, "status")) << "  "
              << yes_votes(approval) << " of " << approval.minimum << "  until "
              << to_rfc3339(approval.expires_at) << "  " << approval.action << "  agent "
              << approval.agent_id << (is_stale(view) ? "  stale: the policies changed since" : "")
              << "\n";
}

int list(const Session& session, const std::string& status, std::size_t limit) {
    const auto desk = open_desk(session);
    if (!desk) return report(session, desk.error());
    const auto wanted = status.empty() ? std::nullopt : store::parse_approval_status(status);
    const auto found = (*desk)->store->approvals(wanted, limit, 0);
    if (!found) return report(session, found.error());
    Json out = Json::array();
    for (const auto& approval : *found) {
        auto view = (*desk)->view(approval);
        if (!view) return report(session, view.error());
        if (!session.json) print_line(approval, *view);
        out.push_back(*std::move(view));
    }
    if (session.json) print_json({{"approvals", out}});
    if (!session.json && found->empty()) {
        std::cout << (status.empty() ? "Nothing was held for approval."
                                     : "Nothing is " + status + ".")
                  << "\n";
    }
    return 0;
}

int show(const Session& session, const std::string& id) {
    const auto desk = open_desk(session);
    if (!desk) return report(session, desk.error());
    const auto approval = (*desk)->store->approval(id);
    if (!approval) return report(session, approval.error());
    const auto intent = (*desk)->store->intent(approval->intent_id);
    if (!intent) return report(session, intent.error());
    const auto view = (*desk)->view(*approval);
    if (!view) return report(session, view.error());
    session.json ? print_json(*view) : print_approval(*approval, *intent, *view);
    return 0;
}

std::string next_step(const store::ApprovalRecord& approval) {
    switch (approval.status) {
        case store::ApprovalStatus::approved:
            return fmt::format(
                "Approved. The server decides once more under the policy that holds then, and "
                "signs; after {} the approval is void. Follow it with: chela tx show {}",
                to_rfc3339(approval.expires_at), approval.intent_id);
        case store::ApprovalStatus::pending:
            return fmt::format(
                "Recorded, {} of {}. {} more must approve before {}.", yes_votes(approval),
                approval.minimum, approval.minimum - yes_votes(approval),
                to_rfc3339(approval.expires_at));
        case store::ApprovalStatus::rejected:
            return "Denied; nothing is signed.";
        case store::ApprovalStatus::expired:
            return "Its time is over; nothing is signed.";
    }
    bug("an ApprovalStatus that does not exist");
}

struct Ballot {
    std::string id;
    std::string reason;
    std::string key_file;
};

int vote(const Session& session, const Ballot& ballot, store::Vote yes_or_no) {
    if (ballot.reason.size() > kMaxReason) {
        return report(
            session,
            {ErrorCode::invalid_input, "--reason: at most 1000 characters", "E_FIELD_REASON"});
    }
    const auto desk = open_desk(session);
    if (!desk) return report(session, desk.error());
    const auto approver =
        admin::approver_of((*desk)->config, *(*desk)->store, ballot.key_file, admin::this_user());
    if (!approver) return report(session, approver.error());
    const auto approval = api::cast_vote(
        *(*desk)->store, ballot.id, *approver, yes_or_no, ballot.reason, (*desk)->clock.now());
    if (!approval) return report(session, approval.error());
    if (!session.json) {
        std::cout << next_step(*approval) << "\n";
        return 0;
    }
    const auto view = (*desk)->view(*approval);
    if (!view) return report(session, view.error());
    print_json(*view);
    return 0;
}

void add_vote(
    CLI::App& command,
    Session& session,
    const char* name,
    const char* description,
    store::Vote yes_or_no) {
    const auto ballot = std::make_shared<Ballot>();
    auto* made = command.add_subcommand(name, description);
    made->add_option("id", ballot->id, "The approval's id")->required();
    made->add_option("--reason", ballot->reason, "Why, for the record");
    made->add_option(
        "--key-file", ballot->key_file,
        "Decide as the operator whose admin key is in this 0600 file (default: as the OS user)");
    made->footer(fmt::format(
        "A quorum of several needs different approvers: admin keys (chela operator add) or OS "
        "users.\n\nExample:\n  chela approvals {} 1b4e28ba-… --reason \"invoice 17\" --key-file "
        "alice.key",
        name));
    made->callback([&session, ballot, yes_or_no] {
        session.run = [&session, ballot, yes_or_no] { return vote(session, *ballot, yes_or_no); };
    });
}

}  // namespace

void add_approvals(CLI::App& app, Session& session) {
    auto* command =
        app.add_subcommand("approvals", "Requests that a policy holds until people agree");
    command->require_subcommand(1);

    const auto status = std::make_shared<std::string>();
    const auto limit = std::make_shared<std::size_t>(50);
    auto* all = command->add_subcommand("list", "List approvals, newest first");
    all->add_option("--status", *status, "pending, approved, rejected or expired")
        ->check(CLI::IsMember({"pending", "approved", "rejected", "expired"}));
    all->add_option("--limit", *limit, "At most so many")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000));
    all->footer("Example:\n  chela approvals list --status pending");
    all->callback([&session, status, limit] {
        session.run = [&session, status, limit] { return list(session, *status, *limit); };
    });

    const auto id = std::make_shared<std::string>();
    auto* one = command->add_subcommand("show", "Show what would be signed, and why it is held");
    one->add_option("id", *id, "Its id")->required();
    one->footer("Example:\n  chela approvals show 1b4e28ba-…");
    one->callback([&session, id] { session.run = [&session, id] { return show(session, *id); }; });

    add_vote(*command, session, "approve", "Say yes", store::Vote::approve);
    add_vote(*command, session, "deny", "Say no; one no is enough", store::Vote::reject);
}

}  // namespace chela::sidecar::cli
