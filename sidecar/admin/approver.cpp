#include "sidecar/admin/approver.hpp"

#include "sidecar/auth/admin_key.hpp"
#include "signer/secret.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::sidecar::admin {

Result<std::string> approver_of(
    const config::Config& config,
    store::Store& store,
    const std::string& key_file,
    std::uint32_t uid) {
    if (!key_file.empty()) {
        const auto secret = signer::read_secret_file(key_file);
        if (!secret) return std::unexpected{secret.error()};
        const auto key = auth::find_admin_key(store, secret->reveal());
        if (!key) return std::unexpected{key.error()};
        return "admin:" + key->id;
    }
    for (const auto& identity : config.identities) {
        if (std::ranges::find(identity.uids, uid) == identity.uids.end()) continue;
        return fail(
            ErrorCode::denied,
            fmt::format(
                "user {} acts as the agent of identity {} in chela.yaml, and an agent cannot "
                "approve; use --key-file with an operator's key (chela operator add)",
                uid, identity.name),
            "E_APPROVAL_BY_AGENT");
    }
    return fmt::format("local:{}", uid);
}

}  // namespace chela::sidecar::admin
