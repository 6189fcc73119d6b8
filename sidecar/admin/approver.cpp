#include "sidecar/admin/approver.hpp"

#include "sidecar/auth/admin_key.hpp"
#include "signer/secret.hpp"

#include <algorithm>
#include <unistd.h>

#include <fmt/format.h>

namespace chela::sidecar::admin {

namespace {

bool may_act_as(const config::IdentityConfig& identity, const OsUser& user) {
    return std::ranges::find(identity.uids, user.uid) != identity.uids.end() ||
           std::ranges::any_of(user.groups, [&identity](std::uint32_t group) {
               return std::ranges::find(identity.gids, group) != identity.gids.end();
           });
}

}  // namespace

OsUser this_user() {
    OsUser user{.uid = ::getuid(), .groups = {::getgid(), ::getegid()}};
    std::vector<gid_t> others(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
    const int count = ::getgroups(static_cast<int>(others.size()), others.data());
    if (count != static_cast<int>(others.size())) bug("the groups of this process changed");
    user.groups.insert(user.groups.end(), others.begin(), others.end());
    return user;
}

Result<std::string> approver_of(
    const config::Config& config,
    store::Store& store,
    const std::string& key_file,
    const OsUser& user) {
    if (!key_file.empty()) {
        const auto secret = signer::read_secret_file(key_file);
        if (!secret) return std::unexpected{secret.error()};
        const auto key = auth::find_admin_key(store, secret->reveal());
        if (!key) return std::unexpected{key.error()};
        return "admin:" + key->id;
    }
    for (const auto& identity : config.identities) {
        if (!may_act_as(identity, user)) continue;
        return fail(
            ErrorCode::denied,
            fmt::format(
                "user {} acts as the agent of identity {} in chela.yaml, and an agent cannot "
                "approve; use --key-file with an operator's key (chela operator add)",
                user.uid, identity.name),
            "E_APPROVAL_BY_AGENT");
    }
    return fmt::format("local:{}", user.uid);
}

}  // namespace chela::sidecar::admin
