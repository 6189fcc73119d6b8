#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::node {

/// A request header whose value is a secret in a file of mode 0600.
struct HeaderFile {
    std::string name;
    std::filesystem::path value_file;
    bool operator==(const HeaderFile&) const = default;
};

/// What an endpoint demands besides its URL, and how it is recognized.
struct Access {
    std::optional<std::filesystem::path> ca_file;  ///< PEM; in place of the system's roots
    std::optional<std::filesystem::path> authorization_file;  ///< of the Authorization header
    std::vector<HeaderFile> headers;
};

}  // namespace chela::sidecar::node
