#pragma once

#include <span>

namespace chela::sidecar::store {

/// The tables of version 1, as an SQL script.
[[nodiscard]] const char* first_schema();

/// SQL scripts: the first brings version 1 to 2, and so on.
[[nodiscard]] std::span<const char* const> schema_steps();

}  // namespace chela::sidecar::store
