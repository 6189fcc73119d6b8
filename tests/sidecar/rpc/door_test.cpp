// The door on a real store and the real flow, as a wallet's client would use it.
#include "sidecar/rpc/door.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "chains/message/personal.hpp"
#include "sidecar/rpc/error.hpp"
#include "tests/sidecar/flow/greeter.hpp"
#include "tests/sidecar/node/scripted_client.hpp"
#include "tests/sidecar/rpc/door_fixture.hpp"

#include <exception>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {
namespace {

class door : public DoorWorld {};

TEST_F(door, tells_account_chain_and_version) {
    EXPECT_EQ(result("eth_accounts"), Json::array({to_hex(signer)}));
    EXPECT_EQ(result("eth_requestAccounts"), Json::array({to_hex(signer)}));
    EXPECT_EQ(result("eth_chainId"), to_quantity(U256{flow::base_chain().chain_id.value}));
    EXPECT_EQ(result("net_version"), std::to_string(flow::base_chain().chain_id.value));
    EXPECT_EQ(result("web3_clientVersion"), "chela/0.0.0-test");
}

TEST_F(door, has_no_account_for_an_agent_without_a_key) {
    const auto other = stranger();
    const auto response = post(other, "/rpc/base", call_of("eth_accounts", Json::array()));
    EXPECT_EQ(json_of(response).at("result"), Json::array()) << response.body;
    const auto refused = post(other, "/rpc/base", call_of("eth_sendTransaction", payment()));
    EXPECT_EQ(json_of(refused).at("error").at("code"), kUserRejected) << refused.body;
}

TEST_F(door, sends_a_transaction_and_answers_its_hash) {
    const auto hash = result("eth_sendTransaction", payment());
    const auto all = *process->store->intents(agent_id, 10);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(hash, to_hex(*all.front().hash));
    EXPECT_EQ(all.front().state, flow::IntentState::broadcast);
    EXPECT_EQ(Json(node->hash_at(0)), hash) << "the node has it";
}

TEST_F(door, sends_what_is_asked_for_twice_twice_unless_it_has_one_key) {
    const auto first = result("eth_sendTransaction", payment());
    EXPECT_NE(result("eth_sendTransaction", payment()), first);
    headers = {{"idempotency-key", "invoice-7"}};
    const auto once = result("eth_sendTransaction", payment());
    EXPECT_EQ(result("eth_sendTransaction", payment()), once);
    EXPECT_EQ(intents(), 3U);
    EXPECT_EQ(
        error("eth_sendTransaction", payment("0x2")).at("data").at("code"),
        "E_IDEMPOTENCY_MISMATCH");
}

TEST_F(door, takes_a_call_that_is_repeated_while_it_is_under_way_for_one) {
    std::vector<Json> answers;
    for (const int id : {1, 2, 3}) {
        http::Request request;
        request.method = "POST";
        request.path = "/rpc/base";
        request.headers = {{"authorization", "Bearer " + key}};
        request.way_in = http::WayIn::local;
        request.body = call_of("eth_sendTransaction", payment(), id).dump();
        request.deadline = soon();
        boost::asio::co_spawn(
            process->context, router.dispatch(std::move(request)),
            [&answers](const std::exception_ptr& thrown, const http::Response& response) {
                EXPECT_FALSE(thrown);
                answers.push_back(Json::parse(response.body));
            });
    }
    ASSERT_TRUE(test::run_until(process->context, [&] { return answers.size() == 3; }));
    EXPECT_EQ(intents(), 1U);
    for (const auto& answer : answers)
        EXPECT_EQ(answer.value("result", ""), node->hash_at(0)) << answer.dump();
    EXPECT_NE(result("eth_sendTransaction", payment()), Json(node->hash_at(0)))
        << "asked for again after an answer, it is another payment";
    EXPECT_EQ(intents(), 2U);
}

TEST_F(door, tells_what_the_policy_denies_with_its_reason_and_intent) {
    const auto denied = error(
        "eth_sendTransaction",
        Json::array({{{"to", to_hex(test::address(0xe5))}, {"value", "0x1"}}}));
    EXPECT_EQ(denied.at("code"), kUserRejected);
    EXPECT_EQ(denied.at("data").at("code"), "E_TO_NOT_ALLOWED") << denied.dump();
    EXPECT_EQ(denied.at("data").at("violations").at(0).at("code"), "E_TO_NOT_ALLOWED");
    EXPECT_EQ(
        intent(denied.at("data").at("intent_id").get<std::string>()).state,
        flow::IntentState::denied);
}

TEST_F(door, does_not_show_what_took_a_payments_place_for_it) {
    headers = {{"idempotency-key", "invoice-8"}};
    const auto hash = result("eth_sendTransaction", payment());
    const auto id = process->store->intents(agent_id, 1)->front().id;
    ASSERT_TRUE(test::await(process->context, process->intents.cancel(id, "agent", soon())));
    expect_reaches(id, flow::IntentState::cancelling);
    const auto refused = error("eth_sendTransaction", payment());
    EXPECT_EQ(refused.at("code"), kTransactionRejected) << refused.dump();
    EXPECT_EQ(refused.at("data").at("intent_id"), id);
    EXPECT_EQ(refused.at("data").at("idempotency_key"), "invoice-8");
}

TEST_F(door, names_the_key_by_which_an_outcome_can_be_asked_for_again) {
    const auto denied = error(
        "eth_sendTransaction",
        Json::array({{{"to", to_hex(test::address(0xe5))}, {"value", "0x1"}}}));
    headers = {{"idempotency-key", denied.at("data").at("idempotency_key").get<std::string>()}};
    const auto again = error(
        "eth_sendTransaction",
        Json::array({{{"to", to_hex(test::address(0xe5))}, {"value", "0x1"}}}));
    EXPECT_EQ(again, denied);
    EXPECT_EQ(intents(), 1U);
}

TEST_F(door, signs_nothing_for_an_agent_that_may_not) {
    const auto changed = process->store->update_agent(
        agent_id, {clock.time, "operator", "test", agent_id, "{}"},
        [](store::AgentRecord& agent) -> Status {
            agent.intents_api_enabled = false;
            return {};
        });
    ASSERT_TRUE(changed.has_value());
    const auto denied = error("eth_sendTransaction", payment());
    EXPECT_EQ(denied.at("code"), kUserRejected);
    EXPECT_EQ(denied.at("data").at("code"), "E_INTENTS_DISABLED");
    EXPECT_EQ(result("eth_accounts"), Json::array({to_hex(signer)})) << "it may look";
}

TEST_F(door, sends_for_the_agents_own_account_alone) {
    auto params = payment();
    params[0]["from"] = to_hex(test::address(0x99));
    const auto refused = error("eth_sendTransaction", params);
    EXPECT_EQ(refused.at("code"), kUnauthorized);
    EXPECT_EQ(refused.at("data").at("code"), "E_ACCOUNT");
    EXPECT_EQ(intents(), 0U);
}

TEST_F(door, signs_a_transaction_for_the_caller_to_send) {
    const auto raw = result("eth_signTransaction", payment());
    const auto bytes = parse_hex(raw.get<std::string>());
    ASSERT_TRUE(bytes.has_value());
    const auto read = chains::decode_signed(*bytes);
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(read->sender, signer);
    EXPECT_TRUE(process->store->intents(agent_id, 10)->front().sign_only);
}

TEST_F(door, signs_messages_that_are_permitted_as_wallets_do) {
    use_policy(flow::kGreeter);
    const auto as_text = result("personal_sign", {"hello world", to_hex(signer)});
    const Bytes text{'h', 'e', 'l', 'l', 'o', ' ', 'w', 'o', 'r', 'l', 'd'};
    EXPECT_EQ(result("personal_sign", {to_hex(text), to_hex(signer), "password"}), as_text)
        << "0x… are bytes, and signatures are deterministic";
    const auto bytes = parse_hex(as_text.get<std::string>());
    ASSERT_TRUE(bytes.has_value());
    ASSERT_EQ(bytes->size(), 65U);
    const chains::RecoverableSignature signature{
        U256::from_big_endian(BytesView{*bytes}.first(32)).value(),
        U256::from_big_endian(BytesView{*bytes}.subspan(32, 32)).value(),
        static_cast<std::uint8_t>(bytes->back() - 27)};
    const chains::Preimage preimage{chains::PersonalMessage{text}};
    const auto by = chains::recover(preimage.signing_hash(), signature);
    ASSERT_TRUE(by.has_value());
    EXPECT_EQ(chains::address_of(*by), signer);
}

TEST_F(door, signs_no_message_that_is_not_permitted) {
    const auto typed = Json::parse(R"({
        "types": {"EIP712Domain": [{"name": "name", "type": "string"}],
                  "Note": [{"name": "text", "type": "string"}]},
        "primaryType": "Note", "domain": {"name": "Notes"}, "message": {"text": "hello"}})");
    const std::vector<std::pair<std::string, Json>> calls{
        {"personal_sign", {"hello", to_hex(signer)}},
        {"eth_signTypedData_v4", Json::array({to_hex(signer), typed})},
        {"eth_signTypedData_v4", Json::array({to_hex(signer), typed.dump()})}};
    for (const auto& [method, params] : calls) {
        const auto denied = error(method, params);
        EXPECT_EQ(denied.at("code"), kUserRejected) << denied.dump();
        EXPECT_TRUE(denied.at("data").contains("intent_id")) << denied.dump();
    }
}

TEST_F(door, reads_what_is_to_be_signed_strictly) {
    const auto own = to_hex(signer);
    const auto other = to_hex(test::address(0x99));
    const std::vector<std::pair<std::string, Json>> wrong{
        {"personal_sign", Json::array()},
        {"personal_sign", Json::array({"hello"})},
        {"personal_sign", Json::array({7, own})},
        {"personal_sign", Json::array({"0xzz", own})},
        {"personal_sign", Json::array({own, "hello"})},
        {"personal_sign", Json::array({"a", own, "", "more"})},
        {"eth_signTypedData_v4", Json::array({own, "{"})},
        {"eth_signTypedData_v4", Json::array({own, Json::object()})},
        {"eth_signTypedData_v4", Json::array({own})},
        {"eth_sendTransaction", Json::array()},
        {"eth_sendTransaction", Json::array({"0x"})}};
    for (const auto& [method, params] : wrong)
        EXPECT_EQ(error(method, params).at("code"), kInvalidParams) << method << params;
    EXPECT_EQ(error("personal_sign", {"hello", other}).at("code"), kUnauthorized);
    EXPECT_EQ(error("eth_signTypedData_v4", Json::array({other, "{}"})).at("code"), kUnauthorized);
    EXPECT_EQ(intents(), 0U);
}

TEST_F(door, sends_what_it_signed_for_the_agent) {
    const auto raw = result("eth_signTransaction", payment()).get<std::string>();
    EXPECT_TRUE(node->sent.empty());
    const auto hash = to_hex(chains::transaction_hash(*parse_hex(raw)));
    EXPECT_EQ(result("eth_sendRawTransaction", {raw}), hash);
    EXPECT_EQ(node->sent, std::vector{raw});
    EXPECT_EQ(result("eth_sendRawTransaction", {raw}), hash) << "it is known already";
    node->mine();
}

TEST_F(door, forwards_nothing_that_was_signed_elsewhere) {
    const auto raw = result("eth_signTransaction", payment()).get<std::string>();
    auto other = *chains::decode_signed(*parse_hex(raw));
    other.signature.y_parity ^= 1U;  // some other account's
    const auto forged = to_hex(chains::encode_signed(other.transaction, other.signature));
    const auto refused = error("eth_sendRawTransaction", {forged});
    EXPECT_EQ(refused.at("code"), kUserRejected);
    EXPECT_EQ(refused.at("data").at("code"), "E_RAW_TRANSACTION");
    for (const auto& wrong :
         {Json::array(), Json::array({"0x02f8"}), Json::array({"zz"}), Json::array({7}),
          Json::array({raw, "more"})})
        EXPECT_EQ(error("eth_sendRawTransaction", wrong).at("code"), kInvalidParams) << wrong;
    EXPECT_TRUE(node->sent.empty());
    EXPECT_EQ(error("eth_sign", {to_hex(signer), "0x01"}).at("data").at("code"), "E_BLIND_DIGEST");
}

TEST_F(door, serves_nothing_that_is_not_listed) {
    for (const auto* method :
         {"eth_signTypedData", "admin_peers", "debug_traceCall", "anvil_setBalance", "evm_mine",
          "personal_unlockAccount", "eth_newFilter", "ETH_CHAINID", ""}) {
        const auto refused = error(method);
        EXPECT_EQ(refused.at("code"), kMethodNotFound) << method;
    }
    EXPECT_FALSE(node->calls.contains("debug_traceCall"));
}

TEST_F(door, passes_reads_on_with_the_nodes_own_answer) {
    EXPECT_EQ(
        result("eth_getBalance", {to_hex(signer), "latest"}).get<std::string>().substr(0, 2), "0x");
    node->intercept = [](const std::string& method, const Json&) {
        return method == "eth_call" ? std::optional{test::FakeChain::Answer{
                                          test::rpc_error(3, "execution reverted: \x1b[31mno")}}
                                    : std::nullopt;
    };
    const auto reverted = error("eth_call", Json::array({{{"to", to_hex(signer)}}, "latest"}));
    EXPECT_EQ(reverted.at("code"), 3);
    EXPECT_EQ(reverted.at("message"), "execution reverted:  [31mno");
    node->intercept = [](const std::string& method, const Json&) {
        return method == "eth_call" ? std::optional{test::FakeChain::Answer{
                                          test::rpc_error(4'294'971'297, "not 4001")}}
                                    : std::nullopt;
    };
    EXPECT_EQ(
        error("eth_call", Json::array({{{"to", to_hex(signer)}}, "latest"})).at("code"),
        4'294'971'297);
}

TEST_F(door, is_not_a_way_to_rule_a_node_out_for_others) {
    node->intercept = [](const std::string& method, const Json&) {
        return method == "eth_call" ? std::optional{test::FakeChain::Answer{test::rpc_error(
                                          3, "execution reverted: rate limit exceeded")}}
                                    : std::nullopt;
    };
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(
            error("eth_call", Json::array({{{"to", to_hex(signer)}}, "latest"})).at("code"), 3);
    node->intercept = nullptr;
    EXPECT_TRUE(result("eth_sendTransaction", payment()).is_string());
}

TEST_F(door, answers_a_batch_in_its_order) {
    const Json batch = Json::array(
        {call_of("eth_chainId", Json::array(), "a"), 7, call_of("eth_nothing", Json::array(), 2),
         call_of("eth_sendTransaction", payment(), 3)});
    headers = {{"idempotency-key", "invoice-7"}};
    const auto first = json_of(post(key, "/rpc/base", batch));
    ASSERT_EQ(first.size(), 4U);
    EXPECT_EQ(first[0].at("id"), "a");
    EXPECT_EQ(first[1].at("error").at("code"), kInvalidRequest);
    EXPECT_EQ(first[1].at("id"), nullptr);
    EXPECT_EQ(first[2].at("error").at("code"), kMethodNotFound);
    EXPECT_EQ(Json(node->hash_at(0)), first[3].value("result", Json{}));
    EXPECT_EQ(result("eth_sendTransaction", payment()), first[3].at("result"))
        << "a key means the same within a batch and by itself";
    EXPECT_EQ(intents(), 1U);
}

TEST_F(door, signs_nothing_of_a_batch_that_is_to_sign_twice) {
    const auto answers = json_of(post(
        key, "/rpc/base",
        Json::array(
            {call_of("eth_sendTransaction", payment(), 1), call_of("eth_chainId", Json::array(), 2),
             call_of("eth_sendTransaction", payment(), 3)})));
    EXPECT_EQ(answers.at(0).at("error").at("data").at("code"), "E_BATCH");
    EXPECT_TRUE(answers.at(1).contains("result"));
    EXPECT_EQ(answers.at(2).at("error").at("data").at("code"), "E_BATCH");
    EXPECT_EQ(intents(), 0U);
}

TEST_F(door, finds_the_chain_by_name_number_or_being_the_only_one) {
    const auto call = call_of("eth_chainId", Json::array());
    const auto id = flow::base_chain().chain_id.value;
    for (const auto& path :
         {std::string{"/rpc"}, std::string{"/rpc/base"}, "/rpc/" + std::to_string(id)})
        EXPECT_EQ(json_of(post(key, path, call)).at("result"), to_quantity(U256{id})) << path;
    const auto unknown = post(key, "/rpc/nowhere", call);
    EXPECT_EQ(unknown.status, 404U);
    EXPECT_EQ(json_of(unknown).at("error").at("data").at("code"), "E_UNKNOWN_CHAIN");
}

TEST_F(door, is_about_the_default_chain_where_none_is_named) {
    const auto call = call_of("eth_chainId", Json::array());
    parts.default_chain = "base";
    EXPECT_EQ(
        json_of(post(key, "/rpc", call)).at("result"),
        to_quantity(U256{flow::base_chain().chain_id.value}));
    parts.default_chain = "nowhere";
    const auto unknown = post(key, "/rpc", call);
    EXPECT_EQ(json_of(unknown).at("error").at("data").at("code"), "E_UNKNOWN_CHAIN");
    EXPECT_EQ(post(key, "/rpc/base", call).status, 200U);
}

TEST_F(door, shows_a_transaction_of_the_agents_that_no_node_has) {
    const auto hash = result("eth_sendTransaction", payment("0x7")).get<std::string>();
    node->intercept = [](const std::string& method, const Json&) {
        return method == "eth_getTransactionByHash"
                   ? std::optional{test::FakeChain::Answer{test::rpc_result(Json{})}}
                   : std::nullopt;
    };
    const auto shown = result("eth_getTransactionByHash", Json::array({hash}));
    EXPECT_EQ(shown.at("hash"), hash);
    EXPECT_EQ(shown.at("from"), to_hex(signer));
    EXPECT_EQ(shown.at("to"), to_hex(flow::kAlice));
    EXPECT_EQ(shown.at("value"), "0x7");
    EXPECT_EQ(shown.at("nonce"), "0x0");
    EXPECT_EQ(shown.at("blockNumber"), nullptr);
    EXPECT_EQ(
        result("eth_getTransactionByHash", Json::array({"0x" + std::string(64, '1')})), nullptr);
    const auto other =
        post(stranger(), "/rpc/base", call_of("eth_getTransactionByHash", Json::array({hash})));
    EXPECT_EQ(json_of(other).at("result"), nullptr) << "it is the agent's own affair";
}

TEST_F(door, takes_subscriptions_on_a_web_socket_alone) {
    for (const auto* method : {"eth_subscribe", "eth_unsubscribe"}) {
        const auto refused = error(method, Json::array({"newHeads"}));
        EXPECT_EQ(refused.at("code"), kUnsupportedMethod);
        EXPECT_EQ(refused.at("data").at("code"), "E_NO_WEB_SOCKET");
    }
}

TEST_F(door, opens_for_agents_alone) {
    const auto call = call_of("eth_accounts", Json::array());
    const auto nobody = post("nobody", "/rpc/base", call);
    EXPECT_EQ(nobody.status, 401U);
    EXPECT_EQ(json_of(nobody).at("error").at("code"), kUnauthorized) << nobody.body;
    const auto admin = post(add_operator("first").key, "/rpc/base", call);
    EXPECT_EQ(admin.status, 403U);
    EXPECT_EQ(json_of(admin).at("error").at("data").at("code"), "E_AGENT_ONLY");
}

TEST_F(door, refuses_a_body_that_is_no_request) {
    const auto refused = post(key, "/rpc/base", std::string{"{"});
    EXPECT_EQ(refused.status, 400U);
    EXPECT_EQ(json_of(refused).at("error").at("code"), kParseError);
}

TEST_F(door, tells_of_a_node_that_is_away) {
    node->intercept = [](const std::string& method, const Json&) {
        return method == "eth_getTransactionCount"
                   ? std::optional{test::FakeChain::Answer{
                         fail(ErrorCode::unavailable, "the node is away", "E_NODE_UNAVAILABLE")}}
                   : std::nullopt;
    };
    const auto failed = error("eth_sendTransaction", payment());
    EXPECT_EQ(failed.at("code"), kResourceUnavailable);
    EXPECT_EQ(failed.at("data").at("code"), "E_NODE_UNAVAILABLE");
}

}  // namespace
}  // namespace chela::sidecar::rpc
