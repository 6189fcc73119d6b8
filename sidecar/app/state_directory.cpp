#include "sidecar/app/state_directory.hpp"

#include "sidecar/edge/private_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace chela::sidecar::app {

namespace {

std::string system_reason(int error) {
    return std::generic_category().message(error);
}

}  // namespace

Status write_new_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
    auto file = PrivateFile::create(path, mode);
    if (!file) return std::unexpected{file.error()};
    return file->write(content);
}

Status check_mode(const std::filesystem::path& path, unsigned allowed) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0)
        return fail(ErrorCode::not_found, path.string() + " is missing", "E_FILE");
    if ((info.st_mode & 07777U & ~allowed) == 0) return {};
    return fail(
        ErrorCode::denied,
        fmt::format(
            "{} has mode {:04o}; run: chmod {:o} {}", path.string(), info.st_mode & 07777U, allowed,
            path.string()),
        "E_FILE_MODE");
}

Result<DirectoryLock> DirectoryLock::take(const std::filesystem::path& lock_file) {
    const int descriptor =
        ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return fail(
            ErrorCode::unavailable,
            fmt::format("cannot open {}: {}", lock_file.string(), system_reason(errno)), "E_FILE");
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        std::array<char, 32> pid{};
        const ssize_t length = ::pread(descriptor, pid.data(), pid.size() - 1, 0);
        ::close(descriptor);
        return fail(
            ErrorCode::conflict,
            fmt::format(
                "another chela (pid {}) serves {}; two writers of one nonce lane would be unsafe",
                length > 0 ? std::string_view{pid.data(), static_cast<std::size_t>(length)}
                           : "unknown",
                lock_file.parent_path().string()),
            "E_ALREADY_SERVED");
    }
    DirectoryLock lock{descriptor};
    if (::ftruncate(descriptor, 0) != 0 ||
        ::dprintf(descriptor, "%d", static_cast<int>(::getpid())) < 0) {
        return fail(
            ErrorCode::unavailable,
            fmt::format("cannot write {}: {}", lock_file.string(), system_reason(errno)), "E_FILE");
    }
    return lock;
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)} {}

DirectoryLock::~DirectoryLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace chela::sidecar::app
