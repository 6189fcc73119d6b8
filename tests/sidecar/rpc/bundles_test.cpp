// wallet_sendCalls and its kin, on the real flow. Source: EIP-5792.
#include "sidecar/rpc/bundle_parameters.hpp"
#include "sidecar/rpc/error.hpp"
#include "tests/sidecar/node/scripted_client.hpp"
#include "tests/sidecar/rpc/door_fixture.hpp"

namespace chela::sidecar::rpc {
namespace {

class bundles : public DoorWorld {
protected:
    [[nodiscard]] static Json call_to(const Address& to, const std::string& value = "0x1") {
        return {{"to", to_hex(to)}, {"value", value}};
    }
    [[nodiscard]] Json bundle(const Json& calls, const Json& changes = Json::object()) const {
        Json object{
            {"version", "2.0.0"},
            {"from", to_hex(signer)},
            {"chainId", to_quantity(U256{flow::base_chain().chain_id.value})},
            {"atomicRequired", false},
            {"calls", calls}};
        object.update(changes);
        return Json::array({object});
    }
    [[nodiscard]] static Json two() {
        return Json::array({call_to(flow::kAlice, "0x1"), call_to(flow::kAlice, "0x2")});
    }
    Json status(const Json& id) { return result("wallet_getCallsStatus", Json::array({id})); }
    /// Mines until the bundle is not pending any more.
    Json final_status(const Json& id) {
        Json last;
        const auto is_final = [&] {
            node->mine();
            last = status(id);
            return last.at("status") != Json(100);
        };
        for (int i = 0; i < 200 && !is_final(); ++i)
            test::run_until(process->context, [] { return false; }, std::chrono::milliseconds{20});
        return last;
    }
    [[nodiscard]] static Json code_of(const Json& error) { return error.at("data").at("code"); }
};

TEST_F(bundles, become_intents_of_one_lane_in_order) {
    const auto id = result("wallet_sendCalls", bundle(two())).at("id").get<std::string>();
    const auto done = final_status(id);
    EXPECT_EQ(done.at("version"), "2.0.0");
    EXPECT_EQ(done.at("id"), id);
    EXPECT_EQ(done.at("chainId"), "0x2105");
    EXPECT_EQ(done.at("status"), 200) << done.dump();
    EXPECT_EQ(done.at("atomic"), false);
    ASSERT_EQ(done.at("receipts").size(), 2U);
    EXPECT_EQ(done.at("receipts").at(0).at("transactionHash"), node->hash_at(0));
    EXPECT_EQ(done.at("receipts").at(1).at("transactionHash"), node->hash_at(1));
    EXPECT_EQ(done.at("receipts").at(0).at("status"), "0x1");
    EXPECT_EQ(done.at("receipts").at(0).size(), 6U);
    const auto sent = node->sent_transactions();
    ASSERT_GE(sent.size(), 2U);
    EXPECT_EQ(chains::value(sent[0].transaction), test::wei(1));
    EXPECT_EQ(intents(), 2U);
}

TEST_F(bundles, whose_receipts_a_node_makes_up_are_an_error_of_the_node) {
    const auto id = result("wallet_sendCalls", bundle(two())).at("id").get<std::string>();
    ASSERT_EQ(final_status(id).at("status"), 200);
    for (const auto& log :
         {Json(1), Json::object(), Json{{"address", 7}, {"data", "0x"}, {"topics", Json::array()}},
          Json{{"address", "0x"}, {"data", "0x"}, {"topics", "0x"}}}) {
        const Json receipt{{"status", "0x1"},         {"blockHash", "0x"},
                           {"blockNumber", "0x1"},    {"gasUsed", "0x5208"},
                           {"transactionHash", "0x"}, {"logs", Json::array({log})}};
        node->intercept = [receipt](const std::string& method, const Json&) {
            return method == "eth_getTransactionReceipt"
                       ? std::optional{test::FakeChain::Answer{test::rpc_result(receipt)}}
                       : std::nullopt;
        };
        EXPECT_EQ(code_of(error("wallet_getCallsStatus", Json::array({id}))), "E_NODE_RESPONSE")
            << log;
    }
}

TEST_F(bundles, keep_the_callers_id_and_are_sent_once_by_it) {
    const auto mine = bundle(two(), {{"id", "0xabc"}});
    EXPECT_EQ(result("wallet_sendCalls", mine).at("id"), "0xabc");
    const auto again = error("wallet_sendCalls", mine);
    EXPECT_EQ(again.at("code"), kDuplicateBundle);
    EXPECT_EQ(code_of(again), "E_BUNDLE_ID");
    EXPECT_EQ(final_status("0xabc").at("status"), 200);
    EXPECT_EQ(error("wallet_sendCalls", mine).at("code"), kDuplicateBundle);
    EXPECT_EQ(intents(), 2U);
}

TEST_F(bundles, are_the_same_one_by_the_same_key) {
    headers = {{"idempotency-key", "payroll-7"}};
    const auto first = result("wallet_sendCalls", bundle(two()));
    EXPECT_EQ(result("wallet_sendCalls", bundle(two())), first);
    EXPECT_EQ(
        code_of(error("wallet_sendCalls", bundle(Json::array({call_to(flow::kAlice)})))),
        "E_IDEMPOTENCY_MISMATCH");
    headers.clear();
    EXPECT_NE(result("wallet_sendCalls", bundle(two())), first) << "without a key it is another";
    EXPECT_EQ(final_status(first.at("id")).at("status"), 200);
}

TEST_F(bundles, that_are_denied_at_once_are_rejected) {
    const auto denied = error(
        "wallet_sendCalls",
        bundle(Json::array({call_to(test::address(0xe5)), call_to(flow::kAlice)})));
    EXPECT_EQ(denied.at("code"), kUserRejected);
    EXPECT_EQ(code_of(denied), "E_TO_NOT_ALLOWED");
    const auto done = status(denied.at("data").at("bundle_id"));
    EXPECT_EQ(done.at("status"), 400) << done.dump();
    EXPECT_EQ(done.at("receipts"), Json::array());
    EXPECT_EQ(done.at("capabilities").at("chela").at("calls").at(1).at("state"), "not_sent");
    EXPECT_EQ(intents(), 1U);
    EXPECT_TRUE(node->sent.empty());
}

TEST_F(bundles, end_with_the_first_call_that_is_denied) {
    const auto id =
        result(
            "wallet_sendCalls",
            bundle(Json::array(
                {call_to(flow::kAlice), call_to(test::address(0xe5)), call_to(flow::kAlice)})))
            .at("id")
            .get<std::string>();
    const auto done = final_status(id);
    EXPECT_EQ(done.at("status"), 600) << done.dump();
    EXPECT_EQ(done.at("receipts").size(), 1U);
    const auto& calls = done.at("capabilities").at("chela").at("calls");
    EXPECT_EQ(calls.at(1).at("code"), "E_TO_NOT_ALLOWED") << done.dump();
    EXPECT_EQ(calls.at(2).at("state"), "not_sent");
    EXPECT_EQ(intents(), 2U);
}

TEST_F(bundles, that_revert_as_a_whole_say_so) {
    node->executes = false;
    const auto id =
        result("wallet_sendCalls", bundle(Json::array({call_to(flow::kAlice)}))).at("id");
    const auto done = final_status(id);
    EXPECT_EQ(done.at("status"), 500) << done.dump();
    EXPECT_EQ(done.at("receipts").at(0).at("status"), "0x0");
}

TEST_F(bundles, are_read_to_the_letter) {
    Json many = Json::array();
    for (std::size_t i = 0; i <= kMaxCalls; ++i)
        many.push_back(call_to(flow::kAlice));
    const Json needed{{"paymasterService", {{"url", "https://example.org"}}}};
    struct Refused {
        Json params;
        std::int64_t code;
    };
    const std::vector<Refused> refused{
        {bundle(two(), {{"version", "1.0"}}), kInvalidParams},
        {bundle(two(), {{"version", nullptr}}), kInvalidParams},
        {bundle(two(), {{"chainId", nullptr}}), kInvalidParams},
        {bundle(two(), {{"chainId", 8453}}), kInvalidParams},
        {bundle(two(), {{"chainId", "0x1"}}), kUnsupportedChain},
        {bundle(two(), {{"atomicRequired", nullptr}}), kInvalidParams},
        {bundle(two(), {{"atomicRequired", true}}), kAtomicityUnsupported},
        {bundle(two(), {{"capabilities", needed}}), kUnsupportedCapability},
        {bundle(two(), {{"capabilities", {{"x", {{"optional", 1}}}}}}), kUnsupportedCapability},
        {bundle(two(), {{"capabilities", 7}}), kInvalidParams},
        {bundle(two(), {{"id", ""}}), kInvalidParams},
        {bundle(two(), {{"id", std::string(8195, 'a')}}), kInvalidParams},
        {bundle(two(), {{"id", "a\n"}}), kInvalidParams},
        {bundle(two(), {{"gasless", true}}), kInvalidParams},
        {bundle(two(), {{"from", to_hex(test::address(0x99))}}), kUnauthorized},
        {bundle(Json::array()), kInvalidParams},
        {bundle(many), kBundleTooLarge},
        {bundle(Json::array({{{"data", "0x01"}}})), kUnsupportedMethod},
        {bundle(Json::array({{{"to", to_hex(flow::kAlice)}, {"gas", "0x1"}}})), kInvalidParams},
        {bundle(Json::array({{{"to", to_hex(flow::kAlice)}, {"capabilities", needed}}})),
         kUnsupportedCapability},
        {Json::array({7}), kInvalidParams},
        {Json::array(), kInvalidParams}};
    for (const auto& [params, code] : refused)
        EXPECT_EQ(error("wallet_sendCalls", params).at("code"), code)
            << params.dump().substr(0, 300);
    EXPECT_EQ(intents(), 0U);
    const Json optional{{"paymasterService", {{"url", "https://example.org"}, {"optional", true}}}};
    EXPECT_TRUE(
        result("wallet_sendCalls", bundle(two(), {{"capabilities", optional}})).contains("id"));
}

TEST_F(bundles, are_known_to_their_agent_alone) {
    const auto id = result("wallet_sendCalls", bundle(two())).at("id");
    const auto other = stranger();
    const auto unknown =
        post(other, "/rpc/base", call_of("wallet_getCallsStatus", Json::array({id})));
    EXPECT_EQ(json_of(unknown).at("error").at("code"), kUnknownBundle) << unknown.body;
    EXPECT_EQ(error("wallet_getCallsStatus", Json::array({"0x1234"})).at("code"), kUnknownBundle);
    EXPECT_EQ(error("wallet_getCallsStatus", Json::array()).at("code"), kInvalidParams);
    EXPECT_EQ(error("wallet_showCallsStatus", Json::array({id})).at("code"), kUnsupportedMethod);
}

TEST_F(bundles, promise_nothing_that_an_account_without_code_cannot_do) {
    const Json nothing{{"0x2105", {{"atomic", {{"status", "unsupported"}}}}}};
    EXPECT_EQ(result("wallet_getCapabilities", Json::array({to_hex(signer)})), nothing);
    EXPECT_EQ(
        result("wallet_getCapabilities", Json::array({to_hex(signer), {"0x1", "0x2105"}})),
        nothing);
    EXPECT_EQ(
        result("wallet_getCapabilities", Json::array({to_hex(signer), Json::array({"0x1"})})),
        Json::object());
    EXPECT_EQ(
        error("wallet_getCapabilities", Json::array({to_hex(test::address(0x99))})).at("code"),
        kUnauthorized);
    EXPECT_EQ(
        error("wallet_getCapabilities", Json::array({to_hex(signer), {1}})).at("code"),
        kInvalidParams);
}

}  // namespace
}  // namespace chela::sidecar::rpc
