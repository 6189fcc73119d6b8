#pragma once

#include "sidecar/config/config.hpp"
#include "sidecar/store/store.hpp"

#include <cstdint>
#include <string>

namespace chela::sidecar::admin {

/// Who decides at the command line or the admin door: "admin:<id>" of the admin key in a file, else
/// "local:<uid>" of the OS user. A quorum of several needs as many different ones. A user that
/// chela.yaml lets act as an agent is no person here: the agent may well be who types.
/// @param key_file  of mode 0600, holding an admin key; empty: the OS user
/// @param uid       the real user id of who decides
/// @return denied E_APPROVAL_BY_AGENT, E_FILE_MODE …; unauthenticated E_API_KEY
[[nodiscard]] Result<std::string> approver_of(
    const config::Config& config,
    store::Store& store,
    const std::string& key_file,
    std::uint32_t uid);

}  // namespace chela::sidecar::admin
