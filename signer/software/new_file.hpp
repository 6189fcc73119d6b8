#pragma once

#include "chains/base/result.hpp"

#include <filesystem>
#include <string_view>

namespace chela::signer::software {

/// Writes a new file of mode 0600, all or nothing, durable on return.
/// @return conflict, reason E_KEY_EXISTS: the path is taken (it is not touched); unavailable: the
///         disk says no
[[nodiscard]] Status write_new_file(const std::filesystem::path& path, std::string_view content);

}  // namespace chela::signer::software
