#pragma once

#include "chains/base/result.hpp"
#include "sidecar/store/store.hpp"

#include <string_view>

namespace chela::sidecar::auth {

/// Whose admin key is this? Compared in constant time. Blocking (it asks the store).
/// @return unauthenticated E_API_KEY: nobody's
[[nodiscard]] Result<store::AdminKeyRecord> find_admin_key(
    store::Store& store, std::string_view api_key);

}  // namespace chela::sidecar::auth
