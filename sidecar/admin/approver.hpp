#pragma once

#include "sidecar/config/config.hpp"
#include "sidecar/store/store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace chela::sidecar::admin {

/// Who runs a process, to the operating system.
struct OsUser {
    std::uint32_t uid{};                ///< the real user id
    std::vector<std::uint32_t> groups;  ///< all that the process is in
};
[[nodiscard]] OsUser this_user();

/// Who decides at the command line or the admin door: "admin:<id>" of the admin key in a file, else
/// "local:<uid>" of the OS user. A quorum of several needs as many different ones. A user that
/// chela.yaml lets act as an agent, itself or through a group, is no person here: the agent may
/// well be who types.
/// @param key_file  of mode 0600, holding an admin key; empty: the OS user
/// @return denied E_APPROVAL_BY_AGENT, E_FILE_MODE …; unauthenticated E_API_KEY
[[nodiscard]] Result<std::string> approver_of(
    const config::Config& config,
    store::Store& store,
    const std::string& key_file,
    const OsUser& user);

}  // namespace chela::sidecar::admin
