#include "chains/node/blocks.hpp"

#include "chains/base/hex.hpp"
#include "tests/chains/node/answers.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::node {
namespace {

TEST(read_block, reads_every_field) {
    const auto block = read_block(test::node_result("anvil-1.7.1/block_latest"));
    ASSERT_TRUE(block && *block);
    EXPECT_EQ((*block)->number, BlockNumber{1});
    EXPECT_EQ(
        to_hex((*block)->hash),
        "0xc9ea874bc9065379160cce60845bafa40ac74e0552363aaa92fbded4eeb3049e");
    EXPECT_EQ(
        to_hex((*block)->parent),
        "0xf48bf72097250f742a075027c329744c0fa42ff5e341881a76c9a9dfdb42ebaa");
    EXPECT_GT((*block)->timestamp, 1'600'000'000U);
    ASSERT_TRUE((*block)->base_fee);
    EXPECT_GT((*block)->base_fee->value, U256{});
}

TEST(read_block, null_is_no_such_block) {
    const auto block = read_block(test::node_result("anvil-1.7.1/block_missing"));
    ASSERT_TRUE(block);
    EXPECT_FALSE(*block);
}

TEST(read_block, a_chain_may_have_no_base_fee) {
    const auto block = read_block(test::node_result("geth/block_without_base_fee"));
    ASSERT_TRUE(block && *block);
    EXPECT_FALSE((*block)->base_fee);
}

TEST(read_head, null_is_no_head) {
    const auto head = read_head(Json(nullptr));
    ASSERT_FALSE(head);
    EXPECT_EQ(head.error().code, ErrorCode::bad_response);
}

TEST(block_parameters, ask_without_transactions) {
    EXPECT_EQ(block_by_number_parameters(BlockTag::latest).dump(), R"(["latest",false])");
    EXPECT_EQ(block_by_number_parameters(BlockTag::finalized).dump(), R"(["finalized",false])");
    BlockHash hash;
    hash.bytes.fill(0x77);
    EXPECT_EQ(
        block_by_hash_parameters(hash).dump(), R"(["0x)" + std::string(64, '7') + R"(",false])");
}

TEST(is_tag_missing, tells_it_from_other_trouble) {
    EXPECT_TRUE(is_tag_missing(-32000, "finalized block not found"));
    EXPECT_TRUE(is_tag_missing(-39001, "Unknown block"));
    EXPECT_TRUE(is_tag_missing(-32602, "invalid argument 0: hex string without 0x prefix"));
    EXPECT_TRUE(is_tag_missing(-32000, "Unknown block number"));
    EXPECT_FALSE(is_tag_missing(-32000, "header not found"));
    EXPECT_FALSE(is_tag_missing(-32603, "internal error"));
    EXPECT_FALSE(is_tag_missing(-32005, "too many requests"));
}

}  // namespace
}  // namespace chela::chains::node
