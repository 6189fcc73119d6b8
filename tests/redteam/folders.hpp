#pragma once

#include "policy/analysis/fixture.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace chela::redteam {

/// A folder of policy.yaml and cases.yaml, as `chela policy test` takes it.
struct Folder {
    std::string name;
    policy::analysis::Fixture fixture;
};

/// @param below  of the source tree: "tests/redteam/catalogue"
/// @return every folder there, by name; one that does not read throws with its reason
[[nodiscard]] std::vector<Folder> read_folders(const std::filesystem::path& below);

/// The text of a file of the source tree; one that is not there throws.
[[nodiscard]] std::string read_source(const std::filesystem::path& file);
[[nodiscard]] std::filesystem::path source_folder();

}  // namespace chela::redteam
