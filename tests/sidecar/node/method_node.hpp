#pragma once

#include "tests/sidecar/node/scripted_client.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace chela::test {

/// A node that has the methods put down here, and says of others that it lacks them. It serves
/// kChain; its latest block is 16. Tracers count as methods of their own: "callTracer",
/// "prestateTracer".
class MethodNode final : public sidecar::node::Client {
public:
    using Answer = Result<RpcAnswer>;
    using Handler = std::function<Answer(const Json& parameters)>;

    struct Call {
        std::string method;
        Json parameters;
    };
    std::vector<Call> calls;
    std::uint64_t head = 16;

    MethodNode() {
        on("eth_chainId", rpc_result(to_quantity(U256{kChain.value})));
        on("eth_blockNumber",
           [this](const Json&) -> Answer { return rpc_result(to_quantity(U256{head})); });
        on("eth_getBlockByNumber", [this](const Json&) -> Answer {
            return rpc_result({{"number", to_quantity(U256{head})}, {"hash", hash()}});
        });
    }
    MethodNode& on(const std::string& method, Handler handler) {
        methods_[method] = std::move(handler);
        return *this;
    }
    MethodNode& on(const std::string& method, Answer answer) {
        return on(method, [answer = std::move(answer)](const Json&) { return answer; });
    }
    void drop(const std::string& method) { methods_.erase(method); }

    [[nodiscard]] std::string hash() const {
        const auto digits = std::to_string(head);
        return "0x" + std::string(64 - digits.size(), '0') + digits;
    }
    /// How often a method was asked.
    [[nodiscard]] std::size_t asked(const std::string& method) const {
        std::size_t count = 0;
        for (const auto& call : calls)
            count += call.method == method ? 1 : 0;
        return count;
    }
    /// The last parameters of a method.
    [[nodiscard]] Json last(const std::string& method) const {
        for (auto call = calls.rbegin(); call != calls.rend(); ++call)
            if (call->method == method) return call->parameters;
        ADD_FAILURE() << method << " was never asked";
        return {};
    }

    boost::asio::awaitable<Answer> call(
        std::string method, Json parameters, sidecar::Deadline /*deadline*/) override {
        if (method == "debug_traceCall") method = parameters.at(2).at("tracer").get<std::string>();
        calls.push_back({method, parameters});
        const auto found = methods_.find(method);
        if (found == methods_.end()) co_return rpc_error(-32601, "the method does not exist");
        co_return found->second(parameters);
    }

private:
    std::map<std::string, Handler> methods_;
};

/// An answer of eth_simulateV1 that has `call` for each call.
inline MethodNode::Handler simulated(Json call) {
    return [call = std::move(call)](const Json& parameters) -> MethodNode::Answer {
        const auto count = parameters.at(0).at("blockStateCalls").at(0).at("calls").size();
        return rpc_result(Json::array({Json{{"calls", Json(std::vector<Json>(count, call))}}}));
    };
}
inline const Json kCallSucceeded = {
    {"status", "0x1"}, {"gasUsed", "0x5208"}, {"returnData", "0x"}, {"logs", Json::array()}};
inline const Json kTraced = {
    {"type", "CALL"},
    {"from", "0x" + std::string(40, '1')},
    {"to", "0x" + std::string(40, '2')},
    {"value", "0x7"},
    {"gas", "0x5208"},
    {"gasUsed", "0x5208"},
    {"input", "0x"},
    {"output", "0x"}};
inline const Json kNoDiff = {{"pre", Json::object()}, {"post", Json::object()}};

/// Refuses a block that is an object, as clients do that do not know EIP-1898.
inline MethodNode::Handler by_number_alone(MethodNode::Handler handler) {
    return [handler = std::move(handler)](const Json& parameters) -> MethodNode::Answer {
        if (parameters.at(1).is_object()) return rpc_error(-32602, "invalid argument 1");
        return handler(parameters);
    };
}

}  // namespace chela::test
