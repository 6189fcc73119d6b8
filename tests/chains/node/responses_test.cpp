#include "chains/node/responses.hpp"

#include "chains/base/hex.hpp"
#include "tests/chains/node/answers.hpp"

#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::node {
namespace {

Wei wei(std::uint64_t amount) {
    return Wei{U256{amount}};
}

TEST(read_quantity, reads_zero_and_the_largest_number) {
    EXPECT_EQ(read_quantity(Json("0x0")), U256{});
    EXPECT_EQ(read_quantity(Json("0x" + std::string(64, 'f'))), U256::max());
}

TEST(read_quantity, refuses_everything_else) {
    const std::vector<Json> refused{
        nullptr,
        1,
        true,
        "",
        "0x",
        "1",
        "0x01",
        "0xg",
        "0X1",
        " 0x1",
        "0x1 ",
        "-0x1",
        "0x1" + std::string(64, '0'),
        Json::array(),
        Json::object()};
    for (const Json& json : refused) {
        const auto read = read_quantity(json);
        ASSERT_FALSE(read) << json;
        EXPECT_EQ(read.error().code, ErrorCode::bad_response) << json;
    }
}

TEST(read_uint64, reads_up_to_64_bits_and_no_more) {
    EXPECT_EQ(read_uint64(Json("0xffffffffffffffff")), std::numeric_limits<std::uint64_t>::max());
    const auto over = read_uint64(Json("0x10000000000000000"));
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, ErrorCode::bad_response);
}

TEST(read_transaction_hash, takes_32_bytes_only) {
    const auto hash = read_transaction_hash(Json("0x" + std::string(62, '0') + "07"));
    ASSERT_TRUE(hash);
    EXPECT_EQ(hash->bytes[31], 7);
    EXPECT_FALSE(read_transaction_hash(Json("0x" + std::string(62, '0'))));
    EXPECT_FALSE(read_transaction_hash(Json("0x" + std::string(66, '0'))));
    EXPECT_FALSE(read_transaction_hash(Json(nullptr)));
}

TEST(read_fee_history, keeps_base_fees_and_the_one_tip_of_each_block) {
    const auto history = read_fee_history(test::node_result("geth/fee_history"));
    ASSERT_TRUE(history);
    EXPECT_EQ(history->base_fees.size(), 4U);
    EXPECT_EQ(history->base_fees.back(), wei(10'000'000'003));
    EXPECT_EQ(history->tips, (std::vector{wei(1'000'000'000), wei(0), wei(2'000'000'000)}));
}

TEST(read_fee_history, reads_anvil_in_order) {
    const auto history = read_fee_history(test::node_result("anvil-1.7.1/fee_history"));
    ASSERT_TRUE(history);
    EXPECT_EQ(history->base_fees.front(), wei(1'000'000'000));
    EXPECT_EQ(history->tips.back(), wei(1'000'000'002));
}

TEST(read_fee_history, refuses_an_absurd_length) {
    Json long_history = {{"baseFeePerGas", Json::array()}, {"reward", Json::array()}};
    for (int i = 0; i < 1025; ++i)
        long_history["reward"].push_back({"0x1"});
    for (int i = 0; i < 1026; ++i)
        long_history["baseFeePerGas"].push_back("0x1");
    EXPECT_FALSE(read_fee_history(long_history));
}

TEST(read_receipt, null_is_no_receipt_yet) {
    const auto receipt = read_receipt(Json(nullptr));
    ASSERT_TRUE(receipt);
    EXPECT_FALSE(*receipt);
}

TEST(read_receipt, reads_every_field) {
    const auto receipt = read_receipt(test::node_result("anvil-1.7.1/receipt"));
    ASSERT_TRUE(receipt && *receipt);
    EXPECT_EQ(
        to_hex((*receipt)->hash),
        "0xd753ed537ce448b5e4220cb1e2398158c9c088218a12fe3723b380712fc765cf");
    EXPECT_EQ(
        to_hex((*receipt)->block_hash),
        "0x950fa46338b08f310a11f4fcc3728e757265a942ee82a19ac749c0ac867c6848");
    EXPECT_EQ((*receipt)->block_number, BlockNumber{3});
    EXPECT_EQ((*receipt)->gas_used, Gas{21'000});
    EXPECT_EQ((*receipt)->effective_gas_price, wei(0x6941f913));
    EXPECT_TRUE((*receipt)->succeeded);
}

TEST(read_receipt, adds_up_what_the_sender_paid) {
    Json answer = test::node_result("anvil-1.7.1/receipt");
    answer["gasUsed"] = "0xa";
    answer["effectiveGasPrice"] = "0x3";
    answer.erase("blobGasUsed");
    answer.erase("blobGasPrice");
    EXPECT_EQ(paid_fee(**read_receipt(answer)), wei(30));
    answer["blobGasUsed"] = "0x4";
    answer["blobGasPrice"] = "0x5";
    answer["l1Fee"] = "0x7";
    EXPECT_EQ(paid_fee(**read_receipt(answer)), wei(57));
    answer["l1Fee"] = "0x" + std::string(64, 'f');
    EXPECT_FALSE(read_receipt(answer)) << "the sum does not fit";
    answer.erase("l1Fee");
    answer["effectiveGasPrice"] = "0x" + std::string(64, 'f');
    const auto receipt = read_receipt(answer);
    ASSERT_TRUE(receipt && *receipt);
    EXPECT_FALSE(paid_fee(**receipt));
}

TEST(read_receipt, status_zero_is_a_failed_transaction) {
    const auto receipt = read_receipt(test::node_result("anvil-1.7.1/receipt_failed"));
    ASSERT_TRUE(receipt && *receipt);
    EXPECT_FALSE((*receipt)->succeeded);
}

TEST(read_known_transaction, tells_none_waiting_and_in_a_block_apart) {
    EXPECT_FALSE(*read_known_transaction(test::node_result("anvil-1.7.1/transaction_missing")));
    const auto pending =
        read_known_transaction(test::node_result("anvil-1.7.1/transaction_pending"));
    ASSERT_TRUE(pending && *pending);
    EXPECT_FALSE((*pending)->block_hash);
    EXPECT_EQ(
        to_hex((*pending)->hash),
        "0x388403839792f59983093d0144d34a037ce4a23511042c431c3afe79f3a63451");
    const auto mined = read_known_transaction(test::node_result("anvil-1.7.1/transaction"));
    ASSERT_TRUE(mined && *mined);
    ASSERT_TRUE((*mined)->block_hash);
    EXPECT_EQ(
        to_hex(*(*mined)->block_hash),
        "0xc9ea874bc9065379160cce60845bafa40ac74e0552363aaa92fbded4eeb3049e");
}

TEST(read_code, reads_none_and_a_delegation) {
    EXPECT_TRUE(read_code(test::node_result("anvil-1.7.1/code_none"))->empty());
    EXPECT_EQ(read_code(test::node_result("anvil-1.7.1/code_delegated"))->size(), 23U);
}

TEST(read_code, refuses_more_than_a_mebibyte) {
    const std::string most = "0x" + std::string(std::size_t{2} * 1024 * 1024, '0');
    EXPECT_TRUE(read_code(Json(most)));
    EXPECT_FALSE(read_code(Json(most + "00")));
}

TEST(is_rate_limit, knows_the_words_of_hosted_nodes_and_no_others) {
    for (const auto* text :
         {"Too Many Requests", "daily request count exceeded, request rate limited",
          "Your app has exceeded its compute units per second capacity", "rate-limited"}) {
        EXPECT_TRUE(is_rate_limit(text)) << text;
    }
    for (const auto* text :
         {"", "execution reverted", "header not found", "exceeds block gas limit", "rate"}) {
        EXPECT_FALSE(is_rate_limit(text)) << text;
    }
}

}  // namespace
}  // namespace chela::chains::node
