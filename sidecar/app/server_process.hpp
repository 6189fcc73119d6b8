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

/// Runs until SIGTERM, SIGINT or a POST /quit at the admin door, then drains. SIGHUP reads
/// chela.yaml and its policy files again: log level, chains, identities, certificates, service
/// accounts and policies are swapped when all of it is right, otherwise everything stays as it was.
/// A policy file that changes is brought in without a signal, and so are chains that are stored.
/// @return why it could not start
[[nodiscard]] Status serve(const ServeOptions& options);

}  // namespace chela::sidecar::app
