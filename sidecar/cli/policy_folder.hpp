#pragma once

#include "policy/analysis/fixture.hpp"

#include <filesystem>

namespace chela::sidecar::cli {

/// A folder of policy.yaml, organization.yaml where another document stands above it, and cases:
/// cases.yaml, cases/*.yaml, or both. Files that cases name are looked for beside the folder's
/// policy.yaml, and nowhere else.
/// @return as policy::analysis::read_fixture(); not_found: no policy.yaml, or no cases
[[nodiscard]] Result<policy::analysis::Fixture> read_fixture_folder(
    const std::filesystem::path& folder);

}  // namespace chela::sidecar::cli
