#include "tests/support/fake_node/server.hpp"

#include "tests/integration/support/fake_node/fixture.hpp"
#include "tests/sidecar/await.hpp"
#include "tests/support/fake_node/rpc/objects.hpp"
#include "tests/support/http_client.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace chela::test::fake_node {
namespace {

using namespace std::chrono_literals;
using sidecar::node::RpcAnswer;

class fake_node_server : public FakeNodeTest {
protected:
    fake_node_server() {
        endpoint = std::make_shared<FakeEndpoint>(chain, EndpointOptions{});
        server = std::make_unique<FakeNodeServer>(endpoint);
    }

    Result<HttpAnswer> post(const std::string& body) const {
        return HttpClient{HttpClient::Tcp{"127.0.0.1", server->port()}}.request(
            "POST", "/", {}, body);
    }
    Json answer(const std::string& body) const {
        const auto answered = post(body);
        EXPECT_TRUE(answered) << answered.error().detail;
        return answered ? answered->json().value_or(Json{}) : Json{};
    }
    /// What the real client makes of the server.
    Result<RpcAnswer> ask(const std::string& method, Json parameters = Json::array()) {
        boost::asio::io_context context;
        const auto client = sidecar::node::make_client(
            context.get_executor(), {.url = server->url(), .timeout = timeout});
        return await(
            context,
            (*client)->call(method, std::move(parameters), std::chrono::steady_clock::now() + 60s));
    }

    std::chrono::milliseconds timeout = 60s;
    std::shared_ptr<FakeEndpoint> endpoint;
    std::unique_ptr<FakeNodeServer> server;
};

TEST_F(fake_node_server, answers_one_call_with_its_id) {
    const Json one = answer(R"({"jsonrpc":"2.0","id":"a","method":"eth_chainId","params":[]})");
    EXPECT_EQ(one, (Json{{"jsonrpc", "2.0"}, {"id", "a"}, {"result", "0x7a69"}}));
}

TEST_F(fake_node_server, answers_a_batch_in_its_order) {
    const Json batch =
        answer(R"([{"id":2,"method":"eth_blockNumber"},{"id":1,"method":"eth_nothing"},7])");
    ASSERT_EQ(batch.size(), 3U);
    EXPECT_EQ(batch[0]["id"], 2);
    EXPECT_EQ(batch[0]["result"], "0x0");
    EXPECT_EQ(batch[1]["error"]["code"], -32601);
    EXPECT_EQ(batch[2]["error"]["code"], -32600);
}

TEST_F(fake_node_server, answers_what_is_no_request_with_an_error) {
    EXPECT_EQ(answer("{")["error"]["code"], -32700);
    EXPECT_EQ(answer("[]")["error"]["code"], -32600);
    EXPECT_EQ(answer("{}")["error"]["code"], -32600);
}

TEST_F(fake_node_server, keeps_a_connection_and_serves_the_real_client) {
    boost::asio::io_context context;
    const auto client = sidecar::node::make_client(context.get_executor(), {.url = server->url()});
    for (int i = 0; i < 100; ++i) {
        const auto answered = await(
            context, (*client)->call(
                         "eth_blockNumber", Json::array(), std::chrono::steady_clock::now() + 60s));
        EXPECT_EQ(as_json(answered), quantity(static_cast<std::uint64_t>(i)));
        server->while_idle([](FakeEndpoint& idle) { idle.chain().mine_empty(); });
    }
}

TEST_F(fake_node_server, a_fault_in_a_batch_befalls_all_of_it) {
    server->while_idle(
        [](FakeEndpoint& idle) { idle.faults().put(Fault::bad_gateway, "eth_chainId"); });
    const auto answered =
        post(R"([{"id":1,"method":"eth_blockNumber"},{"id":2,"method":"eth_chainId"}])");
    ASSERT_TRUE(answered) << answered.error().detail;
    EXPECT_EQ(answered->status, 502U);
}

// The errors of a FakeEndpoint are worth what this shows: the real client says the same.
TEST_F(fake_node_server, the_real_client_sees_each_fault_as_the_endpoint_says) {
    chain->mine_empty(4);
    FakeEndpoint twin{chain, {.name = "127.0.0.1:" + std::to_string(server->port())}};
    for (std::size_t i = 0; i < kFaults; ++i) {
        const auto fault = static_cast<Fault>(i);
        if (fault == Fault::refused_connection) continue;
        SCOPED_TRACE(to_string(fault));
        timeout = fault == Fault::delayed_reply ? std::chrono::milliseconds{300} : 60s;
        server->while_idle([&](FakeEndpoint& idle) { idle.faults().put(fault); });
        twin.faults().put(fault);
        const auto real = ask("eth_chainId");
        const auto said = twin.as_seen_by_client(twin.serve("eth_chainId", Json::array()));
        ASSERT_EQ(real.has_value(), said.has_value());
        if (!real) {
            EXPECT_EQ(real.error().code, said.error().code);
            EXPECT_EQ(real.error().reason, said.error().reason);
            EXPECT_EQ(real.error().detail, said.error().detail);
            continue;
        }
        EXPECT_EQ(as_json(real), as_json(said));
    }
}

TEST_F(fake_node_server, the_real_client_sees_a_refused_connection_as_the_endpoint_says) {
    const std::string name = "127.0.0.1:" + std::to_string(server->port());
    const std::string url = server->url();
    server.reset();
    boost::asio::io_context context;
    const auto client = sidecar::node::make_client(context.get_executor(), {.url = url});
    const auto real = await(
        context,
        (*client)->call("eth_chainId", Json::array(), std::chrono::steady_clock::now() + 60s));
    FakeEndpoint twin{chain, {.name = name}};
    twin.faults().put(Fault::refused_connection);
    const auto said = twin.as_seen_by_client(twin.serve("eth_chainId", Json::array()));
    ASSERT_FALSE(real);
    ASSERT_FALSE(said);
    EXPECT_EQ(real.error().code, said.error().code);
    EXPECT_EQ(real.error().reason, said.error().reason);
    EXPECT_EQ(real.error().detail, said.error().detail);
}

TEST_F(fake_node_server, ends_while_a_client_waits_for_a_late_reply) {
    server->while_idle([](FakeEndpoint& idle) { idle.faults().put(Fault::delayed_reply); });
    timeout = 300ms;
    EXPECT_EQ(ask("eth_chainId").error().code, ErrorCode::timed_out);
    server.reset();
}

}  // namespace
}  // namespace chela::test::fake_node
