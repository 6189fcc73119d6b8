#include "policy/rules/load.hpp"

#include "policy/rules/canonical/canonical.hpp"
#include "policy/rules/load/sections.hpp"
#include "policy/rules/yaml/parse.hpp"

#include <fmt/format.h>

namespace chela::policy {
namespace {

constexpr std::size_t kMaxText = 1U << 20U;
// 100,000 addresses and 10,000 rules fit; aliases unfold to no more.
constexpr yaml::Limits kLimits{.max_nodes = 300'000, .max_depth = 32};

}  // namespace

Result<Policy> load_policy(std::string_view text, const std::string& source) {
    load::Problems problems;
    if (text.size() > kMaxText) {
        problems.add(
            fmt::format("{}:1", source), "longer than 1 MiB; split it into several documents");
        return std::unexpected{problems.status().error()};
    }
    const auto tree = yaml::parse(text, source, kLimits);
    if (!tree) {
        return fail(tree.error().code, tree.error().detail, "E_POLICY_DOCUMENT");
    }
    const load::Node document{*tree, {}, problems};
    Policy policy;
    load::Context context{.policy = policy, .sets = {}, .rules = {}};
    document.check_keys(
        {"schema", "id", "version", "not_before", "expires", "show_limits", "assets", "sets",
         "contracts", "budgets", "envelope", "permit", "forbid", "review", "simulation"});
    load::read_header(document, policy);
    // What comes later asks for what came before, so it waits for a first refusal.
    for (const auto read :
         {load::read_assets, load::read_sets, load::read_contracts, load::read_budgets,
          load::read_envelope, load::read_rules, load::read_simulation}) {
        if (!problems.any()) read(document, context);
    }
    if (const auto status = problems.status(); !status) return std::unexpected{status.error()};
    canonical::finish(policy);
    return policy;
}

}  // namespace chela::policy
