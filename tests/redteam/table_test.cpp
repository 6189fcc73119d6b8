// The table in README.md has all 44 rows, and what it names is there.
#include "tests/redteam/folders.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace chela::redteam {
namespace {

namespace fs = std::filesystem;

constexpr int kRows = 44;

/// "| 7 | what | where |" of the README. @return number to the last column
std::map<int, std::string> rows_of_the_table() {
    static const std::regex kRow{R"(\| (\d+) \| [^|]+ \| ([^|]+) \|)"};
    const auto text = read_source("tests/redteam/README.md");
    std::map<int, std::string> out;
    for (std::sregex_iterator at{text.begin(), text.end(), kRow}, end; at != end; ++at) {
        const auto is_new = out.emplace(std::stoi((*at)[1]), (*at)[2]).second;
        EXPECT_TRUE(is_new) << "row " << (*at)[1] << " stands twice";
    }
    return out;
}

/// What a row names in backticks.
std::vector<std::string> names_in(const std::string& column) {
    static const std::regex kName{"`([^`]+)`"};
    std::vector<std::string> out;
    for (std::sregex_iterator at{column.begin(), column.end(), kName}, end; at != end; ++at)
        out.push_back((*at)[1]);
    return out;
}

/// "suite.fact" of every test of the tree.
std::set<std::string> tests_of_the_tree() {
    static const std::regex kTest{R"(TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\))"};
    std::set<std::string> out;
    const auto root = source_folder() / "tests";
    for (const auto& entry : fs::recursive_directory_iterator{root}) {
        if (entry.path().extension() != ".cpp") continue;
        const auto text = read_source(entry.path());
        for (std::sregex_iterator at{text.begin(), text.end(), kTest}, end; at != end; ++at)
            out.insert(fmt::format("{}.{}", (*at)[1].str(), (*at)[2].str()));
    }
    return out;
}

/// `catalogue/payments` has cases of the row.
bool has_cases(const std::vector<Folder>& folders, const std::string& name, int row) {
    const auto folder = std::ranges::find(
        folders, name, [](const Folder& each) { return "catalogue/" + each.name; });
    const auto prefix = fmt::format("{:02} attack: ", row);
    return folder != folders.end() &&
           std::ranges::any_of(folder->fixture.cases, [&prefix](const auto& each) {
               return each.name.starts_with(prefix);
           });
}

TEST(redteam_table, has_every_row_of_the_catalogue) {
    const auto rows = rows_of_the_table();
    EXPECT_EQ(rows.size(), static_cast<std::size_t>(kRows));
    for (int row = 1; row <= kRows; ++row)
        EXPECT_TRUE(rows.contains(row)) << "row " << row << " is missing";
}

TEST(redteam_table, names_what_is_there) {
    const auto tests = tests_of_the_tree();
    const auto folders = read_folders("tests/redteam/catalogue");
    EXPECT_TRUE(tests.contains("redteam_table.names_what_is_there"));
    for (const auto& [row, column] : rows_of_the_table()) {
        const auto names = names_in(column);
        EXPECT_FALSE(names.empty()) << "row " << row << " names nothing";
        for (const auto& name : names) {
            EXPECT_TRUE(tests.contains(name) || has_cases(folders, name, row))
                << "row " << row << " names " << name << ", which is not there";
        }
    }
}

}  // namespace
}  // namespace chela::redteam
