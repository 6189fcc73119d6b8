#include "tests/support/fake_node/rpc/answer.hpp"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test::fake_node {

using sidecar::node::RpcAnswer;
using sidecar::node::RpcError;

RpcAnswer result(Json value) {
    RpcAnswer out;
    out.result = std::make_shared<const Json>(std::move(value));
    return out;
}

RpcAnswer error(RpcError problem) {
    RpcAnswer out;
    out.error = std::move(problem);
    return out;
}

RpcAnswer error(std::int64_t code, std::string message, std::string data) {
    return error(RpcError{code, std::move(message), std::move(data)});
}

RpcAnswer answer(const std::string& method, const Query& query) {
    constexpr std::array kSubjects{answer_blocks, answer_accounts, answer_fees, answer_calls};
    for (const auto subject : kSubjects)
        if (auto answered = subject(method, query)) return *std::move(answered);
    return error(-32601, fmt::format("the method {} does not exist/is not available", method));
}

}  // namespace chela::test::fake_node
