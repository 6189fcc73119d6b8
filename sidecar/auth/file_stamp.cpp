#include "sidecar/auth/file_stamp.hpp"

#include <sys/stat.h>

namespace chela::sidecar::auth {

namespace {

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

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
