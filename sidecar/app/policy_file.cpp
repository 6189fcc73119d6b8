// read_policy_file
#include "policy/rules/load.hpp"
#include "sidecar/app/policy_files.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace chela::sidecar::app {

namespace {

// One byte more than a document may have: the loader says that it is too long.
constexpr std::size_t kMostRead = (std::size_t{1} << 20U) + 1;
constexpr mode_t kWritableByOthers = 0022;

class OpenFile {
public:
    explicit OpenFile(const std::filesystem::path& file)
        // A pipe must not make us wait for its writer.
        : descriptor_{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)} {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const { return descriptor_; }

private:
    int descriptor_;
};

std::unexpected<Error> cannot_read(const std::filesystem::path& file, int error) {
    return fail(
        error == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
        fmt::format(
            "cannot read the policy file {}: {}", file.string(),
            std::generic_category().message(error)),
        "E_FILE");
}

Status check_kind(const std::filesystem::path& file, const struct stat& info) {
    if (!S_ISREG(info.st_mode)) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format("the policy file {} is not a regular file", file.string()), "E_FILE");
    }
    if ((info.st_mode & kWritableByOthers) == 0) return {};
    return fail(
        ErrorCode::denied,
        fmt::format(
            "others can write the policy file {} (mode {:04o}); run: chmod go-w {}", file.string(),
            info.st_mode & 07777U, file.string()),
        "E_FILE_MODE");
}

bool is_same_content(const struct stat& a, const struct stat& b) {
    return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
           a.st_mtim.tv_nsec == b.st_mtim.tv_nsec && a.st_ctim.tv_sec == b.st_ctim.tv_sec &&
           a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

Result<std::string> read_all(const std::filesystem::path& file, int descriptor) {
    std::string text(kMostRead, '\0');
    std::size_t length = 0;
    while (length < text.size()) {
        const auto got = ::read(descriptor, text.data() + length, text.size() - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot_read(file, errno);
        if (got == 0) break;
        length += static_cast<std::size_t>(got);
    }
    text.resize(length);
    return text;
}

/// Half of a document may be a document, with fewer rules: what changes while it is read is not
/// taken.
Result<std::string> read_stable(const std::filesystem::path& file) {
    const OpenFile open{file};
    if (open.get() < 0) return cannot_read(file, errno);
    struct stat before{};
    if (::fstat(open.get(), &before) != 0) return cannot_read(file, errno);
    if (auto ok = check_kind(file, before); !ok) return std::unexpected{ok.error()};
    auto text = read_all(file, open.get());
    if (!text) return text;
    struct stat after{};
    if (::fstat(open.get(), &after) != 0) return cannot_read(file, errno);
    if (is_same_content(before, after)) return text;
    return fail(
        ErrorCode::unavailable,
        fmt::format("the policy file {} is being written; it is read later", file.string()),
        "E_FILE_BUSY");
}

}  // namespace

Result<policy::Policy> read_policy_file(const std::filesystem::path& file, std::string& source) {
    auto text = read_stable(file);
    if (!text) return std::unexpected{text.error()};
    source = *std::move(text);
    return policy::load_policy(source, file.string());
}

}  // namespace chela::sidecar::app
