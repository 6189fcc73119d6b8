#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace chela::signer {

/// Bytes that must not be printed, logged, swapped or left behind. Move-only; the memory is locked
/// where allowed, kept out of core files and wiped on destruction.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view text);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    /// `size` bytes that `fill` writes straight into the locked memory, so that no other buffer
    /// sees them.
    [[nodiscard]] static Secret filled(
        std::size_t size, const std::function<void(std::span<char>)>& fill);

    /// The one way to the bytes; the name shows up in reviews.
    [[nodiscard]] std::string_view reveal() const { return {data_, size_}; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

private:
    struct Capacity {
        std::size_t bytes = 0;
    };
    friend Result<Secret> read_secret_file(const std::filesystem::path& path);
    // Zeroed room to read a file into, so that no other buffer sees it.
    explicit Secret(Capacity capacity);
    void wipe() noexcept;

    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t mapped_ = 0;
};

/// Reads a secret from a regular file that only its owner can use (mode & 077 == 0, owner is us or
/// root); what root gives us by a group of ours may be readable by it (mode & 037 == 0). A trailing
/// newline is dropped. A symbolic link may be the last part of the path when its target lies below
/// the same directory, as in a Kubernetes secret volume.
/// @return not_found; denied with reason E_FILE_MODE and the fix ("chmod 600 …"), also for another
///         owner, a link that leaves its directory and anything but a regular file; too_large: over
///         64 KiB; invalid_input: empty; unavailable: read error
[[nodiscard]] Result<Secret> read_secret_file(const std::filesystem::path& path);

}  // namespace chela::signer
