#include "sidecar/auth/admin_key.hpp"

#include "sidecar/auth/api_key.hpp"

namespace chela::sidecar::auth {

Result<store::AdminKeyRecord> find_admin_key(store::Store& store, std::string_view api_key) {
    const std::string prefix = lookup_prefix(api_key, kAdminKeyPrefix);
    auto keys = store.admin_keys();
    if (!keys) return std::unexpected{keys.error()};
    const Hash256 hash = hash_api_key(api_key);
    for (auto& key : *keys) {
        if (!prefix.empty() && equal(key.hash, hash)) return std::move(key);
    }
    return fail(ErrorCode::unauthenticated, "the admin key is not valid", "E_API_KEY");
}

}  // namespace chela::sidecar::auth
