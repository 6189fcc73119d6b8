#pragma once

#include "chains/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

namespace chela::sidecar::store {

/// Tells whether anything was committed to a database, by whatever process.
/// Threads: safe.
class ChangeMark {
public:
    /// @param path  an existing database
    [[nodiscard]] static Result<std::unique_ptr<ChangeMark>> open(
        const std::filesystem::path& path);
    ChangeMark(const ChangeMark&) = delete;
    ChangeMark& operator=(const ChangeMark&) = delete;
    ~ChangeMark();

    /// It reads no rows and waits for nobody.
    /// @return another number after each commit; empty: it cannot be told now
    /// Source: SQLite, PRAGMA data_version.
    [[nodiscard]] std::optional<std::int64_t> read();

private:
    struct Impl;
    explicit ChangeMark(std::unique_ptr<Impl> impl);
    std::mutex mutex_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace chela::sidecar::store
