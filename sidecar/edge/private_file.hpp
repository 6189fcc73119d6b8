#pragma once

#include "chains/base/result.hpp"

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace chela::sidecar {

/// A new file that is there, with its mode and with room on the disk, before what belongs into it
/// is made: a key that cannot be written down must not be made. It is removed again when nothing
/// was written.
class PrivateFile {
public:
    /// What `write` cannot fail for want of space; more than any key of ours.
    static constexpr std::size_t kReservedBytes = 4'096;

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
    [[nodiscard]] bool reserve() const;

    std::filesystem::path path_;
    int descriptor_;
    bool is_written_ = false;
};

/// Writes a file of mode 0600 that did not exist before; it appears complete or not at all, and is
/// on the disk on return.
/// @return conflict: the path exists; unavailable or denied: the folder cannot be written to
[[nodiscard]] Status write_new_private_file(
    const std::filesystem::path& path, std::string_view content);

}  // namespace chela::sidecar
