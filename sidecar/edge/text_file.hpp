#pragma once

#include "chains/base/result.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar {

inline constexpr std::size_t kMaxTextFile = std::size_t{16} * 1024 * 1024;

/// The whole of a regular file: a device or a pipe could block or never end.
/// @return not_found, denied or unavailable with the system's reason; invalid_input: not a regular
/// file; too_large: over kMaxTextFile
[[nodiscard]] Result<std::string> read_text_file(const std::filesystem::path& path);

/// Standard input to its end. @return as above
[[nodiscard]] Result<std::string> read_standard_input();

/// The regular files of a folder whose name ends so, by name; folders inside it are not looked at.
/// @return as read_text_file; not a folder is invalid_input
[[nodiscard]] Result<std::vector<std::filesystem::path>> list_files(
    const std::filesystem::path& folder, std::string_view extension);

}  // namespace chela::sidecar
