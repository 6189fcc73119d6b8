#pragma once

#include "chains/base/json.hpp"
#include "tests/support/fake_node/fake_chain.hpp"

#include <cstdint>
#include <string>

namespace chela::test::fake_node {

enum class CallMode : std::uint8_t { succeeds, reverts, missing };

/// How a node answers what runs a transaction without sending it.
struct Capabilities {
    CallMode call{CallMode::succeeds};  ///< eth_call and eth_estimateGas
    CallMode simulate_v1{CallMode::succeeds};
    CallMode trace_call{CallMode::succeeds};
};

/// What a node has of the chain, and the parameters of one call to it.
struct Query {
    const FakeChain& chain;
    BlockNumber head;  ///< the newest block it has
    Capabilities capabilities;
    const Json& parameters;
};

[[nodiscard]] sidecar::node::RpcAnswer result(Json value);
[[nodiscard]] sidecar::node::RpcAnswer error(
    std::int64_t code, std::string message, std::string data = {});
[[nodiscard]] sidecar::node::RpcAnswer error(sidecar::node::RpcError problem);

/// Every method but eth_sendRawTransaction; what it does not know is -32601.
[[nodiscard]] sidecar::node::RpcAnswer answer(const std::string& method, const Query& query);

// The methods by subject. @return nothing: it is another's method
using Answered = std::optional<sidecar::node::RpcAnswer>;
[[nodiscard]] Answered answer_blocks(const std::string& method, const Query& query);
[[nodiscard]] Answered answer_accounts(const std::string& method, const Query& query);
[[nodiscard]] Answered answer_fees(const std::string& method, const Query& query);
[[nodiscard]] Answered answer_calls(const std::string& method, const Query& query);

}  // namespace chela::test::fake_node
