#pragma once

#include "sidecar/auth/file_stamp.hpp"

#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace chela::sidecar::app {

/// What some files looked like.
using FileStamps = std::vector<auth::FileStamp>;

[[nodiscard]] inline FileStamps stamps_of(const std::vector<std::filesystem::path>& files) {
    FileStamps stamps;
    stamps.reserve(files.size());
    for (const auto& file : files)
        stamps.push_back(auth::stamp_of(file));
    return stamps;
}

/// Tells when files have changed and come to rest: two looks in a row found them the same, so that
/// one that is being written is left alone.
class RestingFiles {
public:
    /// @return are they to be read now?
    [[nodiscard]] bool look(const FileStamps& stamps) {
        if (stamps == settled_) {
            seen_.reset();
            return false;
        }
        if (seen_ == stamps) return true;
        seen_ = stamps;
        return false;
    }
    /// What they were when they were read, or refused for good.
    void settle(FileStamps stamps) {
        settled_ = std::move(stamps);
        seen_.reset();
    }

private:
    FileStamps settled_;
    std::optional<FileStamps> seen_;  ///< of the last look, when it differed
};

}  // namespace chela::sidecar::app
