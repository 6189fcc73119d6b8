#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>

namespace chela::sidecar::auth {

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
