// Wrong requests get a precise status and code, and leave nothing behind.
#include "tests/e2e/support/sidecar.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

struct BadBody {
    const char* what;
    std::string body;
    unsigned status;
    const char* code;
};

class bad_input : public testing::Test {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    TestAgent agent = sidecar.create_agent(*anvil, {"--to", kPayee, "--max-value", "1"});
    std::string token;

    void SetUp() override {
        sidecar.start();
        token = sidecar.token_for(agent);
    }

    HttpAnswer post(const std::string& path, const std::string& body, Headers headers = {}) {
        headers.emplace_back("Authorization", "Bearer " + token);
        return must(sidecar.tcp().request("POST", path, headers, body));
    }
    std::string transactions() const { return "/v1/agents/" + agent.id + "/transactions"; }
};

std::string tx(const std::string& member, const Json& value) {
    Json body = payment(kPayee, "0.1");
    body[member] = value;
    return body.dump();
}

const std::vector<BadBody>& bad_bodies() {
    static const std::vector<BadBody> kTable{
        {"not JSON", "{\"chain\":", 400, "E_JSON_MALFORMED"},
        {"text behind", payment(kPayee, "1").dump() + "x", 400, "E_JSON_MALFORMED"},
        {"duplicate key",
         R"({"chain":"anvil","to":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","value":"0.1","value":"1"})",
         400, "E_JSON_DUPLICATE_KEY"},
        {"too deep",
         tx("data", "x").substr(0, 1) + "\"a\":" + std::string(200, '[') + std::string(200, ']') +
             "}",
         400, "E_JSON_DEPTH"},
        {"a list", "[]", 400, "E_BODY"},
        {"nothing", "", 400, "E_BODY"},
        {"no value", R"({"chain":"anvil","to":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8"})", 400,
         "E_FIELD_REQUIRED"},
        {"a number as value", tx("value", 1), 400, "E_FIELD_TYPE"},
        {"a number as chain", tx("chain", 31337), 400, "E_FIELD_TYPE"},
        {"a misspelt member", tx("simulate_frist", true), 400, "E_UNKNOWN_FIELD"},
        {"unknown chain", tx("chain", "atlantis"), 404, "E_UNKNOWN_CHAIN"},
        {"wrong checksum", tx("to", "0x70997970c51812dc3A010C7d01b50e0d17dc79C8"), 400,
         "E_ADDRESS_CHECKSUM"},
        {"short address", tx("to", "0x7099"), 400, "E_ADDRESS_FORMAT"},
        {"19 decimals", tx("value", "0.1000000000000000001"), 400, nullptr},
        {"an exponent", tx("value", "1e3"), 400, nullptr},
        {"a sign", tx("value", "-1"), 400, nullptr},
        {"over 2^256-1",
         tx("value",
            "115792089237316195423570985008687907853269984665640564039457584007913129639936"),
         400, nullptr},
        {"odd hex", tx("data", "0x123"), 400, nullptr},
        {"negative gas", tx("gas_limit", -1), 400, "E_FIELD_TYPE"},
        {"gas below the intrinsic", tx("gas_limit", 20000), 400, "E_GAS_LIMIT"},
        {"both fee forms",
         R"({"chain":"anvil","to":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","value":"0.1","gas_price":"1","max_fee_per_gas":"1"})",
         400, "E_FEES"},
        {"a gasless wish", tx("gasless", true), 501, "E_UNSUPPORTED_FIELD"},
        {"a smart account", tx("mode", "smart_account"), 501, "E_UNSUPPORTED_FIELD"},
        {"somebody's key", tx("signing_key_path", "keys/treasury"), 404, "E_SIGNING_KEY_PATH"},
        {"a nonce that leaves a hole", tx("nonce", 7), 409, "E_NONCE_NOT_NEXT"},
        {"more than there is", tx("value", "0.99999"), 201,
         nullptr},  // the nearest right one, so that the table can fail
    };
    return kTable;
}

TEST_F(bad_input, every_wrong_transaction_gets_its_status_and_code) {
    for (const auto& bad : bad_bodies()) {
        const auto answer = post(transactions(), bad.body);
        EXPECT_EQ(answer.status, bad.status) << bad.what << ": " << answer.body;
        if (bad.status == 201) continue;
        const Json problem = json_of(answer);
        EXPECT_EQ(answer.header("content-type"), "application/problem+json") << bad.what;
        EXPECT_EQ(problem["status"], bad.status) << bad.what;
        EXPECT_EQ(problem["type"], "about:blank") << bad.what;
        EXPECT_FALSE(problem["detail"].get<std::string>().empty()) << bad.what;
        if (bad.code != nullptr)
            EXPECT_EQ(problem["code"], bad.code) << bad.what << ": " << answer.body;
    }
    // The one right request got nonce 0: none of the wrong ones took any.
    EXPECT_TRUE(eventually(
        [&] { return transactions_of(*anvil, agent.address) == 1; }, std::chrono::seconds{10}));
}

TEST_F(bad_input, a_body_over_the_limit_is_413) {
    const auto answer = post(transactions(), tx("data", "0x" + std::string(2 * 1024 * 1024, '0')));
    EXPECT_EQ(answer.status, 413U);
}

TEST_F(bad_input, an_idempotency_key_must_be_visible_text) {
    EXPECT_EQ(
        post(transactions(), payment(kPayee, "0.1").dump(), {{"Idempotency-Key", "a b"}}).status,
        400U);
    EXPECT_EQ(
        post(
            transactions(), payment(kPayee, "0.1").dump(),
            {{"Idempotency-Key", std::string(256, 'x')}})
            .status,
        400U);
}

TEST_F(bad_input, a_wrong_agent_request_names_the_member) {
    const auto create = [&](const Json& body) {
        return must(sidecar.tcp().request(
            "POST", "/v1/agents", {{"Authorization", "Bearer " + sidecar.admin_key()}},
            body.dump()));
    };
    const std::vector<std::pair<Json, unsigned>> table{
        {{{"name", ""}}, 400},
        {{{"name", "a"}, {"tx_max_value", "1.x"}}, 400},
        {{{"name", "a"}, {"tx_max_value", 1}}, 400},
        {{{"name", "a"}, {"tx_to_allowlist", {"0x1"}}}, 400},
        {{{"name", "a"}, {"tx_to_alowlist", Json::array()}}, 400},
        {{{"name", "a"}, {"tx_allowed_chains", {"atlantis"}}}, 400},
        {{{"name", "a"}, {"tx_max_value", "1"}, {"tx_max_value_eth", "2"}}, 400},
        {{{"name", "a"}, {"per_chain_guardrails", {{"anvil", {{"max_valeu", "1"}}}}}}, 400},
        {{{"name", "a"}, {"token_ttl_seconds", 1}}, 400},
        {{{"name", "a"}, {"expires_at", "tomorrow"}}, 400},
        {{{"name", "a"}, {"intents_require_tee", true}}, 501},
        {{{"name", "a"}, {"auth_method", "mtls"}}, 501},
    };
    for (const auto& [body, status] : table) {
        const auto answer = create(body);
        EXPECT_EQ(answer.status, status) << body.dump() << " → " << answer.body;
    }
    const auto right = create({{"name", "a"}, {"shroud_enabled", false}, {"cards_enabled", false}});
    EXPECT_EQ(right.status, 201U) << right.body;
    EXPECT_EQ(json_of(right)["api_key"].get<std::string>().substr(0, 4), "ocv_");
}

TEST_F(bad_input, paths_and_methods_that_do_not_exist_say_so) {
    EXPECT_EQ(post("/v1/nothing", "{}").status, 404U);
    EXPECT_EQ(must(sidecar.tcp().request("DELETE", "/v1/chains")).status, 405U);
    EXPECT_EQ(must(sidecar.tcp().request("GET", "/v1/agents/../chains")).status, 400U);
    EXPECT_EQ(must(sidecar.tcp().request("GET", "/v1/agents/%6d%65")).status, 400U);
    const Headers mine{{"Authorization", "Bearer " + token}};
    const auto missing = transactions() + "/00000000-0000-4000-8000-000000000000";
    EXPECT_EQ(must(sidecar.tcp().request("GET", missing, mine)).status, 404U);
}

TEST_F(bad_input, a_browser_page_cannot_reach_the_sidecar) {
    const auto with = [&](const Headers& headers) {
        return must(sidecar.tcp().request("GET", "/v1/chains", headers)).status;
    };
    EXPECT_EQ(with({}), 200U);
    EXPECT_EQ(with({{"Origin", "https://evil.example"}}), 403U);
    EXPECT_EQ(with({{"Origin", "null"}}), 403U);
    EXPECT_EQ(with({{"Sec-Fetch-Site", "cross-site"}}), 403U);
    EXPECT_EQ(with({{"Host", "evil.example"}}), 421U);
    EXPECT_EQ(with({{"Host", "127.0.0.1.evil.example:8787"}}), 421U);
    const auto form = must(sidecar.tcp().request(
        "POST", "/v1/auth/agent-token", {{"Content-Type", "text/plain"}},
        R"({"api_key":"ocv_x"})"));
    EXPECT_EQ(form.status, 415U);
}

}  // namespace
}  // namespace chela::test
