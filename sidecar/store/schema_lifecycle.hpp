#pragma once

namespace chela::sidecar::store {

/// Lanes with their owners, and the attempts of a nonce.
[[nodiscard]] const char* lifecycle_schema();

}  // namespace chela::sidecar::store
