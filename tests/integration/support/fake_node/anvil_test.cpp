#include "tests/support/anvil.hpp"

#include "tests/integration/support/fake_node/fixture.hpp"
#include "tests/support/fake_node/endpoint.hpp"
#include "tests/support/http_client.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

// What the fake chain and anvil have in common they answer alike. anvil has neither geth's ten
// percent nor its delegation rules, so those are compared with nothing here.

namespace chela::test::fake_node {
namespace {

class fake_node_beside_anvil : public FakeNodeTest {
protected:
    void SetUp() override {
        auto started = Anvil::start(
            {"--no-mining", "--order", "fees", "--block-base-fee-per-gas", "1000000000"});
        ASSERT_TRUE(started) << started.error().detail;
        anvil = std::move(*started);
        ChainOptions options;
        options.flavour = Flavour::anvil;
        chain = std::make_shared<FakeChain>(options);
        // anvil's option is for the first block after genesis, too.
        chain->set_base_fee(options.base_fee);
        chain->fund(alice, ether(10'000));
        chain->fund(bob, ether(10'000));
        fake = std::make_shared<FakeEndpoint>(chain, EndpointOptions{});
    }

    /// The result, or {"code", "message"} of the error.
    Json of_fake(const std::string& method, const Json& parameters) const {
        return as_json(fake->as_seen_by_client(fake->serve(method, parameters)));
    }
    Json of_anvil(const std::string& method, const Json& parameters) const {
        const Json call{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", parameters}};
        const auto answer = HttpClient{HttpClient::Tcp{"127.0.0.1", anvil->port()}}.request(
            "POST", "/", {}, call.dump());
        EXPECT_TRUE(answer) << answer.error().detail;
        const Json body = answer->json().value();
        if (body.contains("result")) return body["result"];
        return {{"code", body["error"]["code"]}, {"message", body["error"]["message"]}};
    }
    /// Both must answer this. @return it
    Json both(const std::string& method, const Json& parameters = Json::array()) const {
        const Json said = of_fake(method, parameters);
        EXPECT_EQ(said, of_anvil(method, parameters)) << method << ' ' << parameters;
        return said;
    }
    Json send_both(const TestKey& key, const Payment& payment) const {
        return both("eth_sendRawTransaction", Json::array({to_hex(signed_bytes(key, payment))}));
    }
    void mine() const {
        chain->mine();
        ASSERT_TRUE(anvil->rpc("evm_mine", Json::array()));
    }
    void expect_same_accounts() const {
        for (const Address& account : {alice, bob, kCarol}) {
            for (const char* const block : {"latest", "pending"})
                both("eth_getTransactionCount", Json::array({to_hex(account), block}));
            both("eth_getBalance", Json::array({to_hex(account), "latest"}));
            both("eth_getCode", Json::array({to_hex(account), "latest"}));
        }
        both("eth_blockNumber");
    }
    /// Of both receipts, what a client reads; the hash of the block is each node's own.
    void expect_same_receipt(TxHash hash) const {
        const Json parameters = Json::array({to_hex(hash)});
        const Json said = of_fake("eth_getTransactionReceipt", parameters);
        const Json real = of_anvil("eth_getTransactionReceipt", parameters);
        ASSERT_EQ(said.is_null(), real.is_null());
        if (said.is_null()) return;
        for (const char* const name :
             {"transactionHash", "transactionIndex", "blockNumber", "from", "to", "gasUsed",
              "cumulativeGasUsed", "effectiveGasPrice", "status", "type", "logs"})
            EXPECT_EQ(said[name], real[name]) << name;
        const Json block =
            of_anvil("eth_getBlockByNumber", Json::array({real["blockNumber"], false}));
        EXPECT_EQ(real["blockHash"], block["hash"]);
        EXPECT_EQ(
            said["blockHash"],
            of_fake("eth_getBlockByNumber", Json::array({said["blockNumber"], false}))["hash"]);
    }

    std::unique_ptr<Anvil> anvil;
    std::shared_ptr<FakeEndpoint> fake;
};

TEST_F(fake_node_beside_anvil, nonces_balances_and_receipts_agree) {
    both("eth_chainId");
    expect_same_accounts();
    for (const std::uint64_t nonce : {0U, 2U, 1U, 5U})
        send_both(kAlice, {.nonce = nonce, .value = ether(nonce + 1)});
    send_both(kBob, {.tip = wei(2 * kGwei), .cap = wei(4 * kGwei), .value = ether(7)});
    mine();
    expect_same_accounts();
    for (const std::uint64_t nonce : {0U, 1U, 2U, 5U})
        expect_same_receipt(hash_of(kAlice, {.nonce = nonce, .value = ether(nonce + 1)}));
    expect_same_receipt(
        hash_of(kBob, {.tip = wei(2 * kGwei), .cap = wei(4 * kGwei), .value = ether(7)}));
    send_both(kAlice, {.nonce = 3});
    send_both(kAlice, {.nonce = 4});
    mine();
    expect_same_accounts();
    EXPECT_EQ(chain->nonce(alice), Nonce{6});
}

TEST_F(fake_node_beside_anvil, the_words_of_a_refusal_agree) {
    send_both(kAlice, {});
    EXPECT_EQ(send_both(kAlice, {})["message"], "transaction already imported");
    EXPECT_EQ(
        send_both(kAlice, {.value = wei(2)})["message"], "replacement transaction underpriced");
    send_both(kAlice, {.nonce = 1, .value = ether(20'000)});
    send_both(kAlice, {.nonce = 1, .gas = Gas{20'000}});
    send_both(kAlice, {.nonce = 1, .chain_id = ChainId{1}});
    mine();
    EXPECT_EQ(send_both(kAlice, {.value = wei(2)})["message"], "nonce too low");
}

TEST_F(fake_node_beside_anvil, base_fees_and_the_links_of_blocks_agree) {
    for (std::uint64_t nonce = 0; nonce < 3; ++nonce) {
        send_both(kAlice, {.nonce = nonce});
        mine();
    }
    for (std::uint64_t number = 1; number <= 3; ++number) {
        const auto at = [&](std::uint64_t n) { return Json::array({to_quantity(U256{n}), false}); };
        const Json said = of_fake("eth_getBlockByNumber", at(number));
        const Json real = of_anvil("eth_getBlockByNumber", at(number));
        for (const char* const name :
             {"number", "gasUsed", "gasLimit", "baseFeePerGas", "transactions"})
            EXPECT_EQ(said[name], real[name]) << number << ' ' << name;
        EXPECT_EQ(said["parentHash"], of_fake("eth_getBlockByNumber", at(number - 1))["hash"]);
        EXPECT_EQ(real["parentHash"], of_anvil("eth_getBlockByNumber", at(number - 1))["hash"]);
    }
    const Json parameters = Json::array({"0x3", "latest", Json::array({50})});
    const Json said = of_fake("eth_feeHistory", parameters);
    const Json real = of_anvil("eth_feeHistory", parameters);
    for (const char* const name : {"oldestBlock", "baseFeePerGas", "reward"})
        EXPECT_EQ(said[name], real[name]) << name;
}

TEST_F(fake_node_beside_anvil, transactions_are_shown_alike) {
    const Payment payment{.value = ether(1)};
    send_both(kAlice, payment);
    const Json parameters = Json::array({to_hex(hash_of(kAlice, payment))});
    const auto expect_same = [&] {
        const Json said = of_fake("eth_getTransactionByHash", parameters);
        const Json real = of_anvil("eth_getTransactionByHash", parameters);
        for (const char* const name :
             {"hash", "from", "to", "nonce", "value", "gas", "input", "type", "chainId",
              "maxFeePerGas", "maxPriorityFeePerGas", "blockNumber", "transactionIndex", "r", "s",
              "v", "yParity", "accessList"})
            EXPECT_EQ(said[name], real[name]) << name;
    };
    expect_same();
    mine();
    expect_same();
    both("eth_getTransactionByHash", Json::array({to_hex(Hash256{})}));
}

TEST_F(fake_node_beside_anvil, a_reorg_takes_the_same_away_and_keeps_the_height) {
    send_both(kAlice, {.value = ether(1)});
    mine();
    send_both(kAlice, {.nonce = 1, .value = ether(2)});
    mine();
    const Json before = of_anvil("eth_getBlockByNumber", Json::array({"latest", false}))["hash"];
    const BlockHash fake_before = chain->head().hash;
    ASSERT_TRUE(anvil->rpc("anvil_reorg", Json::array({1, Json::array()})));
    chain->reorg(1, Fate::gone);
    EXPECT_NE(of_anvil("eth_getBlockByNumber", Json::array({"latest", false}))["hash"], before);
    EXPECT_NE(chain->head().hash, fake_before);
    expect_same_receipt(hash_of(kAlice, {.value = ether(1)}));
    expect_same_receipt(hash_of(kAlice, {.nonce = 1, .value = ether(2)}));
    both("eth_blockNumber");
    both("eth_getTransactionCount", Json::array({to_hex(alice), "latest"}));
    both("eth_getBalance", Json::array({to_hex(kCarol), "latest"}));
    both("eth_getBalance", Json::array({to_hex(alice), "latest"}));
}

}  // namespace
}  // namespace chela::test::fake_node
