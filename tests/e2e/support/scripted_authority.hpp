#pragma once

#include "chains/base/json.hpp"
#include "chains/tx/transaction.hpp"
#include "sidecar/http/server.hpp"
#include "tests/chains/test_key.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

namespace chela::test {

/// A service with the few routes of the /v1 API that a chela in front of it needs, which behaves
/// until it is told otherwise. It has one agent, and holds that agent's key.
class ScriptedAuthority {
public:
    struct Call {
        std::string authorization;
        std::string idempotency_key;
        Json body;
    };
    using Answer = std::function<sidecar::http::Response(const Call&)>;
    enum class Route : std::uint8_t { token, me, sign, sign_message };

    ScriptedAuthority();
    ~ScriptedAuthority();
    ScriptedAuthority(const ScriptedAuthority&) = delete;
    ScriptedAuthority& operator=(const ScriptedAuthority&) = delete;

    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::string address() const;
    static constexpr const char* kAgent = "11111111-2222-4333-8444-555555555555";

    void answer(Route route, Answer answer);
    void behave();
    [[nodiscard]] std::vector<Call> calls(Route route) const;

    /// What a good one answers to a request to sign.
    [[nodiscard]] sidecar::http::Response sign(const Call& call) const;
    /// The same, with something of the transaction changed before it is signed.
    [[nodiscard]] sidecar::http::Response sign_changed(
        const Call& call, const std::function<void(chains::Eip1559Transaction&)>& change) const;
    [[nodiscard]] sidecar::http::Response sign_with(const Call& call, const TestKey& key) const;
    /// What one answers that signs these bytes, whatever it was asked for.
    [[nodiscard]] sidecar::http::Response sign_message(const SigningHash& hash) const;

private:
    [[nodiscard]] std::shared_ptr<const sidecar::http::Router> routes();
    [[nodiscard]] sidecar::http::Response heard(Route route, const sidecar::http::Request& request);

    TestKey key_;
    mutable std::mutex mutex_;
    std::map<Route, Answer> answers_;
    std::map<Route, std::vector<Call>> calls_;
    unsigned issued_ = 0;
    boost::asio::io_context context_;
    std::unique_ptr<sidecar::http::Server> server_;
    std::uint16_t port_{};
    std::thread thread_;
};

}  // namespace chela::test
