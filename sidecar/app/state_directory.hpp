#pragma once

#include "chains/base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace chela::sidecar::app {

/// The names inside a state directory.
struct StateDirectory {
    std::filesystem::path root;

    [[nodiscard]] std::filesystem::path config() const { return root / "chela.yaml"; }
    [[nodiscard]] std::filesystem::path database() const { return root / "chela.db"; }
    [[nodiscard]] std::filesystem::path jwt_key() const { return root / "jwt-ed25519.pem"; }
    [[nodiscard]] std::filesystem::path softhsm_conf() const { return root / "softhsm2.conf"; }
    [[nodiscard]] std::filesystem::path softhsm_tokens() const { return root / "token"; }
    [[nodiscard]] std::filesystem::path user_pin() const { return root / "token.pin"; }
    [[nodiscard]] std::filesystem::path so_pin() const { return root / "so.pin"; }
    [[nodiscard]] std::filesystem::path keystore() const { return root / "keystore"; }
    [[nodiscard]] std::filesystem::path keystore_password() const {
        return root / "keystore.password";
    }
    [[nodiscard]] std::filesystem::path lock() const { return root / "chela.lock"; }
    [[nodiscard]] std::filesystem::path keys_lock() const { return root / "keys.lock"; }
};

/// Creates a file that must not exist yet, with exactly this mode, and syncs it to the disk.
/// @return conflict: it exists; unavailable: the system's reason
[[nodiscard]] Status write_new_file(
    const std::filesystem::path& path, std::string_view content, unsigned mode);

/// @param allowed  permission bits that the file or directory may have at most
/// @return denied E_FILE_MODE with the chmod that mends it; not_found
[[nodiscard]] Status check_mode(const std::filesystem::path& path, unsigned allowed);

/// Holds a lock as long as it lives: one `chela serve` a state directory.
class DirectoryLock {
public:
    /// @return conflict E_ALREADY_SERVED naming the other process
    [[nodiscard]] static Result<DirectoryLock> take(const std::filesystem::path& lock_file);
    DirectoryLock(DirectoryLock&& other) noexcept;
    DirectoryLock& operator=(DirectoryLock&&) = delete;
    ~DirectoryLock();

private:
    explicit DirectoryLock(int descriptor) : descriptor_{descriptor} {}
    int descriptor_;
};

}  // namespace chela::sidecar::app
