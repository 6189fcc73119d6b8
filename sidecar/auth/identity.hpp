#pragma once

#include "sidecar/auth/credential.hpp"
#include "sidecar/auth/service_token.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::auth {

/// One configured identity: whom it is for, and the credential that chela holds for it. No two
/// share a caller.
struct Identity {
    std::string name;
    std::vector<std::uint32_t> uids;           ///< unix-socket peers
    std::optional<Hash256> client_token_hash;  ///< SHA-256 of the local client token
    std::shared_ptr<Credential> credential;
    // NOLINTBEGIN(readability-redundant-member-init): callers leave them out of the braces
    std::vector<std::uint32_t> gids{};                  ///< unix-socket peers of no named uid
    std::optional<std::filesystem::path> executable{};  ///< which of these peers: who runs this
    std::vector<std::string> spiffe_ids{};              ///< of client certificates
    std::vector<std::string> dns_names{};               ///< of client certificates, in lower case
    std::vector<ServiceAccount> service_accounts{};
    /// Set when its authority is elsewhere: the agent that its token is of. The token is then no
    /// proof to us, but that it is given says that the agent stands there.
    std::optional<std::string> agent_elsewhere{};
    // NOLINTEND(readability-redundant-member-init)
};

}  // namespace chela::sidecar::auth
