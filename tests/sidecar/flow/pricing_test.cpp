#include "sidecar/flow/pricing.hpp"

#include "tests/sidecar/flow/world.hpp"
#include "tests/sidecar/node/scripted_client.hpp"

namespace chela::sidecar::flow {
namespace {

using test::rpc_error;
using test::rpc_result;

/// Next base fee 100, tips 10: the market is 210 with a tip of 10, and less than 112 is too little.
const Json kHistory = {
    {"baseFeePerGas", Json::array({"0x50", "0x64"})},
    {"reward", Json::array({Json::array({"0xa"})})}};

class pricing : public testing::Test {
protected:
    Result<chains::Transaction> drafted() {
        return test::await(context, draft(client, request, soon()));
    }
    Result<chains::Transaction> with_estimate() {
        const auto transaction = drafted();
        if (!transaction) return transaction;
        return test::await(
            context, with_gas(client, *transaction, request, test::address(0x51), soon()));
    }
    static Deadline soon() { return std::chrono::steady_clock::now() + test::kPatience; }
    static void expect_fees(
        const Result<chains::Transaction>& drafted, std::uint64_t cap, std::uint64_t tip) {
        ASSERT_TRUE(drafted.has_value()) << drafted.error().detail;
        const auto* typed = std::get_if<chains::Eip1559Transaction>(&*drafted);
        ASSERT_NE(typed, nullptr);
        EXPECT_EQ(typed->max_fee_per_gas, wei(cap));
        EXPECT_EQ(typed->max_priority_fee_per_gas, wei(tip));
    }

    boost::asio::io_context context;
    std::shared_ptr<test::ScriptedClient> node = std::make_shared<test::ScriptedClient>();
    node::ChainClient client{base_chain(), node};
    IntentRequest request = request_to_alice(wei(5));
};

TEST_F(pricing, a_gas_price_makes_a_legacy_transaction) {
    node->on("eth_feeHistory", rpc_result(kHistory));
    request.gas_price = wei(112);
    request.data = {0, 1};
    const auto transaction = drafted();
    ASSERT_TRUE(transaction.has_value());
    const auto* legacy = std::get_if<chains::LegacyTransaction>(&*transaction);
    ASSERT_NE(legacy, nullptr);
    EXPECT_EQ(
        *legacy, (chains::LegacyTransaction{
                     test::kChain, Nonce{0}, wei(112), Gas{21'020}, kAlice, wei(5), {0, 1}}));
}

/// On a chain without EIP-1559.
class gas_pricing : public pricing {
protected:
    gas_pricing() {
        auto chain = base_chain();
        chain.has_eip1559 = false;
        client = node::ChainClient{chain, node};
    }
    static void expect_price(const Result<chains::Transaction>& drafted, std::uint64_t price) {
        ASSERT_TRUE(drafted.has_value()) << drafted.error().detail;
        const auto* legacy = std::get_if<chains::LegacyTransaction>(&*drafted);
        ASSERT_NE(legacy, nullptr);
        EXPECT_EQ(legacy->gas_price, wei(price));
    }
};

TEST_F(gas_pricing, takes_the_nodes_gas_price_in_a_legacy_transaction) {
    node->on("eth_gasPrice", rpc_result("0x1f4"));
    expect_price(drafted(), 500);
}

TEST_F(gas_pricing, never_offers_nothing) {
    node->on("eth_gasPrice", rpc_result("0x0"));
    expect_price(drafted(), 1);
}

TEST_F(gas_pricing, takes_a_given_price_that_is_high_enough) {
    node->on("eth_gasPrice", rpc_result("0x1f4")).on("eth_gasPrice", rpc_result("0x1f4"));
    request.gas_price = wei(600);
    expect_price(drafted(), 600);
    request.gas_price = wei(499);
    EXPECT_EQ(drafted().error().reason, "E_FEE_TOO_LOW");
}

TEST_F(gas_pricing, refuses_fees_that_the_chain_does_not_know_before_the_node_is_asked) {
    request.max_fee_per_gas = wei(600);
    EXPECT_EQ(drafted().error().reason, "E_FEES");
    request.max_fee_per_gas.reset();
    request.max_priority_fee_per_gas = wei(1);
    EXPECT_EQ(drafted().error().code, ErrorCode::invalid_input);
}

TEST_F(gas_pricing, refuses_a_price_that_is_none) {
    node->on("eth_gasPrice", rpc_result("much"));
    EXPECT_EQ(drafted().error().code, ErrorCode::bad_response);
}

TEST_F(pricing, given_fees_are_taken_as_they_are) {
    node->on("eth_feeHistory", rpc_result(kHistory));
    request.max_fee_per_gas = wei(150);
    request.max_priority_fee_per_gas = wei(50);
    expect_fees(drafted(), 150, 50);
}

TEST_F(pricing, fees_that_the_next_blocks_may_not_take_are_refused_before_they_hold_up_the_lane) {
    for (int i = 0; i < 4; ++i)
        node->on("eth_feeHistory", rpc_result(kHistory));
    request.max_fee_per_gas = wei(111);
    EXPECT_EQ(drafted().error().reason, "E_FEE_TOO_LOW");
    request.max_fee_per_gas = wei(112);
    EXPECT_TRUE(drafted().has_value());
    request.max_fee_per_gas.reset();
    request.gas_price = wei(111);
    EXPECT_EQ(drafted().error().reason, "E_FEE_TOO_LOW");
    EXPECT_EQ(drafted().error().code, ErrorCode::reverted);
}

TEST_F(pricing, fees_that_are_not_given_are_the_markets) {
    node->on("eth_feeHistory", rpc_result(kHistory));
    expect_fees(drafted(), 210, 10);
}

TEST_F(pricing, a_given_cap_limits_the_markets_tip) {
    node->on("eth_feeHistory", rpc_result(kHistory)).on("eth_feeHistory", rpc_result(kHistory));
    request.max_fee_per_gas = wei(112);
    expect_fees(drafted(), 112, 10);
    request.max_fee_per_gas = wei(400);
    expect_fees(drafted(), 400, 10);
}

TEST_F(pricing, a_given_tip_over_the_markets_cap_raises_the_cap) {
    node->on("eth_feeHistory", rpc_result(kHistory));
    request.max_priority_fee_per_gas = wei(1'000);
    expect_fees(drafted(), 1'210, 1'000);
}

TEST_F(pricing, a_tip_over_the_given_cap_is_refused) {
    node->on("eth_feeHistory", rpc_result(kHistory));
    request.max_fee_per_gas = wei(150);
    request.max_priority_fee_per_gas = wei(151);
    const auto transaction = drafted();
    ASSERT_FALSE(transaction.has_value());
    EXPECT_EQ(transaction.error().code, ErrorCode::invalid_input);
    EXPECT_EQ(transaction.error().reason, "E_FEES");
}

TEST_F(pricing, a_gas_limit_below_the_intrinsic_cost_is_refused_before_the_node_is_asked) {
    request.data = {1};
    request.gas_limit = Gas{21'015};
    const auto transaction = drafted();
    ASSERT_FALSE(transaction.has_value());
    EXPECT_EQ(transaction.error().reason, "E_GAS_LIMIT");
    EXPECT_TRUE(node->calls.empty());
    request.gas_limit = Gas{21'016};
    node->on("eth_feeHistory", rpc_result(kHistory));
    request.gas_price = wei(112);
    EXPECT_TRUE(drafted().has_value());
}

TEST_F(pricing, a_market_that_cannot_be_believed_is_an_error) {
    node->on("eth_feeHistory", rpc_result(Json::object()))
        .on("eth_feeHistory", fail(ErrorCode::timed_out, "slow"));
    EXPECT_EQ(drafted().error().code, ErrorCode::bad_response);
    EXPECT_EQ(drafted().error().code, ErrorCode::timed_out);
}

TEST_F(pricing, an_estimate_gets_headroom) {
    node->on("eth_feeHistory", rpc_result(kHistory));
    request.gas_price = wei(112);
    node->on("eth_estimateGas", rpc_result("0x186a0"));
    const auto transaction = with_estimate();
    ASSERT_TRUE(transaction.has_value());
    EXPECT_EQ(chains::gas_limit(*transaction), Gas{120'000});
    const Json& call = node->calls.at(1).parameters.at(0);
    EXPECT_EQ(call.at("from"), to_hex(test::address(0x51)));
    EXPECT_EQ(call.at("to"), to_hex(kAlice));
    EXPECT_EQ(call.at("value"), "0x5");
}

TEST_F(pricing, a_given_gas_limit_is_kept_without_an_estimate) {
    node->on("eth_feeHistory", rpc_result(kHistory));
    request.gas_price = wei(112);
    request.gas_limit = Gas{99'999};
    const auto transaction = with_estimate();
    ASSERT_TRUE(transaction.has_value());
    EXPECT_EQ(chains::gas_limit(*transaction), Gas{99'999});
    EXPECT_EQ(node->calls.size(), 1U) << "only the fee history";
}

TEST_F(pricing, an_estimate_that_reverts_is_reverted) {
    node->on("eth_feeHistory", rpc_result(kHistory));
    request.gas_price = wei(112);
    node->on("eth_estimateGas", rpc_error(3, "execution reverted"));
    EXPECT_EQ(with_estimate().error().code, ErrorCode::reverted);
}

TEST_F(pricing, the_worst_case_is_value_and_the_whole_gas_limit_and_never_wraps) {
    auto transaction = test::transaction_to(kAlice, wei(5));
    EXPECT_EQ(worst_case_cost(transaction).value(), wei(21'000'000'000'005));
    transaction.value = Wei{U256::max()};
    EXPECT_EQ(worst_case_cost(transaction).error().code, ErrorCode::out_of_range);
    transaction.value = wei(0);
    transaction.max_fee_per_gas = Wei{U256::max()};
    EXPECT_EQ(worst_case_cost(transaction).error().code, ErrorCode::out_of_range);
}

}  // namespace
}  // namespace chela::sidecar::flow
