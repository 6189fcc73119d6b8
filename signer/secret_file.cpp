#include "signer/secret.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

namespace chela::signer {

namespace {

constexpr std::size_t kMaxSecretFile = 64UZ * 1024;

struct FileDescriptor {
    int number = -1;
    explicit FileDescriptor(int opened) : number{opened} {}
    FileDescriptor(FileDescriptor&& other) noexcept : number{std::exchange(other.number, -1)} {}
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    FileDescriptor& operator=(FileDescriptor&&) = delete;
    ~FileDescriptor() {
        if (number >= 0) close(number);
    }
};

std::unexpected<Error> system_failure(const std::filesystem::path& path, int number) {
    const std::string why = std::error_code{number, std::generic_category()}.message();
    const std::string sentence = fmt::format("secret file {}: {}", path.string(), why);
    if (number == ENOENT || number == ENOTDIR) return fail(ErrorCode::not_found, sentence);
    if (number == EACCES || number == EPERM)
        return fail(ErrorCode::denied, sentence, "E_FILE_MODE");
    return fail(ErrorCode::unavailable, sentence);
}

// O_NONBLOCK: opening a FIFO must not hang; it has no effect on regular files.
int open_without_following(const char* path) {
    return open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
}

Result<std::string> resolve(const std::filesystem::path& path) {
    const std::unique_ptr<char, decltype(&std::free)> real{
        realpath(path.c_str(), nullptr), &std::free};
    if (real == nullptr) return system_failure(path, errno);
    return std::string{real.get()};
}

// A link may not point out of its directory, else whoever can write the link chooses the file.
Result<FileDescriptor> open_link(const std::filesystem::path& path) {
    const auto target = resolve(path);
    if (!target) return std::unexpected{target.error()};
    const auto folder =
        resolve(path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."});
    if (!folder) return std::unexpected{folder.error()};
    const std::string prefix = *folder == "/" ? *folder : *folder + "/";
    if (!target->starts_with(prefix)) {
        return fail(
            ErrorCode::denied,
            fmt::format(
                "secret file {} is a link that leaves its directory; use the file itself",
                path.string()),
            "E_FILE_MODE");
    }
    FileDescriptor file{open_without_following(target->c_str())};
    if (file.number < 0) return system_failure(path, errno);
    return file;
}

Result<FileDescriptor> open_secret(const std::filesystem::path& path) {
    FileDescriptor file{open_without_following(path.c_str())};
    if (file.number >= 0) return file;
    const int why = errno;
    if (why == ELOOP) return open_link(path);
    return system_failure(path, why);
}

// Group 0 is nobody's own: whole clusters run everything in it.
bool is_our_group(gid_t group) {
    if (group == 0) return false;
    if (group == getegid()) return true;
    std::vector<gid_t> groups(static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0)));
    const int count = getgroups(static_cast<int>(groups.size()), groups.data());
    return count >= 0 && std::ranges::find(groups, group) != groups.end();
}

// Whose entries the group's bits are a mask of, so that they say nothing of the group.
bool has_access_list(const FileDescriptor& file) {
    return fgetxattr(file.number, "system.posix_acl_access", nullptr, 0) >= 0 ||
           (errno != ENODATA && errno != ENOTSUP);
}

// Root may give us a file by a group of ours, which may read it: so Kubernetes mounts secrets
// (root:fsGroup 0440). Who else is in that group is root's business.
mode_t forbidden_bits(const struct stat& facts, const FileDescriptor& file) {
    const bool is_given_by_root =
        facts.st_uid == 0 && geteuid() != 0 && is_our_group(facts.st_gid) && !has_access_list(file);
    return is_given_by_root ? S_IRWXO | S_IWGRP | S_IXGRP : S_IRWXO | S_IRWXG;
}

Result<std::size_t> check(const std::filesystem::path& path, const FileDescriptor& file) {
    struct stat facts{};
    if (fstat(file.number, &facts) != 0) return system_failure(path, errno);
    const auto denied = [&path](std::string_view why, const std::string& fix) {
        return fail(
            ErrorCode::denied, fmt::format("secret file {} {}; {}", path.string(), why, fix),
            "E_FILE_MODE");
    };
    if (!S_ISREG(facts.st_mode)) return denied("is not a regular file", "give a regular file");
    if (facts.st_uid != geteuid() && facts.st_uid != 0) {
        return denied(
            fmt::format("belongs to uid {}", facts.st_uid),
            fmt::format("chown {} {}", geteuid(), path.string()));
    }
    if ((facts.st_mode & forbidden_bits(facts, file)) != 0) {
        const bool is_ours = facts.st_uid == geteuid();
        return denied(
            fmt::format("can be used by others (mode {:04o})", facts.st_mode & 07777U),
            is_ours ? fmt::format("chmod 600 {}", path.string())
                    : fmt::format(
                          "give it to uid {} with mode 0600, or leave it root's with a group of "
                          "this process and mode 0440",
                          geteuid()));
    }
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (size > kMaxSecretFile) {
        return fail(
            ErrorCode::too_large, fmt::format("secret file {} is over 64 KiB", path.string()));
    }
    return size;
}

// Fills `room`; short when the file ends.
Result<std::size_t> read_all(
    const std::filesystem::path& path, const FileDescriptor& file, std::span<char> room) {
    std::size_t filled = 0;
    while (filled < room.size()) {
        const auto got = read(file.number, room.data() + filled, room.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_failure(path, errno);
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

}  // namespace

Result<Secret> read_secret_file(const std::filesystem::path& path) {
    auto file = open_secret(path);
    if (!file) return std::unexpected{file.error()};
    const auto size = check(path, *file);
    if (!size) return std::unexpected{size.error()};

    // One byte more than the size: a file that grows while it is read is refused, not cut.
    Secret secret{Secret::Capacity{*size + 1}};
    const auto filled = read_all(path, *file, {secret.data_, *size + 1});
    if (!filled) return std::unexpected{filled.error()};
    if (*filled > *size) {
        return fail(
            ErrorCode::unavailable,
            fmt::format("secret file {} changed while it was read", path.string()));
    }
    secret.size_ = *filled;
    if (secret.reveal().ends_with('\n')) --secret.size_;
    if (secret.size_ != *filled && secret.reveal().ends_with('\r')) --secret.size_;
    if (secret.empty()) {
        return fail(
            ErrorCode::invalid_input, fmt::format("secret file {} is empty", path.string()));
    }
    return secret;
}

}  // namespace chela::signer
