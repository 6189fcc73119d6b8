#pragma once

#include "chains/base/result.hpp"

#include <filesystem>
#include <string_view>

namespace chela::sidecar::app {

/// A new file that is there (empty, with its mode) before what belongs into it is made: a key that
/// cannot be written down must not be made. It is removed again when nothing was written.
class PrivateFile {
public:
    /// @return conflict: it exists; denied: no permission; unavailable: the system's reason
    [[nodiscard]] static Result<PrivateFile> create(
        std::filesystem::path path, unsigned mode = 0600);
    PrivateFile(PrivateFile&& other) noexcept;
    PrivateFile& operator=(PrivateFile&&) = delete;
    ~PrivateFile();

    /// Writes once and syncs to the disk.
    [[nodiscard]] Status write(std::string_view content);

private:
    PrivateFile(std::filesystem::path path, int descriptor);

    std::filesystem::path path_;
    int descriptor_;
    bool is_written_ = false;
};

}  // namespace chela::sidecar::app
