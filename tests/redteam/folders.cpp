#include "tests/redteam/folders.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace chela::redteam {
namespace {

namespace fs = std::filesystem;
using policy::analysis::FixtureText;

FixtureText text_of(const fs::path& folder, const char* name) {
    const auto file = folder / name;
    return {file.string(), read_source(file)};
}

Folder read_folder(const fs::path& folder) {
    const std::array policies{text_of(folder, "policy.yaml")};
    const std::array cases{text_of(folder, "cases.yaml")};
    auto fixture = policy::analysis::read_fixture(
        policies, cases, [](std::string_view name) -> Result<std::string> {
            return fail(ErrorCode::not_found, "no file " + std::string{name});
        });
    if (!fixture) throw std::runtime_error{fixture.error().detail};
    return {folder.filename().string(), *std::move(fixture)};
}

}  // namespace

fs::path source_folder() {
    return CHELA_SOURCE_DIR;
}

std::string read_source(const fs::path& file) {
    std::ifstream in{source_folder() / file, std::ios::binary};
    if (!in) throw std::runtime_error{"cannot read " + file.string()};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<Folder> read_folders(const fs::path& below) {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator{source_folder() / below})
        if (entry.is_directory()) paths.push_back(below / entry.path().filename());
    std::ranges::sort(paths);
    std::vector<Folder> out;
    for (const auto& path : paths)
        out.push_back(read_folder(path));
    if (out.empty()) throw std::runtime_error{"no folder in " + below.string()};
    return out;
}

}  // namespace chela::redteam
