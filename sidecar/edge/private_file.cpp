#include "sidecar/edge/private_file.hpp"

#include "sidecar/edge/entropy.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace chela::sidecar {

namespace {

std::unexpected<Error> system_error(
    const char* what, const std::filesystem::path& path, int error) {
    const bool is_refused = error == EACCES || error == EPERM || error == EROFS;
    const auto code = error == EEXIST ? ErrorCode::conflict
                      : is_refused    ? ErrorCode::denied
                                      : ErrorCode::unavailable;
    return fail(
        code,
        fmt::format(
            "cannot {} {}: {}", what, path.string(), std::generic_category().message(error)),
        "E_FILE");
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

Status sync_folder(const std::filesystem::path& folder) {
    const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return system_error("open", folder, errno);
    const int error = ::fsync(handle) == 0 ? 0 : errno;
    ::close(handle);
    if (error != 0) return system_error("sync", folder, error);
    return {};
}

}  // namespace

PrivateFile::PrivateFile(std::filesystem::path path, int descriptor)
    : path_{std::move(path)},
      descriptor_{descriptor} {}

PrivateFile::PrivateFile(PrivateFile&& other) noexcept
    : path_{std::move(other.path_)},
      descriptor_{std::exchange(other.descriptor_, -1)},
      is_written_{other.is_written_} {}

PrivateFile::~PrivateFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!is_written_) ::unlink(path_.c_str());
}

Result<PrivateFile> PrivateFile::create(std::filesystem::path path, unsigned mode) {
    const int descriptor =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (descriptor < 0) return system_error("create", path, errno);
    PrivateFile file{std::move(path), descriptor};
    // The umask may have taken bits away.
    if (::fchmod(descriptor, mode) != 0) return system_error("set the mode of", file.path_, errno);
    if (!file.reserve()) return system_error("reserve space for", file.path_, errno);
    return file;
}

// Real bytes: not every file system knows fallocate.
bool PrivateFile::reserve() const {
    constexpr std::array<char, kReservedBytes> kBlank{};
    return write_all(descriptor_, {kBlank.data(), kBlank.size()}) && ::fsync(descriptor_) == 0 &&
           ::lseek(descriptor_, 0, SEEK_SET) == 0;
}

Status PrivateFile::write(std::string_view content) {
    if (!write_all(descriptor_, content) ||
        ::ftruncate(descriptor_, static_cast<off_t>(content.size())) != 0 ||
        ::fsync(descriptor_) != 0) {
        return system_error("write", path_, errno);
    }
    is_written_ = true;
    return {};
}

Status write_new_private_file(const std::filesystem::path& path, std::string_view content) {
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    const std::filesystem::path temporary = folder / ("." + random_uuid());
    auto file = PrivateFile::create(temporary);
    if (!file) return std::unexpected{file.error()};
    Status done = file->write(content);
    // A hard link, unlike a rename, never replaces what is there.
    if (done && ::link(temporary.c_str(), path.c_str()) != 0)
        done = system_error("create", path, errno);
    ::unlink(temporary.c_str());
    if (!done) return done;
    return sync_folder(folder);
}

}  // namespace chela::sidecar
