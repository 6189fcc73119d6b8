#pragma once

#include "chains/base/result.hpp"

#include <filesystem>

namespace chela::sidecar::store {

/// Makes an empty file of mode 0600; SQLite gives its -wal and -shm files the same mode.
/// @return conflict: it exists; unavailable E_STORE_UNAVAILABLE: the folder is missing or not
/// writable
[[nodiscard]] Status create_database_file(const std::filesystem::path& path);

/// Checks that the file is there, and takes the rights of group and others from it and its -wal and
/// -shm files.
/// @return not_found; unavailable E_STORE_UNAVAILABLE: not a file, or its rights cannot be narrowed
[[nodiscard]] Status secure_database_file(const std::filesystem::path& path);

/// Removes what create_database_file made when the database could not be completed.
void remove_database_files(const std::filesystem::path& path);

}  // namespace chela::sidecar::store
