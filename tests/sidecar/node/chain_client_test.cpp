#include "tests/sidecar/node/chain_client_fixture.hpp"

namespace chela::sidecar::node {
namespace {

using chains::node::SendOutcome;
using test::address;
using test::rpc_error;
using test::rpc_result;
using Texts = std::vector<std::string>;

const TxHash kHash = [] {
    TxHash hash;
    hash.bytes.fill(0x77);
    return hash;
}();

using chain_id = ChainClientTest;

TEST_F(chain_id, another_chain_is_unavailable_and_asked_again_until_right_then_never) {
    node->on("eth_chainId", rpc_result("0x1"))
        .on("eth_chainId", fail(ErrorCode::timed_out, "slow"))
        .on("eth_chainId", rpc_result("0x2105"));
    const auto wrong = await(chain.verify_chain_id(soon()));
    ASSERT_FALSE(wrong.has_value());
    EXPECT_EQ(wrong.error().code, ErrorCode::unavailable);
    EXPECT_EQ(wrong.error().reason, "E_NODE_CHAIN_ID");
    const auto slow = await(chain.verify_chain_id(soon()));
    ASSERT_FALSE(slow.has_value());
    EXPECT_EQ(slow.error().code, ErrorCode::timed_out);
    EXPECT_TRUE(await(chain.verify_chain_id(soon())).has_value());
    EXPECT_TRUE(await(chain.verify_chain_id(soon())).has_value());
    EXPECT_EQ(node->methods(), (Texts{"eth_chainId", "eth_chainId", "eth_chainId"}));
}

TEST_F(chain_id, garbage_is_a_bad_response) {
    for (const Json& garbage :
         {Json(8453), Json("8453"), Json("0x02105"), Json(nullptr), Json::array()}) {
        node->on("eth_chainId", rpc_result(garbage));
        const auto status = await(chain.verify_chain_id(soon()));
        ASSERT_FALSE(status.has_value()) << garbage;
        EXPECT_EQ(status.error().code, ErrorCode::bad_response) << garbage;
    }
}

using reads = ChainClientTest;

TEST_F(reads, ask_about_the_latest_block) {
    node->on("eth_getTransactionCount", rpc_result("0x7"))
        .on("eth_getBalance", rpc_result("0xde0b6b3a7640000"))
        .on("eth_blockNumber", rpc_result("0x64"));
    EXPECT_EQ(await(chain.transaction_count(address(0xa1), soon())).value(), Nonce{7});
    EXPECT_EQ(await(chain.balance(address(0xa1), soon())).value(), test::ether("1"));
    EXPECT_EQ(await(chain.block_number(soon())).value(), BlockNumber{100});
    const auto asked = Json::array({to_hex(address(0xa1)), "latest"});
    EXPECT_EQ(node->calls.at(0).parameters, asked);
    EXPECT_EQ(node->calls.at(1).parameters, asked);
}

TEST_F(reads, garbage_shapes_are_bad_responses) {
    const Json garbage = {{"surprise", true}};
    for (const auto* method :
         {"eth_getTransactionCount", "eth_getBalance", "eth_blockNumber", "eth_feeHistory",
          "eth_estimateGas", "eth_getTransactionReceipt"}) {
        node->on(method, rpc_result(garbage));
    }
    expect_error(
        await(chain.transaction_count(address(1), soon())), ErrorCode::bad_response,
        "E_NODE_ANSWER");
    expect_error(
        await(chain.balance(address(1), soon())), ErrorCode::bad_response, "E_NODE_ANSWER");
    expect_error(await(chain.block_number(soon())), ErrorCode::bad_response, "E_NODE_ANSWER");
    expect_error(await(chain.fee_history(soon())), ErrorCode::bad_response, "E_NODE_ANSWER");
    expect_error(await(chain.estimate_gas({}, soon())), ErrorCode::bad_response, "E_NODE_ANSWER");
    expect_error(await(chain.receipt(kHash, soon())), ErrorCode::bad_response, "E_NODE_ANSWER");
}

TEST_F(reads, an_error_object_is_a_bad_response_with_the_nodes_words_cleaned) {
    node->on("eth_getBalance", rpc_error(-32000, "header\nnot found"));
    const auto balance = await(chain.balance(address(1), soon()));
    expect_error(balance, ErrorCode::bad_response, "E_NODE_ERROR");
    EXPECT_NE(balance.error().detail.find("header not found"), std::string::npos)
        << balance.error().detail;
}

TEST_F(reads, transport_errors_pass_through_unchanged) {
    node->on("eth_getBalance", fail(ErrorCode::unavailable, "gone", "E_GONE"));
    expect_error(await(chain.balance(address(1), soon())), ErrorCode::unavailable, "E_GONE");
}

using estimate_gas = ChainClientTest;

TEST_F(estimate_gas, gives_the_nodes_number) {
    node->on("eth_estimateGas", rpc_result("0x5208"));
    EXPECT_EQ(await(chain.estimate_gas({}, soon())).value(), Gas{21'000});
}

TEST_F(estimate_gas, a_revert_tells_the_decoded_reason) {
    node->on(
        "eth_estimateGas",
        rpc_error(3, "execution reverted", Json(test::revert_data("no money")).dump()));
    const auto gas = await(chain.estimate_gas({}, soon()));
    expect_error(gas, ErrorCode::reverted, "E_WOULD_REVERT");
    EXPECT_EQ(gas.error().detail, "the transaction would revert: no money");
}

TEST_F(estimate_gas, a_revert_without_or_with_broken_data_tells_the_nodes_words) {
    for (const auto* data : {"", "\"0x\"", "{broken", "17"}) {
        node->on("eth_estimateGas", rpc_error(3, "execution reverted: why", data));
        const auto gas = await(chain.estimate_gas({}, soon()));
        expect_error(gas, ErrorCode::reverted, "E_WOULD_REVERT");
        EXPECT_NE(gas.error().detail.find("execution reverted: why"), std::string::npos)
            << gas.error().detail;
    }
}

TEST_F(estimate_gas, missing_funds_are_told_apart_in_any_clients_words) {
    for (const auto* words :
         {"insufficient funds for transfer", "Insufficient Funds for gas * price + value",
          "InsufficientFunds"}) {
        node->on("eth_estimateGas", rpc_error(-32000, words));
        expect_error(
            await(chain.estimate_gas({}, soon())), ErrorCode::reverted, "E_INSUFFICIENT_FUNDS");
    }
}

TEST_F(estimate_gas, any_other_error_is_no_verdict_about_the_transaction) {
    node->on("eth_estimateGas", rpc_error(-32000, "header not found"));
    expect_error(await(chain.estimate_gas({}, soon())), ErrorCode::bad_response, "E_NODE_ERROR");
}

Json receipt_of(const TxHash& hash) {
    return {{"transactionHash", to_hex(hash)}, {"blockHash", "0x" + std::string(64, 'b')},
            {"blockNumber", "0x64"},           {"gasUsed", "0x5208"},
            {"effectiveGasPrice", "0x2"},      {"status", "0x1"}};
}

using receipt = ChainClientTest;

TEST_F(receipt, null_is_no_receipt_yet_and_ours_is_read) {
    node->on("eth_getTransactionReceipt", rpc_result(nullptr))
        .on("eth_getTransactionReceipt", rpc_result(receipt_of(kHash)));
    const auto none = await(chain.receipt(kHash, soon()));
    ASSERT_TRUE(none.has_value());
    EXPECT_FALSE(none->has_value());
    const auto found = await(chain.receipt(kHash, soon()));
    ASSERT_TRUE(found.has_value() && found->has_value());
    EXPECT_EQ((*found)->block_number, BlockNumber{100});
    EXPECT_TRUE((*found)->succeeded);
}

TEST_F(receipt, of_another_transaction_is_a_bad_response) {
    node->on("eth_getTransactionReceipt", rpc_result(receipt_of(TxHash{})));
    expect_error(await(chain.receipt(kHash, soon())), ErrorCode::bad_response, "E_NODE_ANSWER");
}

class send_raw : public ChainClientTest {
protected:
    SendOutcome outcome_of(Result<RpcAnswer> answer) {
        node->on("eth_sendRawTransaction", std::move(answer));
        return await(chain.send_raw({0x02, 0xc0}, kHash, soon())).outcome;
    }
};

TEST_F(send_raw, is_accepted_only_with_our_hash) {
    EXPECT_EQ(outcome_of(rpc_result(to_hex(kHash))), SendOutcome::accepted);
    EXPECT_EQ(node->calls.at(0).parameters, Json::array({"0x02c0"}));
    EXPECT_EQ(outcome_of(rpc_result(to_hex(TxHash{}))), SendOutcome::ambiguous);
}

TEST_F(send_raw, what_cannot_be_known_is_ambiguous) {
    for (const auto code :
         {ErrorCode::unavailable, ErrorCode::timed_out, ErrorCode::bad_response}) {
        EXPECT_EQ(outcome_of(fail(code, "lost")), SendOutcome::ambiguous);
    }
    for (const Json& garbage : {Json(nullptr), Json(true), Json("0x77"), Json::object()}) {
        EXPECT_EQ(outcome_of(rpc_result(garbage)), SendOutcome::ambiguous) << garbage;
    }
    EXPECT_EQ(outcome_of(rpc_error(-32000, "words nobody knows")), SendOutcome::ambiguous);
}

TEST_F(send_raw, the_nodes_refusals_are_told_apart) {
    EXPECT_EQ(outcome_of(rpc_error(-32000, "already known")), SendOutcome::known);
    EXPECT_EQ(outcome_of(rpc_error(-32000, "nonce too low: next nonce 4")), SendOutcome::nonce_low);
    EXPECT_EQ(outcome_of(rpc_error(-32000, "nonce too high")), SendOutcome::nonce_high);
    EXPECT_EQ(
        outcome_of(rpc_error(-32000, "insufficient funds for gas")), SendOutcome::never_accepted);
}
}  // namespace
}  // namespace chela::sidecar::node
