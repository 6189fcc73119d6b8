#include "sidecar/edge/text_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace chela::sidecar {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> refused(const fs::path& path, int number) {
    const auto code = number == ENOENT || number == ENOTDIR ? ErrorCode::not_found
                      : number == EACCES || number == EPERM ? ErrorCode::denied
                                                            : ErrorCode::unavailable;
    return fail(
        code, path.string() + ": " + std::error_code{number, std::generic_category()}.message(),
        "E_FILE");
}

/// Closes what it holds.
class Descriptor {
public:
    explicit Descriptor(int number) : number_{number} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

Result<std::string> read_all(int descriptor, const fs::path& name) {
    std::string text;
    std::string part(std::size_t{64} * 1024, '\0');
    while (true) {
        const auto count = ::read(descriptor, part.data(), part.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return refused(name, errno);
        if (count == 0) return text;
        text.append(part, 0, static_cast<std::size_t>(count));
        if (text.size() > kMaxTextFile) {
            return fail(
                ErrorCode::too_large,
                name.string() + ": over " + std::to_string(kMaxTextFile) + " bytes", "E_FILE");
        }
    }
}

}  // namespace

Result<std::string> read_text_file(const fs::path& path) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would hang.
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.number() < 0) return refused(path, errno);
    struct stat info{};
    if (::fstat(file.number(), &info) != 0) return refused(path, errno);
    if (!S_ISREG(info.st_mode)) {
        return fail(ErrorCode::invalid_input, path.string() + ": not a regular file", "E_FILE");
    }
    return read_all(file.number(), path);
}

Result<std::string> read_standard_input() {
    return read_all(STDIN_FILENO, "standard input");
}

Result<std::vector<fs::path>> list_files(const fs::path& folder, std::string_view extension) {
    std::error_code error;
    fs::directory_iterator entries{folder, error};
    if (error == std::errc::not_a_directory) {
        return fail(ErrorCode::invalid_input, folder.string() + ": not a folder", "E_FILE");
    }
    if (error) return refused(folder, error.value());
    std::vector<fs::path> found;
    while (entries != fs::directory_iterator{}) {
        const auto& path = entries->path();
        if (path.filename().string().ends_with(extension) && fs::is_regular_file(path, error)) {
            found.push_back(path);
        }
        entries.increment(error);
        if (error) return refused(folder, error.value());
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace chela::sidecar
