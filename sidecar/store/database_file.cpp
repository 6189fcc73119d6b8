#include "sidecar/store/database_file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

constexpr std::array kSuffixes{"", "-wal", "-shm"};

std::unexpected<Error> unavailable(const std::filesystem::path& path, int error) {
    return fail(
        ErrorCode::unavailable,
        fmt::format("{}: {}", path.native(), std::generic_category().message(error)),
        "E_STORE_UNAVAILABLE");
}

std::filesystem::path with_suffix(std::filesystem::path path, const char* suffix) {
    path += suffix;
    return path;
}

}  // namespace

Status create_database_file(const std::filesystem::path& path) {
    const auto file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        const auto error = errno;
        if (error != EEXIST) return unavailable(path, error);
        return fail(
            ErrorCode::conflict, fmt::format("{}: the database exists already", path.native()));
    }
    // A strange umask may have taken rights of the owner away.
    const auto changed = ::fchmod(file, 0600);
    const auto error = errno;
    ::close(file);
    if (changed != 0) return unavailable(path, error);
    return {};
}

Status secure_database_file(const std::filesystem::path& path) {
    for (const auto* suffix : kSuffixes) {
        const auto file = with_suffix(path, suffix);
        struct stat info{};
        // By name and not by descriptor: closing a descriptor would drop SQLite's own locks on the
        // file.
        if (::stat(file.c_str(), &info) != 0) {
            const auto error = errno;
            if (error != ENOENT) return unavailable(file, error);
            if (file != path) continue;
            return fail(
                ErrorCode::not_found,
                fmt::format("{}: there is no database; run `chela init`", path.native()));
        }
        if (!S_ISREG(info.st_mode)) {
            return fail(
                ErrorCode::unavailable, fmt::format("{}: is not a file", file.native()),
                "E_STORE_UNAVAILABLE");
        }
        if ((info.st_mode & 077) != 0 && ::chmod(file.c_str(), 0600) != 0) {
            const auto error = errno;
            // Another process may have closed the database and removed its log meanwhile.
            if (error != ENOENT || file == path) return unavailable(file, error);
        }
    }
    return {};
}

void remove_database_files(const std::filesystem::path& path) {
    for (const auto* suffix : kSuffixes)
        ::unlink(with_suffix(path, suffix).c_str());
}

}  // namespace chela::sidecar::store
