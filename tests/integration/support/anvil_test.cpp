#include "tests/support/anvil.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

TEST(support_anvil, answers_with_its_chain_id) {
    const auto anvil = Anvil::start();
    ASSERT_TRUE(anvil) << anvil.error().detail;
    const auto chain_id = (*anvil)->rpc("eth_chainId", Json::array());
    ASSERT_TRUE(chain_id) << chain_id.error().detail;
    EXPECT_EQ(*chain_id, "0x7a69");
    const auto accounts = (*anvil)->rpc("eth_accounts", Json::array());
    ASSERT_TRUE(accounts) << accounts.error().detail;
    EXPECT_EQ(accounts->size(), 10U);
}

TEST(support_anvil, two_run_side_by_side_with_their_options) {
    const auto one = Anvil::start({"--chain-id", "1"});
    const auto other = Anvil::start({"--no-mining"});
    ASSERT_TRUE(one) << one.error().detail;
    ASSERT_TRUE(other) << other.error().detail;
    EXPECT_NE((*one)->url(), (*other)->url());
    EXPECT_EQ((*one)->rpc("eth_chainId", Json::array()).value(), "0x1");
    ASSERT_TRUE((*other)->rpc("anvil_mine", Json::array({"0x2"})));
    EXPECT_EQ((*other)->rpc("eth_blockNumber", Json::array()).value(), "0x2");
}

TEST(support_anvil, an_error_of_the_node_is_an_error) {
    const auto anvil = Anvil::start();
    ASSERT_TRUE(anvil) << anvil.error().detail;
    const auto answer = (*anvil)->rpc("eth_noSuchMethod", Json::array());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::bad_response);
}

TEST(support_anvil, a_wrong_option_is_reported_with_its_reason) {
    const auto anvil = Anvil::start({"--no-such-option"});
    ASSERT_FALSE(anvil);
    EXPECT_EQ(anvil.error().code, ErrorCode::unavailable);
    EXPECT_THAT(anvil.error().detail, testing::HasSubstr("--no-such-option"));
}

}  // namespace
}  // namespace chela::test
