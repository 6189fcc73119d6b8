#pragma once

#include "chains/base/result.hpp"

#include <filesystem>

namespace chela::sidecar {

/// One holder at a time among all processes, for as long as this lives.
class FileLock {
public:
    /// Waits for whoever has it. @return unavailable: the file cannot be opened or locked
    [[nodiscard]] static Result<FileLock> take(const std::filesystem::path& path);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

private:
    explicit FileLock(int descriptor) : descriptor_{descriptor} {}

    int descriptor_;
};

}  // namespace chela::sidecar
