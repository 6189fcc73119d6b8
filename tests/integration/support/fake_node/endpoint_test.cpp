#include "tests/support/fake_node/endpoint.hpp"

#include "chains/node/responses.hpp"
#include "sidecar/node/simulator.hpp"
#include "tests/integration/support/fake_node/fixture.hpp"
#include "tests/sidecar/await.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace chela::test::fake_node {
namespace {

using sidecar::node::RpcAnswer;

class fake_node_endpoint : public FakeNodeTest {
protected:
    fake_node_endpoint() { open({}); }

    void open(EndpointOptions options) {
        endpoint = std::make_shared<FakeEndpoint>(chain, std::move(options));
    }
    Result<RpcAnswer> ask(const std::string& method, Json parameters = Json::array()) {
        boost::asio::io_context context;
        return await(
            context,
            endpoint->call(method, std::move(parameters), std::chrono::steady_clock::now()));
    }
    Json result_of(const std::string& method, Json parameters = Json::array()) {
        return as_json(ask(method, std::move(parameters)));
    }
    Result<RpcAnswer> send_raw(const Payment& payment) {
        return ask("eth_sendRawTransaction", Json::array({to_hex(signed_bytes(kAlice, payment))}));
    }
    Json count(const std::string& block) {
        return result_of("eth_getTransactionCount", Json::array({to_hex(alice), block}));
    }

    static chains::Chain fake_chain() {
        chains::Chain out;
        out.name = "fake";
        out.chain_id = ChainId{31337};
        return out;
    }
    /// A payment as the read methods take it.
    [[nodiscard]] chains::node::CallRequest call_of_alice() const {
        chains::node::CallRequest out;
        out.from = alice;
        out.to = kCarol;
        out.value = wei(5);
        return out;
    }

    std::shared_ptr<FakeEndpoint> endpoint;
};

TEST_F(fake_node_endpoint, serves_what_a_chain_client_asks) {
    sidecar::node::ChainClient client{fake_chain(), endpoint};
    boost::asio::io_context context;
    const auto soon = std::chrono::steady_clock::now() + kPatience;
    EXPECT_TRUE(await(context, client.verify_chain_id(soon)));
    EXPECT_EQ(await(context, client.balance(alice, soon)).value(), ether(10));
    chain->mine_empty(12);
    const auto history = await(context, client.fee_history(soon));
    ASSERT_TRUE(history) << history.error().detail;
    EXPECT_EQ(history->base_fees.size(), 11U);
    const Bytes raw = signed_bytes(kAlice, Payment{});
    const TxHash hash = chains::transaction_hash(raw);
    using chains::node::SendOutcome;
    EXPECT_EQ(await(context, client.send_raw(raw, hash, soon)).outcome, SendOutcome::accepted);
    EXPECT_EQ(await(context, client.send_raw(raw, hash, soon)).outcome, SendOutcome::known);
    EXPECT_FALSE(await(context, client.receipt(hash, soon)).value());
    chain->mine();
    const auto receipt = await(context, client.receipt(hash, soon));
    ASSERT_TRUE(receipt && *receipt);
    EXPECT_EQ((*receipt)->block_hash, chain->head().hash);
    EXPECT_EQ(await(context, client.transaction_count(alice, soon)).value(), Nonce{1});
    EXPECT_EQ(await(context, client.estimate_gas(call_of_alice(), soon)).value(), Gas{kPlainGas});
}

TEST_F(fake_node_endpoint, simulates_by_whatever_it_is_said_to_have) {
    using chains::simulation::Outcome;
    using chains::simulation::Provider;
    sidecar::node::ChainClient client{fake_chain(), endpoint};
    boost::asio::io_context context;
    const auto simulate = [&](Capabilities capabilities) {
        endpoint->set_capabilities(capabilities);
        sidecar::node::Simulator simulator{client};  // a new one knows nothing of the one before
        auto results = await(
            context, simulator.simulate(
                         {call_of_alice()}, sidecar::node::Detail::moves,
                         std::chrono::steady_clock::now() + kPatience));
        EXPECT_TRUE(results) << results.error().detail;
        return results.value().front();
    };
    const auto simulated = simulate({});
    EXPECT_EQ(simulated.outcome, Outcome::success);
    EXPECT_EQ(simulated.provider, Provider::eth_simulate_v1);
    ASSERT_EQ(simulated.native_moves.size(), 1U);
    EXPECT_EQ(simulated.native_moves[0].to, kCarol);
    EXPECT_EQ(simulated.native_moves[0].amount, wei(5));
    EXPECT_EQ(simulate({.simulate_v1 = CallMode::reverts}).outcome, Outcome::reverted);
    const auto traced = simulate({.simulate_v1 = CallMode::missing});
    EXPECT_EQ(traced.provider, Provider::debug_trace_call);
    ASSERT_EQ(traced.native_moves.size(), 1U);
    EXPECT_EQ(
        simulate({.simulate_v1 = CallMode::missing, .trace_call = CallMode::reverts}).outcome,
        Outcome::reverted);
    const auto called =
        simulate({.simulate_v1 = CallMode::missing, .trace_call = CallMode::missing});
    EXPECT_EQ(called.provider, Provider::eth_call);
    EXPECT_EQ(called.outcome, Outcome::success);
}

TEST_F(fake_node_endpoint, says_that_a_method_is_missing) {
    EXPECT_EQ(
        result_of("eth_newFilter"),
        (Json{
            {"code", -32601},
            {"message", "the method eth_newFilter does not exist/is not available"}}));
}

TEST_F(fake_node_endpoint, refuses_parameters_of_another_shape) {
    const std::vector<std::pair<std::string, Json>> calls{
        {"eth_getBalance", Json::array()},
        {"eth_getBalance", Json::array({"0x01", "latest"})},
        {"eth_getTransactionCount", Json::array({to_hex(alice), "newest"})},
        {"eth_getBlockByHash", Json::array({5})},
        {"eth_feeHistory", Json::array({"0x1", "latest", Json::array({101})})},
        {"eth_simulateV1", Json::array({Json::object()})},
        {"eth_sendRawTransaction", Json::array({"02"})},
        {"eth_call", Json::array({"0x"})}};
    for (const auto& [method, parameters] : calls) {
        const Json answer = result_of(method, parameters);
        ASSERT_TRUE(answer.contains("code")) << method << ' ' << answer;
        EXPECT_EQ(answer["code"], -32602) << method;
    }
}

TEST_F(fake_node_endpoint, gives_blocks_by_tag_number_and_hash) {
    ASSERT_EQ(send(Payment{}), "");
    const Json pending = result_of("eth_getBlockByNumber", Json::array({"pending", false}));
    EXPECT_EQ(pending["number"], "0x1");
    EXPECT_TRUE(pending["hash"].is_null());
    EXPECT_EQ(pending["transactions"].size(), 1U);
    chain->mine();
    const Json latest = result_of("eth_getBlockByNumber", Json::array({"latest", true}));
    EXPECT_EQ(latest["transactions"][0]["hash"], to_hex(hash_of(kAlice, Payment{})));
    EXPECT_EQ(result_of("eth_getBlockByHash", Json::array({latest["hash"], true})), latest);
    EXPECT_EQ(result_of("eth_getBlockByNumber", Json::array({"0x1", true})), latest);
    EXPECT_EQ(
        result_of("eth_getBlockByNumber", Json::array({"finalized", false}))["number"], "0x0");
    EXPECT_TRUE(result_of("eth_getBlockByNumber", Json::array({"0x2", false})).is_null());
}

TEST_F(fake_node_endpoint, fee_history_weighs_the_tips_by_gas) {
    ASSERT_EQ(send({.tip = wei(1), .gas = Gas{100'000}, .data = Bytes(1000, 1)}), "");
    ASSERT_EQ(send(signed_bytes(kBob, {.tip = wei(9)})), "");
    chain->mine();
    const Json history =
        result_of("eth_feeHistory", Json::array({"0x2", "latest", Json::array({50, 100})}));
    EXPECT_EQ(history["oldestBlock"], "0x0");
    EXPECT_EQ(history["baseFeePerGas"].size(), 3U);
    EXPECT_EQ(history["reward"], Json::parse(R"([["0x0","0x0"],["0x1","0x9"]])"));
}

TEST_F(fake_node_endpoint, counts_what_is_pending_only_where_it_is_asked) {
    ASSERT_EQ(send({.nonce = 0}), "");
    ASSERT_EQ(send({.nonce = 1}), "");
    ASSERT_EQ(send({.nonce = 7}), "");
    EXPECT_EQ(count("latest"), "0x0");
    EXPECT_EQ(count("pending"), "0x2");
    chain->mine();
    EXPECT_EQ(count("latest"), "0x2");
    EXPECT_EQ(count("0x0"), "0x0");
}

TEST_F(fake_node_endpoint, a_replica_that_lags_shows_the_chain_as_it_was) {
    open({.name = "slow", .lag = 2});
    ASSERT_EQ(send(Payment{}), "");
    chain->mine(3);
    EXPECT_EQ(result_of("eth_blockNumber"), "0x1");
    EXPECT_EQ(count("latest"), "0x1");
    chain->reorg(1, Fate::gone, 0);
    EXPECT_EQ(count("pending"), "0x0");
    const auto receipt = Json::array({to_hex(hash_of(kAlice, Payment{}))});
    EXPECT_TRUE(result_of("eth_getTransactionReceipt", receipt).is_null());
    chain->mine_empty();
    EXPECT_FALSE(result_of("eth_getTransactionReceipt", receipt).is_null());
    EXPECT_TRUE(result_of("eth_getBlockByNumber", Json::array({"0x2", false})).is_null());
}

TEST_F(fake_node_endpoint, faults_before_the_node_leave_the_pool_alone) {
    const std::vector<std::pair<Fault, ErrorCode>> rows{
        {Fault::refused_connection, ErrorCode::unavailable},
        {Fault::too_many_requests, ErrorCode::bad_response},
        {Fault::bad_gateway, ErrorCode::bad_response}};
    for (const auto& [fault, code] : rows) {
        endpoint->faults().put(fault);
        const auto answer = send_raw({});
        ASSERT_FALSE(answer) << to_string(fault);
        EXPECT_EQ(answer.error().code, code) << to_string(fault);
        EXPECT_EQ(chain->pool().size(), 0U) << to_string(fault);
    }
    endpoint->faults().put(Fault::rejected);
    EXPECT_EQ(as_json(send_raw({}))["message"], "txpool is full");
    EXPECT_EQ(chain->pool().size(), 0U);
    // Whoever refuses the connection never saw the bytes.
    ASSERT_EQ(chain->sent().size(), 3U);
    EXPECT_EQ(chain->sent()[0].answered, "HTTP 429");
    EXPECT_EQ(chain->sent()[2].hash, hash_of(kAlice, {}));
    EXPECT_FALSE(chain->sent()[2].reached_pool);
}

TEST_F(fake_node_endpoint, faults_after_the_node_leave_the_effect_done) {
    const std::vector<std::pair<Fault, ErrorCode>> rows{
        {Fault::dropped_reply, ErrorCode::timed_out},
        {Fault::delayed_reply, ErrorCode::timed_out},
        {Fault::bad_gateway_after, ErrorCode::bad_response},
        {Fault::garbage, ErrorCode::bad_response}};
    std::uint64_t nonce = 0;
    for (const auto& [fault, code] : rows) {
        endpoint->faults().put(fault);
        const auto answer = send_raw({.nonce = nonce++});
        ASSERT_FALSE(answer) << to_string(fault);
        EXPECT_EQ(answer.error().code, code) << to_string(fault);
        EXPECT_EQ(chain->pool().size(), nonce) << to_string(fault);
        EXPECT_TRUE(chain->sent().back().reached_pool);
    }
    endpoint->faults().put(Fault::rejected_after);
    EXPECT_EQ(as_json(send_raw({.nonce = nonce++}))["message"], "internal error");
    endpoint->faults().put(Fault::wrong_hash);
    const Json wrong = as_json(send_raw({.nonce = nonce}));
    EXPECT_TRUE(wrong.is_string()) << wrong;
    EXPECT_NE(wrong, to_hex(hash_of(kAlice, {.nonce = nonce})));
    EXPECT_EQ(chain->pool().size(), nonce + 1);
}

TEST_F(fake_node_endpoint, faults_of_an_answer_change_it_once) {
    ASSERT_EQ(send(Payment{}), "");
    chain->mine(4);
    endpoint->faults().put(Fault::other_chain_id, "eth_chainId");
    endpoint->faults().put(Fault::stale, "eth_getTransactionCount");
    endpoint->faults().put(Fault::no_receipt, "eth_getTransactionReceipt");
    endpoint->faults().put(Fault::wrong_hash, "eth_getTransactionReceipt");
    chain->reorg(1, Fate::gone);
    const auto receipt = Json::array({to_hex(hash_of(kAlice, Payment{}))});
    EXPECT_EQ(result_of("eth_chainId"), "0x7a6a");
    EXPECT_EQ(result_of("eth_chainId"), "0x7a69");
    EXPECT_TRUE(result_of("eth_getTransactionReceipt", receipt).is_null());
    EXPECT_NE(result_of("eth_getTransactionReceipt", receipt)["transactionHash"], receipt[0]);
    EXPECT_EQ(result_of("eth_getTransactionReceipt", receipt)["transactionHash"], receipt[0]);
    ASSERT_EQ(send({.nonce = 1}), "");
    chain->mine();
    EXPECT_EQ(count("latest"), "0x1");
    EXPECT_EQ(count("latest"), "0x2");
    EXPECT_TRUE(endpoint->faults().is_played_out());
}

TEST_F(fake_node_endpoint, the_same_seed_gives_the_same_faults) {
    const auto play = [&](std::uint64_t seed) {
        FakeEndpoint one{chain, {}};
        one.faults().draw_from(std::mt19937_64{seed}, FaultRates::all(50));
        std::string out;
        for (int i = 0; i < 200; ++i) {
            const auto answer = one.as_seen_by_client(one.serve("eth_blockNumber", Json::array()));
            out += answer ? (answer->error ? 'e' : '.') : to_string(answer.error().code)[0];
        }
        return out;
    };
    EXPECT_EQ(play(7), play(7));
    EXPECT_NE(play(7), play(8));
    EXPECT_THAT(play(7), testing::HasSubstr("."));
    EXPECT_THAT(play(7), testing::HasSubstr("t"));
}

TEST_F(fake_node_endpoint, a_rate_of_a_thousand_is_every_call_and_zero_is_none) {
    FaultScript script;
    script.draw_from(std::mt19937_64{1}, FaultRates{}.set(Fault::garbage, 1000));
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(script.next("eth_call"), Fault::garbage);
    script.draw_from(std::mt19937_64{1}, FaultRates{});
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(script.next("eth_call"), std::nullopt);
}

TEST_F(fake_node_endpoint, several_endpoints_have_one_pool_and_one_record) {
    open({.name = "one"});
    FakeEndpoint other{chain, {.name = "other"}};
    EXPECT_EQ(as_json(send_raw({})), to_hex(hash_of(kAlice, {})));
    const Json raw = Json::array({to_hex(signed_bytes(kAlice, Payment{}))});
    const auto again = other.as_seen_by_client(other.serve("eth_sendRawTransaction", raw));
    EXPECT_EQ(as_json(again)["message"], "already known");
    ASSERT_EQ(chain->sent().size(), 2U);
    EXPECT_EQ(chain->sent()[0].endpoint, "one");
    EXPECT_EQ(chain->sent()[1].endpoint, "other");
    EXPECT_EQ(chain->sent()[1].answered, "error -32000: already known");
}

}  // namespace
}  // namespace chela::test::fake_node
