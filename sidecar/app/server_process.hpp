#pragma once

#include "chains/base/result.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace chela::sidecar::app {

struct ServeOptions {
    std::filesystem::path directory;
    std::optional<std::string> listen;  ///< over server.listen
    std::optional<std::filesystem::path> unix_socket;
    std::optional<std::filesystem::path> port_file;
};

/// Runs until SIGTERM or SIGINT, then drains. SIGHUP reads chela.yaml again: log level, chains and
/// identities are swapped when the whole file is right, otherwise everything stays as it was.
/// @return why it could not start
[[nodiscard]] Status serve(const ServeOptions& options);

}  // namespace chela::sidecar::app
