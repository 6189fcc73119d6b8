// The rows of the catalogue of bypasses that a fixture can express: each attack is denied for its
// reason, and the nearest legitimate request is allowed.
#include "policy/analysis/run.hpp"
#include "tests/redteam/folders.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace chela::redteam {
namespace {

using policy::Verdict;
using policy::analysis::FixtureCase;

constexpr std::string_view kCatalogue = "tests/redteam/catalogue";

/// The rest of the 44 stands in rows_test.cpp and in README.md.
constexpr std::array kRows{1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18,
                           19, 20, 21, 22, 23, 24, 25, 27, 29, 30, 32, 33, 34, 36, 39, 40, 41};

const std::vector<Folder>& catalogue() {
    static const auto folders = read_folders(kCatalogue);
    return folders;
}

bool is_attack(const FixtureCase& of, int row) {
    return of.name.starts_with(fmt::format("{:02} attack: ", row));
}
bool is_legitimate(const FixtureCase& of, int row) {
    return of.name.starts_with(fmt::format("{:02} legitimate: ", row));
}

void expect_as_written(const FixtureCase& of, const Folder& folder) {
    const auto outcome =
        policy::analysis::judge(of, folder.fixture.policies, folder.fixture.contracts);
    const auto different = policy::analysis::differences(of.expect, outcome);
    EXPECT_TRUE(different.empty()) << of.where << ": " << of.name << "\n"
                                   << fmt::format("{}", fmt::join(different, "\n"));
}

class catalogue_row : public testing::TestWithParam<int> {};

TEST_P(catalogue_row, denies_every_attack_and_allows_the_nearest_legitimate_request) {
    int attacks = 0;
    int legitimate = 0;
    for (const auto& folder : catalogue()) {
        for (const auto& each : folder.fixture.cases) {
            if (is_attack(each, GetParam())) {
                ++attacks;
                EXPECT_EQ(each.expect.verdict, Verdict::deny) << each.where;
                expect_as_written(each, folder);
            } else if (is_legitimate(each, GetParam())) {
                ++legitimate;
                EXPECT_EQ(each.expect.verdict, Verdict::allow) << each.where;
                expect_as_written(each, folder);
            }
        }
    }
    EXPECT_GT(attacks, 0);
    EXPECT_GT(legitimate, 0);
}

INSTANTIATE_TEST_SUITE_P(bypass, catalogue_row, testing::ValuesIn(kRows), [](const auto& row) {
    return fmt::format("row_{:02}", row.param);
});

TEST(catalogue, every_case_belongs_to_a_row) {
    for (const auto& folder : catalogue()) {
        for (const auto& each : folder.fixture.cases) {
            const bool is_known = std::ranges::any_of(kRows, [&each](int row) {
                return is_attack(each, row) || is_legitimate(each, row);
            });
            EXPECT_TRUE(is_known) << each.where << ": " << each.name;
        }
    }
}

}  // namespace
}  // namespace chela::redteam
