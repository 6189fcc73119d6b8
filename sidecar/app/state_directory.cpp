#include "sidecar/app/state_directory.hpp"

#include <array>
#include <cerrno>
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

bool write_all(int descriptor, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Status write_new_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
    const int descriptor =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (descriptor < 0) {
        const auto code = errno == EEXIST ? ErrorCode::conflict : ErrorCode::unavailable;
        return fail(
            code, fmt::format("cannot create {}: {}", path.string(), system_reason(errno)),
            "E_FILE");
    }
    // The umask may have taken bits away.
    const bool ok = ::fchmod(descriptor, mode) == 0 && write_all(descriptor, content) &&
                    ::fsync(descriptor) == 0;
    const int error = errno;
    ::close(descriptor);
    if (!ok)
        return fail(
            ErrorCode::unavailable,
            fmt::format("cannot write {}: {}", path.string(), system_reason(error)), "E_FILE");
    return {};
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
    if (::ftruncate(descriptor, 0) != 0 || !write_all(descriptor, std::to_string(::getpid()))) {
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
