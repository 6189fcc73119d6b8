#include "chains/abi/revert_reason.hpp"
#include "chains/base/hex.hpp"
#include "chains/simulation/methods.hpp"
#include "tests/chains/node/answers.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

const PinnedBlock kBlock{BlockNumber{16}, {}, Pinning::by_number};

std::vector<SimulationResult> read(const std::string& name, std::size_t calls) {
    const auto results = read_simulate_v1(test::node_result(name), calls, kBlock);
    EXPECT_TRUE(results) << name << ": " << (results ? "" : results.error().detail);
    return results ? *results : std::vector<SimulationResult>(calls);
}

std::string amount(const NativeMove& move) {
    return to_decimal(move.amount.value);
}

TEST(simulate_v1, asks_for_transfers_of_calls_in_one_block_without_validation) {
    const std::vector<node::CallRequest> calls(2);
    const Json parameters = simulate_v1_parameters(calls, kBlock);
    ASSERT_EQ(parameters.size(), 2U);
    EXPECT_EQ(parameters[1], "0x10");
    EXPECT_EQ(parameters[0]["traceTransfers"], true);
    EXPECT_EQ(parameters[0]["validation"], false);
    ASSERT_EQ(parameters[0]["blockStateCalls"].size(), 1U);
    EXPECT_EQ(
        parameters[0]["blockStateCalls"][0]["calls"],
        Json::array({node::to_json(calls[0]), node::to_json(calls[1])}));
}

TEST(simulate_v1, anvil_success_gives_the_contracts_logs_and_the_moves_apart) {
    const auto result = read("anvil-1.7.1/simulate_success", 1).at(0);
    EXPECT_EQ(result.outcome, Outcome::success);
    EXPECT_EQ(result.provider, Provider::eth_simulate_v1);
    EXPECT_FALSE(result.degraded);
    EXPECT_EQ(result.gas_used, Gas{0xdf17});
    EXPECT_EQ(result.error, "");
    ASSERT_EQ(result.logs.size(), 1U);
    EXPECT_EQ(to_hex(result.logs[0].address), "0x00000000000000000000000000000000c0de0001");
    EXPECT_EQ(result.logs[0].topics.size(), 3U);
    ASSERT_EQ(result.native_moves.size(), 2U);
    EXPECT_EQ(to_hex(result.native_moves[0].from), "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
    EXPECT_EQ(to_hex(result.native_moves[0].to), "0x00000000000000000000000000000000c0de0001");
    EXPECT_EQ(amount(result.native_moves[0]), "100");
    EXPECT_EQ(amount(result.native_moves[1]), "50");
}

TEST(simulate_v1, anvil_revert_keeps_the_bytes_of_return_data) {
    const auto result = read("anvil-1.7.1/simulate_revert", 1).at(0);
    EXPECT_EQ(result.outcome, Outcome::reverted);
    EXPECT_EQ(result.error, "execution failed");
    EXPECT_EQ(abi::revert_reason(result.return_data), "no money");
}

TEST(simulate_v1, geth_revert_takes_the_bytes_of_the_error) {
    const auto result = read("geth/simulate_revert", 1).at(0);
    EXPECT_EQ(result.outcome, Outcome::reverted);
    EXPECT_EQ(result.error, "execution reverted: no money");
    EXPECT_EQ(abi::revert_reason(result.return_data), "no money");
}

TEST(simulate_v1, a_halt_is_a_failure_without_bytes) {
    const auto result = read("geth/simulate_halt", 1).at(0);
    EXPECT_EQ(result.outcome, Outcome::reverted);
    EXPECT_EQ(result.error, "out of gas");
    EXPECT_TRUE(result.return_data.empty());
}

TEST(simulate_v1, each_of_two_calls_has_its_own_result) {
    const auto results = read("anvil-1.7.1/simulate_two_calls", 2);
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].outcome, Outcome::success);
    EXPECT_EQ(results[1].outcome, Outcome::reverted);
}

TEST(simulate_v1, gives_what_the_call_returned) {
    const auto result = read("anvil-1.7.1/simulate_returns_data", 1).at(0);
    ASSERT_EQ(result.return_data.size(), 32U);
    EXPECT_EQ(result.return_data[31], 42);
}

TEST(simulate_v1, decides_on_the_status_whatever_the_error_says) {
    Json answer = test::node_result("geth/simulate_transfer_and_token");
    answer[0]["calls"][0]["error"] = {{"code", 3}, {"message", "execution reverted"}};
    EXPECT_EQ(read_simulate_v1(answer, 1, kBlock)->at(0).outcome, Outcome::success);
    answer[0]["calls"][0].erase("error");
    answer[0]["calls"][0]["status"] = "0x0";
    EXPECT_EQ(read_simulate_v1(answer, 1, kBlock)->at(0).outcome, Outcome::reverted);
}

TEST(simulate_v1, a_failed_call_has_no_logs_and_no_moves_even_if_the_node_lists_them) {
    Json answer = test::node_result("geth/simulate_transfer_and_token");
    answer[0]["calls"][0]["status"] = "0x0";
    const auto result = read_simulate_v1(answer, 1, kBlock)->at(0);
    EXPECT_TRUE(result.logs.empty());
    EXPECT_TRUE(result.native_moves.empty());
    EXPECT_EQ(result.error, "the call failed");
}

TEST(simulate_v1, a_nodes_words_are_cleaned_and_cut) {
    Json answer = test::node_result("geth/simulate_revert");
    answer[0]["calls"][0]["error"]["message"] = "a\nb" + std::string(1000, 'x');
    const auto result = read_simulate_v1(answer, 1, kBlock)->at(0);
    EXPECT_EQ(result.error, "a b" + std::string(297, 'x') + "...");
}

}  // namespace
}  // namespace chela::chains::simulation
