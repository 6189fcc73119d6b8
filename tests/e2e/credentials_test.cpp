// Tokens, keys and who may do what.
#include "tests/e2e/support/sidecar.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

class credentials : public testing::Test {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    TestAgent agent = sidecar.create_agent(*anvil, {"--to", kPayee});

    void SetUp() override { sidecar.start(); }

    HttpAnswer get(const std::string& path, const std::string& bearer) {
        return must(sidecar.tcp().request("GET", path, {{"Authorization", "Bearer " + bearer}}));
    }
    HttpAnswer exchange(const Json& body) {
        return must(sidecar.tcp().request("POST", "/v1/auth/agent-token", {}, body.dump()));
    }
    HttpAnswer admin(
        const std::string& method, const std::string& path, const Json& body = nullptr) {
        return must(sidecar.tcp().request(
            method, path, {{"Authorization", "Bearer " + sidecar.admin_key()}},
            body.is_null() ? "" : body.dump()));
    }
};

TEST_F(credentials, a_key_is_exchanged_with_or_without_the_agents_id) {
    const auto by_both = exchange({{"agent_id", agent.id}, {"api_key", agent.api_key}});
    ASSERT_EQ(by_both.status, 200U) << by_both.body;
    EXPECT_EQ(json_of(by_both)["token_type"], "Bearer");
    EXPECT_EQ(json_of(by_both)["expires_in"], 900);
    EXPECT_EQ(json_of(by_both)["agent_id"], agent.id);
    EXPECT_EQ(exchange({{"api_key", agent.api_key}}).status, 200U);
}

TEST_F(credentials, every_wrong_key_gets_the_same_answer) {
    std::string wrong = agent.api_key;
    wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
    const auto unknown = exchange({{"api_key", "ocv_" + std::string(43, 'A')}});
    const auto changed = exchange({{"agent_id", agent.id}, {"api_key", wrong}});
    const auto others = exchange(
        {{"agent_id", "00000000-0000-4000-8000-000000000000"}, {"api_key", agent.api_key}});
    for (const auto* answer : {&unknown, &changed, &others}) {
        EXPECT_EQ(answer->status, 401U);
        EXPECT_EQ(json_of(*answer)["code"], "E_API_KEY");
        EXPECT_EQ(json_of(*answer)["detail"], json_of(unknown)["detail"]);
    }
}

TEST_F(credentials, a_forged_or_foreign_token_is_refused) {
    const std::string token = sidecar.token_for(agent);
    ASSERT_EQ(get("/v1/agents/me", token).status, 200U);
    std::string forged = token;
    const auto at = forged.rfind('.') + 5;
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(get("/v1/agents/me", forged).status, 401U);
    EXPECT_EQ(
        get("/v1/agents/me", "eyJhbGciOiJub25lIn0." + token.substr(token.find('.') + 1)).status,
        401U);
    Sidecar other{anvil->url()};
    const auto twin = other.create_agent(*anvil, {"--to", kPayee});
    other.start();
    EXPECT_EQ(get("/v1/agents/me", other.token_for(twin)).status, 401U);
}

TEST_F(credentials, a_token_ends_with_its_life) {
    static_cast<void>(sidecar.cli_json({"agent", "update", agent.id, "--token-ttl", "5"}));
    const std::string token = sidecar.token_for(agent);
    ASSERT_EQ(get("/v1/agents/me", token).status, 200U);
    HttpAnswer last;
    EXPECT_TRUE(eventually(
        [&] {
            last = get("/v1/agents/me", token);
            return last.status == 401;
        },
        std::chrono::seconds{10}));
    EXPECT_EQ(json_of(last)["code"], "E_TOKEN_EXPIRED");
}

TEST_F(credentials, rotation_ends_the_old_key_and_its_tokens_at_once) {
    const std::string token = sidecar.token_for(agent);
    const auto rotated = admin("POST", "/v1/agents/" + agent.id + "/rotate-key");
    ASSERT_EQ(rotated.status, 200U) << rotated.body;
    const auto revoked = get("/v1/agents/me", token);
    EXPECT_EQ(revoked.status, 401U);
    EXPECT_EQ(json_of(revoked)["code"], "E_TOKEN_REVOKED");
    EXPECT_EQ(exchange({{"api_key", agent.api_key}}).status, 401U);
    EXPECT_EQ(exchange({{"api_key", json_of(rotated)["api_key"]}}).status, 200U);
}

TEST_F(credentials, a_deactivated_agent_is_nobody) {
    const std::string token = sidecar.token_for(agent);
    EXPECT_EQ(admin("DELETE", "/v1/agents/" + agent.id).status, 204U);
    EXPECT_EQ(get("/v1/agents/me", token).status, 401U);
    EXPECT_EQ(exchange({{"api_key", agent.api_key}}).status, 401U);
    EXPECT_EQ(json_of(admin("GET", "/v1/agents/" + agent.id))["is_active"], false);
}

TEST_F(credentials, an_agent_sees_and_moves_only_its_own) {
    const auto other = sidecar.create_agent(*anvil, {"--to", kPayee});
    const std::string token = sidecar.token_for(agent);
    const auto foreign = "/v1/agents/" + other.id + "/transactions";
    EXPECT_EQ(get(foreign, token).status, 403U);
    EXPECT_EQ(json_of(get(foreign, token))["code"], "E_OTHER_AGENT");
    const auto posted = must(sidecar.tcp().request(
        "POST", foreign, {{"Authorization", "Bearer " + token}}, payment(kPayee, "0.1").dump()));
    EXPECT_EQ(posted.status, 403U);
    EXPECT_EQ(get("/v1/agents", token).status, 403U);
    EXPECT_EQ(get("/v1/agents/" + other.id, token).status, 403U);
    EXPECT_EQ(get("/v1/agents/" + agent.id, token).status, 200U);
    const Json theirs = json_of(sidecar.submit(other, payment(kPayee, "0.1")));
    EXPECT_EQ(
        get("/v1/agents/" + agent.id + "/transactions/" + theirs["id"].get<std::string>(), token)
            .status,
        404U);
}

TEST_F(credentials, an_admin_cannot_submit_and_a_stranger_cannot_administer) {
    EXPECT_EQ(
        admin("POST", "/v1/agents/" + agent.id + "/transactions", payment(kPayee, "0.1")).status,
        403U);
    EXPECT_EQ(get("/v1/agents", "1ck_" + std::string(43, 'A')).status, 401U);
    EXPECT_EQ(must(sidecar.tcp().request("GET", "/v1/agents")).status, 401U);
    EXPECT_EQ(
        must(sidecar.tcp().request("GET", "/v1/agents", {{"Authorization", "Basic YTpi"}})).status,
        401U);
}

TEST_F(credentials, the_intents_flag_is_stamped_when_the_token_is_minted) {
    static_cast<void>(sidecar.cli_json({"agent", "update", agent.id, "--intents", "off"}));
    const auto off = sidecar.submit(agent, payment(kPayee, "0.1"));
    EXPECT_EQ(off.status, 403U);
    EXPECT_EQ(json_of(off)["code"], "E_INTENTS_DISABLED");
    static_cast<void>(sidecar.cli_json({"agent", "update", agent.id, "--intents", "on"}));
    EXPECT_EQ(sidecar.submit(agent, payment(kPayee, "0.1")).status, 201U);
}

TEST_F(credentials, the_admin_creates_lists_and_patches_agents_over_rest) {
    const auto created = admin(
        "POST", "/v1/agents",
        {{"name", "rest"},
         {"intents_api_enabled", true},
         {"tx_max_value", "1.50"},
         {"tx_to_allowlist", {kPayee}},
         {"tx_allowed_chains", {"anvil"}}});
    ASSERT_EQ(created.status, 201U) << created.body;
    const Json made = json_of(created)["agent"];
    EXPECT_EQ(made["tx_max_value"], "1.5");
    EXPECT_EQ(made["tx_to_allowlist"][0], kPayee);
    EXPECT_EQ(made["auth_method"], "api_key");
    EXPECT_EQ(made["evm_address"].get<std::string>().size(), 42U);
    const std::string path = "/v1/agents/" + made["id"].get<std::string>();
    EXPECT_EQ(
        json_of(admin("PATCH", path, {{"tx_max_value", nullptr}, {"name", "renamed"}}))
            .contains("tx_max_value"),
        false);
    EXPECT_EQ(json_of(admin("GET", path))["name"], "renamed");
    EXPECT_EQ(json_of(admin("GET", "/v1/agents"))["agents"].size(), 2U);
    EXPECT_EQ(admin("GET", "/v1/agents/00000000-0000-4000-8000-000000000000").status, 404U);
}

TEST_F(credentials, a_strict_generated_client_gets_no_unknown_members) {
    const auto answer = must(sidecar.tcp().request(
        "POST", "/v1/auth/agent-token", {{"User-Agent", "OpenAPI-Generator/1.0.0/go"}},
        Json{{"api_key", agent.api_key}}.dump()));
    EXPECT_EQ(json_of(answer).size(), 3U) << answer.body;
}

}  // namespace
}  // namespace chela::test
