#include "sidecar/edge/file_lock.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace chela::sidecar {

Result<FileLock> FileLock::take(const std::filesystem::path& path) {
    const auto failed = [&path](int error) {
        return fail(
            ErrorCode::unavailable,
            "cannot lock " + path.string() + ": " + std::generic_category().message(error),
            "E_FILE");
    };
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) return failed(errno);
    FileLock lock{descriptor};
    while (::flock(descriptor, LOCK_EX) != 0)
        if (errno != EINTR) return failed(errno);
    return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace chela::sidecar
