#include "policy/analysis/fixture.hpp"

#include "policy/decide/envelope_facts.hpp"
#include "policy/rules/load.hpp"

#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

namespace chela::policy::analysis {
namespace {

Status add_policy(Fixture& fixture, const FixtureText& text) {
    auto policy = load_policy(text.text, text.source);
    if (!policy) return std::unexpected{policy.error()};
    fixture.policies.push_back(
        {std::make_shared<const Policy>(*std::move(policy)), std::string{kFixtureAgent}});
    return {};
}

Status check_names(const std::vector<FixtureCase>& cases) {
    std::map<std::string_view, std::string_view> first;
    for (const auto& each : cases) {
        const auto [at, is_new] = first.emplace(each.name, each.where);
        if (is_new) continue;
        return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "{}: the case \"{}\" is at {} already; give it another name", each.where, each.name,
                at->second),
            "E_POLICY_FIXTURE");
    }
    return {};
}

}  // namespace

Result<Fixture> read_fixture(
    std::span<const FixtureText> policies,
    std::span<const FixtureText> cases,
    const ReadFile& read_file) {
    Fixture fixture;
    for (const auto& text : policies)
        if (auto added = add_policy(fixture, text); !added) return std::unexpected{added.error()};
    auto contracts = contracts_of(fixture.policies);
    if (!contracts) return std::unexpected{contracts.error()};
    fixture.contracts = *std::move(contracts);
    for (const auto& text : cases) {
        auto read = read_cases(text, fixture.policies, read_file);
        if (!read) return std::unexpected{read.error()};
        for (auto& each : *read)
            fixture.cases.push_back(std::move(each));
    }
    if (auto unique = check_names(fixture.cases); !unique) return std::unexpected{unique.error()};
    return fixture;
}

}  // namespace chela::policy::analysis
