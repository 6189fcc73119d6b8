#include "tests/support/edr.hpp"

#include "tests/integration/support/fake_node/fixture.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

TEST(support_edr, answers_with_its_chain_id) {
    const auto edr = Edr::start();
    ASSERT_TRUE(edr) << edr.error().detail;
    EXPECT_EQ((*edr)->rpc("eth_chainId", Json::array()).value(), "0x7a69");
    const auto other = Edr::start({"--chain-id", "10"});
    ASSERT_TRUE(other) << other.error().detail;
    EXPECT_EQ((*other)->rpc("eth_chainId", Json::array()).value(), "0xa");
}

TEST(support_edr, mines_a_transaction_that_is_sent_raw) {
    const auto edr = Edr::start({"--no-mining"});
    ASSERT_TRUE(edr) << edr.error().detail;
    const fake_node::Payment payment{.value = fake_node::ether(1)};
    const auto raw = to_hex(fake_node::signed_bytes(fake_node::kAlice, payment));
    const auto hash = (*edr)->rpc("eth_sendRawTransaction", Json::array({raw}));
    ASSERT_TRUE(hash) << hash.error().detail;
    EXPECT_EQ(*hash, to_hex(fake_node::hash_of(fake_node::kAlice, payment)));
    EXPECT_TRUE((*edr)->rpc("eth_getTransactionReceipt", Json::array({*hash})).value().is_null());
    ASSERT_TRUE((*edr)->rpc("evm_mine", Json::array()));
    const auto receipt = (*edr)->rpc("eth_getTransactionReceipt", Json::array({*hash}));
    ASSERT_TRUE(receipt) << receipt.error().detail;
    EXPECT_EQ((*receipt)["status"], "0x1");
    EXPECT_EQ((*receipt)["blockNumber"], "0x1");
    const auto carol = Json::array({to_hex(fake_node::kCarol), "latest"});
    EXPECT_EQ((*edr)->rpc("eth_getBalance", carol).value(), "0xde0b6b3a7640000");
}

TEST(support_edr, an_error_of_the_node_is_an_error) {
    const auto edr = Edr::start();
    ASSERT_TRUE(edr) << edr.error().detail;
    const auto answer = (*edr)->rpc("eth_noSuchMethod", Json::array());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::bad_response);
}

TEST(support_edr, a_wrong_option_is_reported_with_its_reason) {
    const auto edr = Edr::start({"--no-such-option"});
    ASSERT_FALSE(edr);
    EXPECT_EQ(edr.error().code, ErrorCode::unavailable);
    EXPECT_THAT(edr.error().detail, testing::HasSubstr("--no-such-option"));
}

}  // namespace
}  // namespace chela::test
