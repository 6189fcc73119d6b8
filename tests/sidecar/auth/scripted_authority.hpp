#pragma once

#include "sidecar/auth/authority.hpp"
#include "sidecar/edge/clock.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace chela::sidecar::auth::test {

class FakeClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override { return time; }
    TimePoint time{std::chrono::seconds{1'800'000'000}};
};

/// Issues "jwt-1", "jwt-2", …; refuses, throws or keeps everybody waiting when told to.
class ScriptedAuthority final : public Authority {
public:
    ScriptedAuthority(boost::asio::io_context& context, std::shared_ptr<FakeClock> clock)
        : gate_{context},
          clock_{std::move(clock)} {}

    boost::asio::awaitable<Result<AccessToken>> exchange(
        std::string agent_id, std::shared_ptr<const signer::Secret> api_key, Deadline) override {
        ++calls;
        agent_ids.push_back(agent_id);
        keys.emplace_back(api_key->reveal());
        while (is_held_) {
            gate_.expires_at(Deadline::max());
            co_await gate_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        }
        if (throws) throw std::runtime_error{"scripted"};
        if (refusal_) co_return std::unexpected{*refusal_};
        co_return AccessToken{
            .token = "jwt-" + std::to_string(++issued_),
            .agent_id = agent_id,
            .vault_ids = {},
            .issued_at = clock_->time + skew,
            .expires_at = clock_->time + skew + life};
    }

    void hold() { is_held_ = true; }
    void release() {
        is_held_ = false;
        gate_.cancel();
    }
    void refuse_with(ErrorCode code, std::string reason) {
        refusal_ = Error{code, "scripted", std::move(reason)};
    }
    void accept() { refusal_.reset(); }

    unsigned calls = 0;
    std::vector<std::string> agent_ids;
    std::vector<std::string> keys;
    std::chrono::milliseconds life = std::chrono::minutes{15};
    std::chrono::milliseconds skew{0};
    bool throws = false;

private:
    boost::asio::steady_timer gate_;
    std::shared_ptr<FakeClock> clock_;
    std::optional<Error> refusal_;
    unsigned issued_ = 0;
    bool is_held_ = false;
};

}  // namespace chela::sidecar::auth::test
