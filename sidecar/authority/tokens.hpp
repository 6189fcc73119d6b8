#pragma once

#include "sidecar/auth/credential.hpp"
#include "sidecar/authority/remote_authority.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::authority {

/// The JWTs of one identity, for threads that may block. Threads: any.
class Tokens {
public:
    Tokens() = default;
    Tokens(const Tokens&) = delete;
    Tokens& operator=(const Tokens&) = delete;
    virtual ~Tokens() = default;
    /// @return as Credential::token
    [[nodiscard]] virtual Result<std::string> token(Deadline deadline) = 0;
    /// The authority took this one for none.
    virtual void refused(std::string token) = 0;
};

/// Those of a serving process: what its Credential holds and renews.
/// @param executor  the credential's; somebody runs it
[[nodiscard]] std::shared_ptr<Tokens> tokens_of(
    boost::asio::any_io_executor executor, std::shared_ptr<auth::Credential> credential);

/// Those of a command: one exchange a call.
[[nodiscard]] std::shared_ptr<Tokens> exchanged_tokens(
    std::shared_ptr<RemoteAuthority> authority,
    std::string agent_id,
    std::filesystem::path api_key_file);

}  // namespace chela::sidecar::authority
