#include "chains/abi/revert_reason.hpp"
#include "chains/simulation/methods.hpp"
#include "tests/chains/node/answers.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

const PinnedBlock kBlock{BlockNumber{16}, {}, Pinning::by_number};

SimulationResult read_error(const std::string& name) {
    const Json error = test::node_vector(name).at("answer").at("error");
    return read_call_error(
        error.at("code").get<std::int64_t>(), error.at("message").get<std::string>(),
        error.contains("data") ? error["data"].dump() : "");
}

TEST(eth_call, asks_at_the_block_that_was_pinned) {
    const node::CallRequest call;
    EXPECT_EQ(call_parameters(call, kBlock), Json::array({node::to_json(call), "0x10"}));
}

TEST(eth_call, a_result_is_a_degraded_success) {
    const auto result = read_call_result(test::node_result("anvil-1.7.1/call_success"));
    EXPECT_EQ(result.outcome, Outcome::success);
    EXPECT_EQ(result.provider, Provider::eth_call);
    EXPECT_TRUE(result.degraded);
    ASSERT_EQ(result.return_data.size(), 32U);
    EXPECT_EQ(result.return_data[31], 42);
}

TEST(eth_call, what_is_not_bytes_is_no_success) {
    for (const Json& json : {Json(nullptr), Json(1), Json("0x1"), Json(""), Json::object()}) {
        const auto result = read_call_result(json);
        EXPECT_EQ(result.outcome, Outcome::error) << json;
        EXPECT_FALSE(result.error.empty()) << json;
        EXPECT_TRUE(result.degraded);
    }
}

TEST(eth_call, reverts_of_anvil_and_geth_keep_their_bytes) {
    for (const char* name :
         {"anvil-1.7.1/call_revert", "geth/call_revert", "anvil-1.7.1/estimate_revert"}) {
        const auto result = read_error(name);
        EXPECT_EQ(result.outcome, Outcome::reverted) << name;
        EXPECT_EQ(abi::revert_reason(result.return_data), "no money") << name;
        EXPECT_EQ(result.error, "execution reverted: no money") << name;
    }
    EXPECT_EQ(
        abi::revert_reason(read_error("anvil-1.7.1/call_revert_panic").return_data),
        "Panic(0x11): arithmetic overflow or underflow");
    const auto custom = read_error("anvil-1.7.1/call_revert_custom");
    EXPECT_EQ(abi::revert_reason(custom.return_data), "custom error 0xdeadbeef");
    EXPECT_EQ(custom.error.find('\0'), std::string::npos);
}

TEST(eth_call, other_shapes_of_revert_data_are_read) {
    EXPECT_EQ(
        read_call_error(-32015, "VM execution error.", "\"Reverted 0x01020304\"").return_data,
        (Bytes{1, 2, 3, 4}));
    EXPECT_EQ(
        read_call_error(-32015, "VM execution error.", "\"Reverted 0x01\"").outcome,
        Outcome::reverted);
    const auto hardhat = read_call_error(
        -32603, "VM Exception while processing transaction: reverted with reason string 'x'",
        R"({"message":"x","txHash":"0x12","data":"0x0a0b"})");
    EXPECT_EQ(hardhat.outcome, Outcome::reverted);
    EXPECT_EQ(hardhat.return_data, (Bytes{0x0a, 0x0b}));
}

TEST(eth_call, data_that_is_no_hex_gives_no_bytes) {
    for (const char* data :
         {"", "null", "1", "\"0x1\"", "\"text\"", "{}", "[]", "{\"data\":{\"data\":1}}",
          "not json"}) {
        const auto result = read_call_error(3, "execution reverted", data);
        EXPECT_EQ(result.outcome, Outcome::reverted) << data;
        EXPECT_TRUE(result.return_data.empty()) << data;
    }
}

TEST(eth_call, an_error_that_names_no_revert_is_an_error) {
    const auto funds = read_error("anvil-1.7.1/call_insufficient_funds");
    EXPECT_EQ(funds.outcome, Outcome::error);
    EXPECT_EQ(funds.error, "Insufficient funds for gas * price + value");
    EXPECT_EQ(read_call_error(-32000, "out of gas", "").outcome, Outcome::error);
    EXPECT_EQ(read_call_error(-32000, "", "\"0x01020304\"").outcome, Outcome::error);
}

TEST(method_missing, codes_and_texts_of_clients_are_known) {
    EXPECT_TRUE(is_method_missing(-32601, "anything"));
    EXPECT_TRUE(is_method_missing(-32004, "anything"));
    EXPECT_TRUE(is_method_missing(-32604, "Method not enabled"));
    for (const char* text :
         {"the method eth_simulateV1 does not exist/is not available", "Method not found",
          "Unsupported method: debug_traceCall", "eth_simulateV1 is not available on the Free tier",
          "rpc method is not whitelisted"}) {
        EXPECT_TRUE(is_method_missing(-32600, text)) << text;
    }
}

TEST(method_missing, a_call_that_ran_is_not_missing) {
    for (const char* text :
         {"", "out of gas", "insufficient funds", "header not found", "invalid argument 0"}) {
        EXPECT_FALSE(is_method_missing(-32000, text)) << text;
    }
}

TEST(method_missing, a_contract_cannot_choose_the_provider_by_its_revert) {
    EXPECT_FALSE(is_method_missing(3, "execution reverted: method not found"));
    EXPECT_FALSE(is_method_missing(3, "method not found"));
    EXPECT_FALSE(is_method_missing(-32000, "execution reverted: unsupported method"));
}

TEST(simulation, names_are_the_apis) {
    EXPECT_EQ(to_string(Outcome::success), "success");
    EXPECT_EQ(to_string(Outcome::reverted), "reverted");
    EXPECT_EQ(to_string(Outcome::error), "error");
    EXPECT_EQ(to_string(Provider::eth_simulate_v1), "eth_simulateV1");
    EXPECT_EQ(to_string(Provider::debug_trace_call), "debug_traceCall");
    EXPECT_EQ(to_string(Provider::eth_call), "eth_call");
}

TEST(simulation, a_result_nobody_filled_is_an_error) {
    EXPECT_EQ(SimulationResult{}.outcome, Outcome::error);
}

}  // namespace
}  // namespace chela::chains::simulation
