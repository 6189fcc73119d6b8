#include "signer/software/new_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <stdlib.h>
#include <string>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace chela::signer::software {

namespace {

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

std::unexpected<Error> cannot_write(const std::filesystem::path& path, int number) {
    const std::string why = std::error_code{number, std::generic_category()}.message();
    if (number == EEXIST) {
        return fail(
            ErrorCode::conflict, fmt::format("{} exists already", path.string()), "E_KEY_EXISTS");
    }
    return fail(ErrorCode::unavailable, fmt::format("cannot write {}: {}", path.string(), why));
}

// @return 0, or errno
int write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const auto written = ::write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(file) == 0 ? 0 : errno;
}

int sync_folder(const std::filesystem::path& folder) {
    const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (opened.number() < 0) return errno;
    return ::fsync(opened.number()) == 0 ? 0 : errno;
}

}  // namespace

Status write_new_file(const std::filesystem::path& path, std::string_view content) {
    std::string draft = path.string() + ".XXXXXX";
    int why = 0;
    {
        // mkostemp makes it with mode 0600.
        const Descriptor file{::mkostemp(draft.data(), O_CLOEXEC)};
        if (file.number() < 0) return cannot_write(path, errno);
        why = write_all(file.number(), content);
    }
    // A hard link, not a rename: it fails when the name is taken, also by somebody at this moment.
    if (why == 0 && ::link(draft.c_str(), path.c_str()) != 0) why = errno;
    const int unlinked = ::unlink(draft.c_str()) == 0 ? 0 : errno;
    if (why == 0) why = unlinked;
    if (why == 0) why = sync_folder(path.parent_path());
    if (why != 0) return cannot_write(path, why);
    return {};
}

}  // namespace chela::signer::software
