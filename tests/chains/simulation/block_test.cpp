#include "chains/simulation/block.hpp"

#include "chains/base/hex.hpp"
#include "chains/simulation/methods.hpp"
#include "tests/chains/node/answers.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

const std::string kHash = "0x" + std::string(64, 'a');

TEST(pinned_block, is_named_by_hash_as_eip_1898_has_it_or_by_number) {
    auto block = read_block({{"number", "0x10"}, {"hash", kHash}});
    ASSERT_TRUE(block);
    EXPECT_EQ(block_parameter(*block), (Json{{"blockHash", kHash}, {"requireCanonical", true}}));
    block->pinning = Pinning::by_number;
    EXPECT_EQ(block_parameter(*block), "0x10");
}

TEST(pinned_block, needs_a_number_and_a_hash) {
    for (const Json& json :
         {Json(nullptr), Json::object(), Json{{"number", "0x10"}},
          Json{{"number", nullptr}, {"hash", nullptr}}, Json{{"number", 16}, {"hash", kHash}},
          Json{{"number", "0x10"}, {"hash", "0x1"}}}) {
        EXPECT_FALSE(read_block(json)) << json;
    }
}

TEST(pinned_block, a_result_tells_which_block_and_how_sure_that_is) {
    SimulationResult result;
    auto block = *read_block({{"number", "0x10"}, {"hash", kHash}});
    pin(result, block);
    EXPECT_EQ(result.block_number, BlockNumber{16});
    EXPECT_EQ(result.block_hash, block.hash);
    EXPECT_EQ(result.pinning, Pinning::by_hash);
    block.pinning = Pinning::by_number;
    SimulationResult by_number;
    pin(by_number, block);
    EXPECT_EQ(by_number.block_number, BlockNumber{16});
    EXPECT_FALSE(by_number.block_hash);
}

TEST(pinned_block, refusals_of_every_client_are_known) {
    for (const char* name :
         {"anvil-1.7.1/call_unknown_block", "geth/block_unknown", "geth/block_not_canonical",
          "reth/block_unknown", "nethermind/block_unknown"}) {
        const Json error = test::node_vector(name).at("answer").at("error");
        EXPECT_TRUE(is_block_refused(
            error.at("code").get<std::int64_t>(), error.at("message").get<std::string>()))
            << name;
    }
    EXPECT_TRUE(is_block_refused(-32602, "invalid argument 1: json: cannot unmarshal object"));
    EXPECT_TRUE(is_block_refused(-39001, "Unknown block"));
}

TEST(pinned_block, what_a_contract_or_a_balance_says_is_no_refusal) {
    EXPECT_FALSE(is_block_refused(3, "execution reverted: header not found"));
    EXPECT_FALSE(is_block_refused(-32000, "execution reverted: block not found"));
    EXPECT_FALSE(is_block_refused(-32000, "insufficient funds for gas * price + value"));
    EXPECT_FALSE(is_block_refused(-38014, "insufficient funds"));
}

TEST(pinned_block, a_simulation_that_builds_on_another_is_refused) {
    const Json answer = test::node_result("refused/simulate_of_another_block");
    auto block = *read_block({{"number", "0xf"}, {"hash", kHash}});
    const auto wrong = read_simulate_v1(answer, 1, block);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::bad_response);
    block.hash = *parse_fixed<BlockHash>(answer[0]["parentHash"].get<std::string>());
    EXPECT_TRUE(read_simulate_v1(answer, 1, block));
}

TEST(pinned_block, every_method_is_asked_at_it) {
    const auto block = *read_block({{"number", "0x10"}, {"hash", kHash}});
    const std::vector<node::CallRequest> calls(1);
    for (const Json& parameters :
         {simulate_v1_parameters(calls, block), trace_call_parameters(calls[0], block),
          state_diff_parameters(calls[0], block), call_parameters(calls[0], block)}) {
        EXPECT_EQ(parameters.at(1), block_parameter(block));
    }
    const auto diff = state_diff_parameters(calls[0], block);
    EXPECT_EQ(diff[2]["tracer"], "prestateTracer");
    EXPECT_EQ(diff[2]["tracerConfig"]["diffMode"], true);
}

}  // namespace
}  // namespace chela::chains::simulation
