#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace chela::sidecar::app {

/// One thing that was looked at.
struct Finding {
    std::string check;  ///< "token", "node anvil", "file modes", …
    bool is_ok{};
    std::string detail;  ///< what was seen, and how to mend it when it is not ok
};

/// Looks at configuration, file modes, certificate files, database and audit chain, policy files,
/// token and keys, nodes and chain ids, clock. Changes nothing; may be run beside `chela serve`.
[[nodiscard]] std::vector<Finding> diagnose(const std::filesystem::path& directory);

}  // namespace chela::sidecar::app
