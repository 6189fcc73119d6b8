#pragma once

#include "sidecar/auth/authority.hpp"
#include "sidecar/authority/api_client.hpp"
#include "sidecar/edge/clock.hpp"

#include <memory>
#include <string>

namespace chela::sidecar::authority {

/// An authority that is elsewhere: another chela, or a service with the same /v1 API.
/// Source: POST /v1/auth/agent-token of the Intents API. Single-threaded.
class RemoteAuthority final : public auth::Authority {
public:
    RemoteAuthority(std::shared_ptr<const ApiClient> client, std::shared_ptr<const Clock> clock)
        : client_{std::move(client)},
          clock_{std::move(clock)} {}

    /// @return unauthenticated E_API_KEY: it refuses this key (401, 403); unavailable
    /// E_AUTHORITY_BUSY: it asked to be left alone for a while, and is; bad_response
    /// E_AUTHORITY_ANSWER: anything but a bearer token of this agent with a life; as ApiClient
    [[nodiscard]] boost::asio::awaitable<Result<auth::AccessToken>> exchange(
        std::string agent_id,
        std::shared_ptr<const signer::Secret> api_key,
        Deadline deadline) override;

private:
    [[nodiscard]] Result<auth::AccessToken> read(const Reply& reply, const std::string& agent_id);
    [[nodiscard]] std::unexpected<Error> refusal(const Reply& reply);

    std::shared_ptr<const ApiClient> client_;
    std::shared_ptr<const Clock> clock_;
    Deadline busy_until_ = Deadline::min();
};

}  // namespace chela::sidecar::authority
