#pragma once

#include "sidecar/auth/issuer_keys.hpp"
#include "sidecar/auth/service_token.hpp"
#include "sidecar/edge/clock.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace chela::sidecar::auth {

/// Verifies the tokens that one cluster projects for its service accounts. A token is looked at
/// here and goes nowhere.
class ServiceAccounts {
public:
    struct Expected {
        std::string issuer;
        std::string audience;
    };

    ServiceAccounts(
        std::shared_ptr<IssuerKeys> keys, std::shared_ptr<const Clock> clock, Expected expected);

    /// Does the token say that it is of this issuer? Nothing else is looked at.
    [[nodiscard]] bool is_issuer_of(std::string_view token) const;

    /// @return unauthenticated E_TOKEN_MALFORMED, E_TOKEN_ALGORITHM (also: not the one of the key
    /// that it names), E_TOKEN_SIGNATURE, E_TOKEN_ISSUER, E_TOKEN_AUDIENCE, E_TOKEN_EXPIRED,
    /// E_TOKEN_NOT_YET_VALID; unavailable or timed_out E_ISSUER_UNAVAILABLE
    [[nodiscard]] boost::asio::awaitable<Result<ServiceAccount>> verify(
        std::string token, Deadline deadline) const;

    /// The keys are fetched from here on, until stop().
    void start() { keys_->start(); }
    void stop() { keys_->stop(); }

private:
    std::shared_ptr<IssuerKeys> keys_;
    std::shared_ptr<const Clock> clock_;
    Expected expected_;
};

}  // namespace chela::sidecar::auth
