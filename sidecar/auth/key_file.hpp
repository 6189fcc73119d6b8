#pragma once

#include "chains/base/result.hpp"
#include "signer/secret.hpp"

#include <compare>
#include <cstdint>
#include <filesystem>

namespace chela::sidecar::auth {

/// Writes a file of mode 0600 that did not exist before; it appears complete or not at all, and is
/// on the disk on return.
/// @return conflict: the path exists; unavailable: the folder cannot be written to
[[nodiscard]] Status write_new_secret_file(
    const std::filesystem::path& path, const signer::Secret& secret);

/// What tells that a file was replaced, edited or given other permissions.
struct FileStamp {
    bool exists{};
    std::uint64_t device{};
    std::uint64_t inode{};
    std::int64_t size{};
    std::int64_t modified_ns{};
    std::int64_t changed_ns{};
    std::uint32_t mode{};
    auto operator<=>(const FileStamp&) const = default;
};

/// A file that cannot be looked at counts as not there.
[[nodiscard]] FileStamp stamp_of(const std::filesystem::path& path);

}  // namespace chela::sidecar::auth
