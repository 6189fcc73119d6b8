#include "policy/analysis/request.hpp"
#include "policy/analysis/surroundings.hpp"
#include "policy/rules/load/values.hpp"
#include "policy/rules/yaml/parse.hpp"

#include <limits>
#include <utility>

#include <fmt/format.h>

namespace chela::policy::analysis {
namespace {

constexpr auto kReason = "E_POLICY_FIXTURE";

std::unexpected<Error> refused(Error error) {
    error.reason = kReason;
    return std::unexpected{std::move(error)};
}

std::optional<TimePoint> read_time(const Node& section, std::string_view key) {
    const auto node = section.find(key);
    const auto text = node ? node->text() : std::nullopt;
    if (!text) return std::nullopt;
    const auto time = load::parse_time(*text);
    if (time) return *time;
    node->refuse(time.error().detail);
    return std::nullopt;
}

void read_names(const Node& document, Scope& scope) {
    const auto section = document.find("names");
    if (!section) return;
    for (const auto& [name, node] : section->entries()) {
        if (!load::is_id(name) || name == "self" || name == "none" || name.starts_with("0x")) {
            node.refuse("a name has 1 to 64 characters of a-z, 0-9 and -, and is not self or none");
        } else if (find_account(name, scope)) {
            node.refuse("the policy names this already; use its name");
        } else if (const auto account = read_account(node, scope)) {
            scope.names.emplace(name, *account);
        }
    }
}

/// `signer` and `now` of a section over what holds for the file.
void read_defaults(const Node& section, Scope& scope) {
    if (const auto signer = section.find("signer")) {
        if (const auto account = read_account(*signer, scope)) scope.signer = account;
    }
    if (const auto now = read_time(section, "now")) scope.now = now;
}

void read_node(const Node& section, Scope& scope, FixtureCase& out) {
    if (const auto node = section.find("node_chain")) {
        const auto id = node->number(0, std::numeric_limits<std::uint64_t>::max());
        if (id) out.node_chain = ChainId{*id};
    }
    if (section.find("operator_max_fee")) {
        out.operator_max_fee = read_wei_of(section, "operator_max_fee", scope, Wei{});
    }
}

void read_approvals(const Node& section, FixtureCase& out) {
    const auto node = section.find("approvals");
    if (!node) return;
    for (const auto& item : node->items()) {
        const auto name = item.text();
        if (name && !out.approvals.insert(*name).second) {
            item.refuse("the same person twice is one approval; keep one");
        }
    }
}

/// @param scope  a copy: what a case says holds for it alone
std::optional<FixtureCase> read_case(const Node& unnamed, Scope scope) {
    const auto name_node = unnamed.require("name", "what the case shows, in words");
    const auto name = name_node ? name_node->text() : std::nullopt;
    if (!name) return std::nullopt;
    const auto section = unnamed.named(fmt::format("case \"{}\"", *name));
    if (!section.check_keys(
            {"name", "signer", "now", "transaction", "raw_transaction", "typed_data",
             "user_operation", "message", "authorization", "spent", "high_water", "simulation",
             "approvals", "node_chain", "operator_max_fee", "expect"})) {
        return std::nullopt;
    }
    read_defaults(section, scope);
    if (!scope.signer) section.refuse("\"signer\" is missing; write it here or once for the file");
    if (!scope.now) section.refuse("\"now\" is missing; write it here or once for the file");
    if (section.problems().any()) return std::nullopt;
    auto request = read_request(section, scope);
    if (!request) return std::nullopt;
    FixtureCase out{
        .name = *name,
        .where = section.where(),
        .signer = *scope.signer,
        .request = *std::move(request),
        .now = *scope.now,
        .ledger = {},
        .simulation = std::nullopt,
        .approvals = {},
        .node_chain = std::nullopt,
        .operator_max_fee = std::nullopt,
        .expect = {}};
    read_ledger(section, scope, out);
    read_simulation_of(section, scope, out);
    read_approvals(section, out);
    read_node(section, scope, out);
    read_expectation(section, out);
    return out;
}

}  // namespace

Result<std::vector<FixtureCase>> read_cases(
    const FixtureText& file, std::span<const BoundPolicy> policies, const ReadFile& read_file) {
    const auto tree = yaml::parse(file.text, file.source);
    if (!tree) return refused(tree.error());
    load::Problems problems;
    const Node document{*tree, {}, problems};
    Scope scope{policies, read_file};
    std::vector<FixtureCase> cases;
    if (document.check_keys({"signer", "now", "chain", "names", "cases"})) {
        read_names(document, scope);
        read_defaults(document, scope);
        if (document.find("chain")) scope.chain = read_chain_of(document, scope);
        if (const auto list = document.require("cases", "a list of cases")) {
            for (const auto& item : list->items())
                if (auto one = read_case(item, scope)) cases.push_back(*std::move(one));
            if (cases.empty()) list->refuse("there is no case");
        }
    }
    if (auto status = problems.status(); !status) return refused(status.error());
    return cases;
}

}  // namespace chela::policy::analysis
