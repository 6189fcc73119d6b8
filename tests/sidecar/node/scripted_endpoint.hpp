#pragma once

#include "tests/sidecar/node/scripted_client.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace chela::test {

/// A node of a chain that answers each method as its function says, as often as it is asked.
class ScriptedEndpoint final : public sidecar::node::Client {
public:
    using Answer = Result<RpcAnswer>;

    std::uint64_t chain_id = kChain.value;
    std::uint64_t head = 100;
    std::map<std::string, std::function<Answer(const Json&)>> answers;
    std::vector<std::string> asked;  ///< without eth_chainId and eth_blockNumber
    std::size_t chain_ids_asked = 0;
    std::size_t heads_asked = 0;
    sidecar::Deadline pause_until = sidecar::Deadline::min();
    /// Every answer, when set.
    std::optional<Error> trouble;

    ScriptedEndpoint& on(const std::string& method, Json result) {
        answers[method] = [result = std::move(result)](const Json&) -> Answer {
            return rpc_result(result);
        };
        return *this;
    }

    boost::asio::awaitable<Answer> call(
        std::string method, Json parameters, sidecar::Deadline /*deadline*/) override {
        co_return answer(method, parameters);
    }
    [[nodiscard]] sidecar::Deadline busy_until() const override { return pause_until; }

private:
    Answer answer(const std::string& method, const Json& parameters) {
        if (method == "eth_chainId") {
            ++chain_ids_asked;
        } else if (method == "eth_blockNumber") {
            ++heads_asked;
        } else {
            asked.push_back(method);
        }
        if (trouble) return std::unexpected{*trouble};
        if (const auto found = answers.find(method); found != answers.end())
            return found->second(parameters);
        if (method == "eth_chainId") return rpc_result(to_quantity(U256{chain_id}));
        if (method == "eth_blockNumber") return rpc_result(to_quantity(U256{head}));
        ADD_FAILURE() << "nothing was put down for " << method;
        return fail(ErrorCode::internal, "an unexpected call");
    }
};

}  // namespace chela::test
