#pragma once

#include "chains/base/hex.hpp"
#include "sidecar/node/client.hpp"
#include "tests/policy/build.hpp"

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {

using sidecar::node::RpcAnswer;
using sidecar::node::RpcError;

inline RpcAnswer rpc_result(Json result) {
    RpcAnswer answer;
    answer.result = std::make_shared<const Json>(std::move(result));
    return answer;
}

/// @param data  JSON text
inline RpcAnswer rpc_error(std::int64_t code, std::string message, std::string data = {}) {
    RpcAnswer answer;
    answer.error = RpcError{code, std::move(message), std::move(data)};
    return answer;
}

/// The ABI encoding of Error(string), for a reason of at most 32 characters.
inline std::string revert_data(const std::string& reason) {
    const Bytes text{reason.begin(), reason.end()};
    auto digits = to_hex(text).substr(2);
    digits.resize(64, '0');
    return "0x08c379a0" + word(32) + word(reason.size()) + digits;
}

/// A node that answers what was put down for each method, in order, and nothing else; but when
/// nothing was put down for eth_chainId it serves kChain, and keeps no record of it.
class ScriptedClient final : public sidecar::node::Client {
public:
    struct Call {
        std::string method;
        Json parameters;
    };
    std::vector<Call> calls;

    ScriptedClient& on(const std::string& method, Result<RpcAnswer> answer) {
        answers_[method].push_back(std::move(answer));
        return *this;
    }

    boost::asio::awaitable<Result<RpcAnswer>> call(
        std::string method, Json parameters, sidecar::Deadline /*deadline*/) override {
        auto& queue = answers_[method];
        if (method == "eth_chainId" && queue.empty())
            co_return rpc_result(to_quantity(U256{kChain.value}));
        calls.push_back({method, std::move(parameters)});
        if (queue.empty()) {
            ADD_FAILURE() << "nothing was put down for " << method;
            co_return fail(ErrorCode::internal, "an unexpected call");
        }
        auto answer = std::move(queue.front());
        queue.pop_front();
        co_return answer;
    }

    [[nodiscard]] std::vector<std::string> methods() const {
        std::vector<std::string> out;
        out.reserve(calls.size());
        for (const auto& call : calls)
            out.push_back(call.method);
        return out;
    }

private:
    std::map<std::string, std::deque<Result<RpcAnswer>>> answers_;
};

}  // namespace chela::test
