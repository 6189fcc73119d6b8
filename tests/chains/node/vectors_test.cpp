#include "chains/base/hex.hpp"
#include "chains/node/blocks.hpp"
#include "chains/node/responses.hpp"
#include "chains/node/subscriptions.hpp"
#include "chains/simulation/methods.hpp"
#include "tests/chains/node/answers.hpp"

#include <optional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::node {
namespace {

template <class T>
std::optional<Error> error_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional{result.error()};
}

/// The block that a vector's parameters name, when they name it by hash.
simulation::PinnedBlock block_of(const Json& parameter) {
    simulation::PinnedBlock block{{}, {}, simulation::Pinning::by_number};
    if (!parameter.is_object()) return block;
    block.hash = *parse_fixed<BlockHash>(parameter.at("blockHash").get<std::string>());
    block.pinning = simulation::Pinning::by_hash;
    return block;
}

/// What the reader of the vector's method says about its answer.
std::optional<Error> read(const Json& vector) {
    const auto method = vector.at("method").get<std::string>();
    if (method == "eth_subscribe") return error_of(read_new_head(vector.at("answer")));
    const Json& result = vector.at("answer").at("result");
    if (method == "eth_getBlockByNumber" || method == "eth_getBlockByHash")
        return error_of(read_block(result));
    if (method == "eth_getTransactionByHash") return error_of(read_known_transaction(result));
    if (method == "eth_getCode") return error_of(read_code(result));
    if (method == "eth_simulateV1") {
        const std::size_t calls =
            vector.at("params").at(0).at("blockStateCalls").at(0).at("calls").size();
        return error_of(
            simulation::read_simulate_v1(result, calls, block_of(vector.at("params").at(1))));
    }
    if (method == "debug_traceCall") {
        const auto& tracer = vector.at("params").at(2).at("tracer");
        if (tracer == "prestateTracer") return error_of(simulation::read_state_diff(result));
        return error_of(simulation::read_trace_call(result));
    }
    if (method == "eth_feeHistory") return error_of(read_fee_history(result));
    if (method == "eth_getTransactionReceipt") return error_of(read_receipt(result));
    if (method == "eth_sendRawTransaction") return error_of(read_transaction_hash(result));
    if (method == "eth_call") {
        const auto answer = simulation::read_call_result(result);
        EXPECT_EQ(answer.outcome, simulation::Outcome::success);
        return std::nullopt;
    }
    ADD_FAILURE() << "no reader for " << method;
    return std::nullopt;
}

TEST(node_vectors, every_answer_of_a_real_client_is_read) {
    for (const char* folder : {"anvil-1.7.1", "geth", "nethermind", "reth"}) {
        for (const auto& name : test::node_vectors(folder)) {
            const Json vector = test::node_vector(name);
            if (vector.at("answer").contains("error")) continue;
            const auto error = read(vector);
            EXPECT_FALSE(error) << name << ": " << error->detail;
        }
    }
}

TEST(node_vectors, every_broken_answer_is_refused_as_a_bad_response) {
    for (const auto& name : test::node_vectors("refused")) {
        const auto error = read(test::node_vector(name));
        ASSERT_TRUE(error) << name;
        EXPECT_EQ(error->code, ErrorCode::bad_response) << name;
        EXPECT_EQ(error->reason, "E_NODE_ANSWER") << name;
    }
}

}  // namespace
}  // namespace chela::chains::node
