#pragma once

#include "sidecar/node/client.hpp"
#include "tests/support/fake_node/fake_chain.hpp"
#include "tests/support/fake_node/faults.hpp"
#include "tests/support/fake_node/rpc/answer.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>

namespace chela::test::fake_node {

struct EndpointOptions {
    std::string name = "node";    ///< of a host: errors call it http://NAME
    std::uint64_t lag = 0;        ///< how many blocks a stale replica is behind
    std::uint64_t stale_lag = 3;  ///< how many Fault::stale adds
    Capabilities capabilities{};
};

/// What comes back for one call, before it is known whether over HTTP or not.
struct NoConnection {};
struct NoReply {
    bool is_closed{};  ///< otherwise it is only late
};
struct HttpStatus {
    unsigned status{};
};
struct Garbage {
    std::string body;
};
using Reply = std::variant<sidecar::node::RpcAnswer, NoConnection, NoReply, HttpStatus, Garbage>;

/// One node of several that have the same FakeChain, as a client sees it: the errors are those that
/// sidecar::node::make_client gives for the same trouble. It looks at no clock: what is late ends
/// at once as timed_out, with its effect done. Threads: one at a time, the chain's.
class FakeEndpoint final : public sidecar::node::Client {
public:
    FakeEndpoint(std::shared_ptr<FakeChain> chain, EndpointOptions options)
        : chain_{std::move(chain)},
          options_{std::move(options)} {}

    boost::asio::awaitable<Result<sidecar::node::RpcAnswer>> call(
        std::string method, Json parameters, sidecar::Deadline deadline) override;
    /// The same without a coroutine.
    [[nodiscard]] Reply serve(const std::string& method, const Json& parameters);
    /// @return what make_client's client would give for that reply
    [[nodiscard]] Result<sidecar::node::RpcAnswer> as_seen_by_client(const Reply& reply) const;

    [[nodiscard]] FaultScript& faults() { return faults_; }
    [[nodiscard]] FakeChain& chain() { return *chain_; }
    void set_lag(std::uint64_t blocks) { options_.lag = blocks; }
    void set_capabilities(Capabilities capabilities) { options_.capabilities = capabilities; }
    /// How often each method was asked, faults included.
    [[nodiscard]] const std::map<std::string, std::uint64_t>& calls() const { return calls_; }

private:
    [[nodiscard]] sidecar::node::RpcAnswer perform(
        const std::string& method, const Json& parameters, std::optional<Fault> fault, Sent* sent);
    [[nodiscard]] sidecar::node::RpcAnswer send_raw(Sent& sent);
    [[nodiscard]] Reply reply(
        const std::string& method, const Json& parameters, std::optional<Fault> fault, Sent* sent);
    [[nodiscard]] std::string origin() const { return "http://" + options_.name; }

    std::shared_ptr<FakeChain> chain_;
    EndpointOptions options_;
    FaultScript faults_;
    std::map<std::string, std::uint64_t> calls_;
};

}  // namespace chela::test::fake_node
