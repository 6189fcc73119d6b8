#pragma once

#include "chains/base/json.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace chela::test {

/// What sidecar/telemetry/EVENTS.md says that a line of the log may be.
struct LogSchema {
    std::map<std::string, std::set<std::string>> events;  ///< their members
    std::map<std::string, std::set<std::string>> types;   ///< of each member, in JSON's words
};

/// Throws std::runtime_error when the file has no such tables.
[[nodiscard]] LogSchema read_log_schema(const std::filesystem::path& events_md);

/// @param line  one object of the log
/// @return what is wrong with it; "": nothing
[[nodiscard]] std::string problem_of(const LogSchema& schema, const Json& line);

}  // namespace chela::test
