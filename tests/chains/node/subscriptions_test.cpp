#include "chains/node/subscriptions.hpp"

#include "chains/base/hex.hpp"
#include "tests/chains/node/answers.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::node {
namespace {

TEST(read_new_head, reads_what_anvil_and_geth_push) {
    const auto anvil = read_new_head(test::node_vector("anvil-1.7.1/new_head").at("answer"));
    ASSERT_TRUE(anvil && *anvil);
    EXPECT_EQ((*anvil)->subscription, "0x5a6974764c764c4a6a52737a70425345");
    EXPECT_EQ((*anvil)->head.number, BlockNumber{1});
    const auto geth = read_new_head(test::node_vector("geth/new_head").at("answer"));
    ASSERT_TRUE(geth && *geth);
    EXPECT_EQ((*geth)->head.number, BlockNumber{21'000'000});
}

TEST(read_new_head, other_messages_are_none) {
    for (const char* text :
         {R"({"jsonrpc":"2.0","id":1,"result":"0x1"})",
          R"({"jsonrpc":"2.0","method":"eth_other","params":{}})", R"({"method":null})", "[]",
          "null", "7"}) {
        const auto head = read_new_head(Json::parse(text));
        ASSERT_TRUE(head) << text;
        EXPECT_FALSE(*head) << text;
    }
}

TEST(read_subscription_id, is_short_text) {
    EXPECT_EQ(read_subscription_id(Json("0x1")), "0x1");
    EXPECT_TRUE(read_subscription_id(Json(std::string(128, 'a'))));
    for (const Json& json : {Json(""), Json(std::string(129, 'a')), Json(1), Json(nullptr)}) {
        EXPECT_FALSE(read_subscription_id(json)) << json;
    }
}

TEST(new_heads_parameters, name_the_subscription) {
    EXPECT_EQ(new_heads_parameters().dump(), R"(["newHeads"])");
}

}  // namespace
}  // namespace chela::chains::node
