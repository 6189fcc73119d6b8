#include "sidecar/node/chain_client.hpp"
#include "tests/sidecar/node/pool_fixture.hpp"

namespace chela::sidecar::node {
namespace {

using chains::node::SendOutcome;
using test::address;
using test::rpc_error;
using test::rpc_result;

const TxHash kHash = [] {
    TxHash hash;
    hash.bytes.fill(0x77);
    return hash;
}();

BlockHash block_hash(std::uint8_t fill) {
    BlockHash hash;
    hash.bytes.fill(fill);
    return hash;
}

Json block_json(std::uint64_t number, std::uint8_t fill) {
    return {
        {"number", to_quantity(U256{number})},
        {"hash", to_hex(block_hash(fill))},
        {"parentHash", to_hex(block_hash(0))},
        {"timestamp", "0x65"},
        {"baseFeePerGas", "0x7"},
        {"miner", "0x0"}};
}

using chain_blocks = PoolTest;

TEST_F(chain_blocks, head_is_the_latest_block_without_transactions) {
    nodes[0]->answers["eth_getBlockByNumber"] = [](const Json& parameters) {
        EXPECT_EQ(parameters, Json::array({"latest", false}));
        return rpc_result(block_json(101, 1));
    };
    const auto head = await(chain().head(soon()));
    ASSERT_TRUE(head) << head.error().detail;
    EXPECT_EQ(head->number, BlockNumber{101});
    EXPECT_EQ(head->hash, block_hash(1));
    EXPECT_EQ(head->base_fee, Wei{U256{7}});
    EXPECT_EQ(chain().health().at(0).head, BlockNumber{101});
}

TEST_F(chain_blocks, a_node_without_a_latest_block_is_not_believed) {
    all("eth_getBlockByNumber", nullptr);
    expect_error(await(chain().head(soon())), ErrorCode::bad_response, "E_NODE_ANSWER");
}

TEST_F(chain_blocks, finalized_is_empty_where_the_node_does_not_know_it) {
    const std::vector<std::function<Result<RpcAnswer>(const Json&)>> without{
        [](const Json&) { return rpc_result(nullptr); },
        [](const Json&) { return rpc_error(-32000, "finalized block not found"); },
        [](const Json&) { return rpc_error(-39001, "Unknown block"); },
        [](const Json&) { return rpc_error(-32602, "invalid argument 0"); }};
    for (const auto& answer : without) {
        nodes[0]->answers["eth_getBlockByNumber"] = answer;
        const auto block = await(chain().finalized(soon()));
        ASSERT_TRUE(block) << block.error().detail;
        EXPECT_FALSE(*block);
    }
    nodes[0]->answers["eth_getBlockByNumber"] = [](const Json& parameters) {
        EXPECT_EQ(parameters.at(0), "finalized");
        return rpc_result(block_json(64, 2));
    };
    EXPECT_EQ(await(chain().finalized(soon())).value().value().number, BlockNumber{64});
    nodes[0]->answers["eth_getBlockByNumber"] = [](const Json&) {
        return rpc_error(-32000, "database is closed");
    };
    expect_error(await(chain().finalized(soon())), ErrorCode::bad_response, "E_NODE_ERROR");
}

TEST_F(chain_blocks, a_block_is_the_one_that_was_asked_for_or_none) {
    nodes[0]->on("eth_getBlockByHash", block_json(5, 3));
    EXPECT_EQ(await(chain().block(block_hash(3), soon())).value().value().number, BlockNumber{5});
    nodes[0]->on("eth_getBlockByHash", nullptr);
    EXPECT_FALSE(await(chain().block(block_hash(3), soon())).value());
    all("eth_getBlockByHash", block_json(5, 4));
    expect_error(
        await(chain().block(block_hash(3), soon())), ErrorCode::bad_response, "E_NODE_ANSWER");
}

TEST_F(chain_blocks, code_is_bytes_or_nothing) {
    nodes[0]->on("eth_getCode", "0xef0100");
    EXPECT_EQ(await(chain().code(address(1), soon())).value(), (Bytes{0xef, 0x01, 0x00}));
    nodes[0]->on("eth_getCode", "0x");
    EXPECT_TRUE(await(chain().code(address(1), soon())).value().empty());
}

class chain_counts : public PoolTest {
protected:
    Result<Nonce> count() { return await(chain().transaction_count(address(1), soon())); }
    /// Of two, the one that has counted less, once the other one is gone.
    void leave_the_one_behind() {
        nodes.resize(2);
        nodes[0]->on("eth_getTransactionCount", "0x5");
        nodes[1]->on("eth_getTransactionCount", "0x4").head = 97;
        EXPECT_EQ(count().value(), Nonce{5});
        nodes[0]->trouble = trouble();
        expect_error(count(), ErrorCode::unavailable, "E_NODE_BEHIND");
    }
};

TEST_F(chain_counts, a_replica_that_is_behind_does_not_take_a_count_back) {
    leave_the_one_behind();
    EXPECT_EQ(state(1), EndpointState::behind);
}

TEST_F(chain_counts, a_claim_that_nobody_repeats_holds_reads_up_for_ten_minutes_at_most) {
    leave_the_one_behind();
    time += CountMemory::kTrustedFor + std::chrono::seconds{1};
    auto counted = count();
    // Heads are compared again behind the scenes, while others ask.
    for (int i = 0; i < 5 && !counted; ++i)
        counted = count();
    ASSERT_TRUE(counted.has_value()) << counted.error().detail;
    EXPECT_EQ(*counted, Nonce{4});
}

TEST_F(chain_counts, a_third_endpoint_is_asked_instead_of_the_one_that_is_behind) {
    nodes[0]->on("eth_getTransactionCount", "0x5");
    nodes[1]->on("eth_getTransactionCount", "0x4").head = 97;
    nodes[2]->on("eth_getTransactionCount", "0x6");
    EXPECT_EQ(count().value(), Nonce{5});
    nodes[0]->trouble = trouble();
    EXPECT_EQ(count().value(), Nonce{6});
}

TEST_F(chain_counts, a_lower_count_at_the_same_height_is_a_reorganization) {
    nodes.resize(2);
    nodes[0]->on("eth_getTransactionCount", "0x5");
    nodes[1]->on("eth_getTransactionCount", "0x4");
    EXPECT_EQ(count().value(), Nonce{5});
    nodes[0]->trouble = trouble();
    EXPECT_EQ(count().value(), Nonce{4});
}

TEST_F(chain_counts, an_endpoint_may_take_back_its_own_count) {
    nodes[0]->on("eth_getTransactionCount", "0x5");
    EXPECT_EQ(count().value(), Nonce{5});
    nodes[0]->on("eth_getTransactionCount", "0x4");
    EXPECT_EQ(count().value(), Nonce{4});
}

TEST_F(chain_counts, each_endpoint_has_an_answer_of_its_own) {
    nodes[0]->on("eth_getTransactionCount", "0x5");
    nodes[1]->chain_id = 1;
    nodes[2]->on("eth_getTransactionCount", "0x7");
    const auto counts = await(chain().transaction_counts(address(1), soon()));
    ASSERT_EQ(counts.size(), chain().endpoints());
    EXPECT_EQ(counts[0].value(), Nonce{5});
    expect_error(counts[1], ErrorCode::unavailable, "E_NODE_CHAIN_ID");
    EXPECT_EQ(counts[2].value(), Nonce{7});
    EXPECT_TRUE(nodes[1]->asked.empty());
}

using chain_transactions = PoolTest;

TEST_F(chain_transactions, a_node_knows_one_that_waits_or_is_in_a_block) {
    nodes[0]->on("eth_getTransactionByHash", {{"hash", to_hex(kHash)}, {"blockHash", nullptr}});
    EXPECT_TRUE(await(chain().knows(kHash, soon())).value());
    nodes[0]->on(
        "eth_getTransactionByHash",
        {{"hash", to_hex(kHash)}, {"blockHash", to_hex(block_hash(1))}});
    EXPECT_TRUE(await(chain().knows(kHash, soon())).value());
    nodes[0]->on("eth_getTransactionByHash", nullptr);
    EXPECT_FALSE(await(chain().knows(kHash, soon())).value());
    all("eth_getTransactionByHash", {{"hash", to_hex(TxHash{})}});
    expect_error(await(chain().knows(kHash, soon())), ErrorCode::bad_response, "E_NODE_ANSWER");
}

TEST_F(chain_transactions, each_endpoint_shows_its_own_receipt) {
    nodes[0]->on("eth_getTransactionReceipt", nullptr);
    nodes[1]->trouble = trouble();
    nodes[2]->on(
        "eth_getTransactionReceipt", {{"transactionHash", to_hex(kHash)},
                                      {"blockHash", to_hex(block_hash(1))},
                                      {"blockNumber", "0x64"},
                                      {"gasUsed", "0x5208"},
                                      {"effectiveGasPrice", "0x2"},
                                      {"status", "0x1"}});
    const auto receipts = await(chain().receipts(kHash, soon()));
    ASSERT_EQ(receipts.size(), 3U);
    EXPECT_FALSE(receipts[0].value());
    expect_error(receipts[1], ErrorCode::timed_out, "E_TROUBLE");
    EXPECT_EQ(receipts[2].value().value().block_number, BlockNumber{100});
}

class sending : public PoolTest {
protected:
    sending() { all("eth_sendRawTransaction", to_hex(kHash)); }
    std::size_t sent(std::size_t node) { return nodes[node]->asked.size(); }
};

TEST_F(sending, goes_to_one_endpoint_and_is_never_repeated) {
    EXPECT_EQ(await(chain().send_raw({1}, kHash, soon())).outcome, SendOutcome::accepted);
    nodes[0]->answers["eth_sendRawTransaction"] = [](const Json&) -> Result<RpcAnswer> {
        return std::unexpected{trouble()};
    };
    EXPECT_EQ(await(chain().send_raw({1}, kHash, soon())).outcome, SendOutcome::ambiguous);
    EXPECT_EQ(sent(0), 2U);
    EXPECT_EQ(sent(1) + sent(2), 0U);
}

TEST_F(sending, a_request_to_slow_down_is_ambiguous) {
    nodes[0]->answers["eth_sendRawTransaction"] = [](const Json&) {
        return rpc_error(-32005, "rate limit exceeded");
    };
    EXPECT_EQ(await(chain().send_raw({1}, kHash, soon())).outcome, SendOutcome::ambiguous);
    EXPECT_EQ(sent(0) + sent(1) + sent(2), 1U);
}

TEST_F(sending, does_not_wait_for_an_endpoint_that_asked_for_a_pause) {
    const auto later = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    nodes[0]->pause_until = later;
    const auto results = await(chain().send_raw_to_all({1}, kHash, soon()));
    EXPECT_LT(std::chrono::steady_clock::now(), later);
    EXPECT_EQ(results[0].outcome, SendOutcome::ambiguous);
    EXPECT_EQ(results[1].outcome, SendOutcome::accepted);
    EXPECT_EQ(await(chain().send_raw({1}, kHash, soon())).outcome, SendOutcome::accepted);
    EXPECT_EQ(sent(0), 0U);
}

TEST_F(sending, passes_by_an_endpoint_of_another_chain) {
    nodes[0]->chain_id = 1;
    EXPECT_EQ(await(chain().send_raw({1}, kHash, soon())).outcome, SendOutcome::accepted);
    EXPECT_EQ(sent(0), 0U);
    EXPECT_EQ(sent(1), 1U);
}

TEST_F(sending, to_all_tells_what_each_endpoint_said) {
    nodes[1]->answers["eth_sendRawTransaction"] = [](const Json&) {
        return rpc_error(-32000, "already known");
    };
    nodes[2]->answers["eth_sendRawTransaction"] = [](const Json&) {
        return rpc_error(-32000, "insufficient funds for transfer");
    };
    const auto results = await(chain().send_raw_to_all({1}, kHash, soon()));
    ASSERT_EQ(results.size(), 3U);
    EXPECT_EQ(results[0].outcome, SendOutcome::accepted);
    EXPECT_EQ(results[1].outcome, SendOutcome::known);
    EXPECT_EQ(results[2].outcome, SendOutcome::never_accepted);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(sent(i), 1U);
}

TEST_F(sending, to_all_sends_nothing_to_another_chain_or_to_one_that_rests) {
    options.breaker.failures = 1;
    all("eth_getTransactionCount", "0x1");
    nodes[0]->chain_id = 1;
    nodes[1]->trouble = trouble();
    static_cast<void>(await(chain().transaction_counts(address(1), soon())));
    nodes[1]->trouble.reset();
    const auto results = await(chain().send_raw_to_all({1}, kHash, soon()));
    EXPECT_EQ(results[0].outcome, SendOutcome::ambiguous);
    EXPECT_EQ(results[1].outcome, SendOutcome::ambiguous);
    EXPECT_EQ(results[2].outcome, SendOutcome::accepted);
    EXPECT_EQ(sent(0), 0U);
    EXPECT_EQ(sent(1), 0U);
}

}  // namespace
}  // namespace chela::sidecar::node
