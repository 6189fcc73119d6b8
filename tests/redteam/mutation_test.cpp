// Every allowed request of the examples and of the catalogue, attacked in every way that is known:
// what comes of it is refused, or does no more than the request did.
#include "policy/rules/load.hpp"
#include "tests/redteam/mutate/harness.hpp"
#include "tests/redteam/mutate/parts.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <stdexcept>

#include <gtest/gtest.h>

namespace chela::redteam {
namespace {

std::vector<Folder> all_folders() {
    auto out = read_folders("examples/policies");
    for (auto& folder : read_folders("tests/redteam/catalogue"))
        out.push_back(std::move(folder));
    return out;
}

TEST(mutation, no_mutant_of_an_allowed_request_does_anything_else) {
    const auto report = attack(all_folders(), all_operators());
    std::cout << to_text(report);
    EXPECT_EQ(report.total().survivors, 0U);
    EXPECT_GE(report.total().mutants, 1000U);
    EXPECT_GE(report.subjects, 50U);
    for (const auto& tally : report.tallies)
        EXPECT_GT(tally.killed, 0U) << tally.name << " never made anything to refuse";
}

std::vector<Mutant> copy(const Subject& subject) {
    return {{"the same", *subject.content}};
}
constexpr std::array kCopy{Operator{"copy", copy}};

TEST(mutation, a_copy_is_equal) {
    const auto report = attack(all_folders(), kCopy);
    EXPECT_EQ(report.total().equal, report.subjects);
    EXPECT_EQ(report.total().mutants, report.subjects);
    EXPECT_GT(report.subjects, 0U);
}

/// The catalogue's payments under a policy that lets everything through that it understands.
Folder permissive() {
    constexpr std::string_view kPermissive = R"y(
schema: chela.policy/1
id: everything
version: 1
envelope: {chains: [8453, 10, 1], tx_types: [0, 1, 2, 3, 4], max_total_fee: "1000000 ETH"}
permit:
  - id: everything
    effect: [transfer, grant, swap, wrap, deploy, delegate_7702, delegatecall, authority, userop, call, message]
)y";
    const auto policy = policy::load_policy(kPermissive, "everything.yaml");
    if (!policy) throw std::runtime_error{policy.error().detail};
    for (auto& folder : read_folders("tests/redteam/catalogue")) {
        if (folder.name != "payments") continue;
        folder.fixture.policies = {
            {std::make_shared<const policy::Policy>(*policy),
             std::string{policy::analysis::kFixtureAgent}}};
        return std::move(folder);
    }
    throw std::runtime_error{"the catalogue has no payments"};
}

TEST(mutation, a_policy_that_permits_everything_has_survivors) {
    const std::array folders{permissive()};
    const auto report = attack(folders, all_operators());
    EXPECT_GT(report.total().survivors, 100U);
    EXPECT_EQ(report.survivors.size(), report.total().survivors);
    for (const auto* name :
         {"another address in the calldata", "wrap in a Safe's delegatecall",
          "an allowance instead", "another chain", "a higher fee"}) {
        const auto tally = std::ranges::find(report.tallies, name, &Tally::name);
        ASSERT_NE(tally, report.tallies.end()) << name;
        EXPECT_GT(tally->survivors, 0U) << name;
    }
}

std::vector<Mutant> emptied(const Subject& /*subject*/) {
    return {{"nothing to read", fail(ErrorCode::invalid_input, "it does not read")}};
}
constexpr std::array kEmptied{Operator{"unreadable", emptied}};

TEST(mutation, what_does_not_read_is_killed) {
    const auto report = attack(all_folders(), kEmptied);
    EXPECT_EQ(report.total().killed, report.subjects);
}

}  // namespace
}  // namespace chela::redteam
