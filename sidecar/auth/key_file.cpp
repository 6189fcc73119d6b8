#include "sidecar/auth/key_file.hpp"

#include "sidecar/edge/entropy.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace chela::sidecar::auth {

namespace {

class Descriptor {
public:
    explicit Descriptor(int value) : value_{value} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    [[nodiscard]] int get() const { return value_; }

private:
    int value_;
};

auto unavailable(const std::filesystem::path& path) {
    return fail(
        ErrorCode::unavailable,
        "cannot write " + path.string() + ": " + std::generic_category().message(errno));
}

bool write_all(int descriptor, std::string_view data) {
    while (!data.empty()) {
        const ssize_t written = ::write(descriptor, data.data(), data.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        data.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

Status write_temporary(const std::filesystem::path& path, const signer::Secret& secret) {
    const Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (file.get() < 0) return unavailable(path);
    if (!write_all(file.get(), secret.reveal()) || ::fsync(file.get()) != 0) {
        return unavailable(path);
    }
    return {};
}

Status sync_folder(const std::filesystem::path& folder) {
    const Descriptor handle{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (handle.get() < 0 || ::fsync(handle.get()) != 0) return unavailable(folder);
    return {};
}

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Status write_new_secret_file(const std::filesystem::path& path, const signer::Secret& secret) {
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    const std::filesystem::path temporary = folder / ("." + random_uuid());
    Status done = write_temporary(temporary, secret);
    // A hard link, unlike a rename, never replaces what is there.
    if (done && ::link(temporary.c_str(), path.c_str()) != 0) {
        done = errno == EEXIST ? Status{fail(ErrorCode::conflict, path.string() + " exists")}
                               : Status{unavailable(path)};
    }
    ::unlink(temporary.c_str());
    if (!done) return done;
    return sync_folder(folder);
}

FileStamp stamp_of(const std::filesystem::path& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return {};
    return {
        .exists = true,
        .device = info.st_dev,
        .inode = info.st_ino,
        .size = info.st_size,
        .modified_ns = nanoseconds(info.st_mtim),
        .changed_ns = nanoseconds(info.st_ctim),
        .mode = info.st_mode};
}

}  // namespace chela::sidecar::auth
