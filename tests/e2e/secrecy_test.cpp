// No secret in any output, whatever went wrong.
#include "tests/e2e/support/sidecar.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(secrecy, logs_answers_and_database_hold_no_key_pin_or_token) {
    const auto anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    sidecar.edit_config(
        "rpc_url: " + anvil->url(), "rpc_url: " + anvil->url() + "/v2/node-api-key-7777");
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    const std::string client_token = "client-token-client-token-client-token";
    sidecar.add_identity(agent, client_token);
    sidecar.edit_config("level: info", "level: debug");
    sidecar.start();
    const std::string jwt = sidecar.token_for(agent);
    std::string answers;
    const auto ask = [&](const std::string& method, const std::string& path, const Headers& headers,
                         const std::string& body) {
        const auto answer = must(sidecar.tcp().request(method, path, headers, body));
        answers += answer.body;
        for (const auto& [name, value] : answer.headers)
            answers += value;
    };
    const std::string transactions = "/v1/agents/" + agent.id + "/transactions";
    ask("GET", "/v1/chains", {}, "");
    ask("GET", "/v1/agents/me", {{"X-Chela-Token", client_token}}, "");
    ask("GET", "/v1/agents", {{"Authorization", "Bearer " + sidecar.admin_key()}}, "");
    ask("GET", "/v1/agents/me", {{"Authorization", "Bearer " + jwt + "x"}}, "");
    ask("POST", transactions, {{"Authorization", "Bearer " + jwt}}, payment(kPayee, "0.1").dump());
    ask("POST", transactions, {{"Authorization", "Bearer " + jwt}}, "{\"" + jwt + "\":1}");
    ask("POST", "/v1/auth/agent-token", {}, Json{{"api_key", agent.api_key + "x"}}.dump());
    std::filesystem::rename(sidecar.dir() / "token", sidecar.dir() / "away");
    ask("POST", transactions, {{"Authorization", "Bearer " + jwt}}, payment(kPayee, "0.1").dump());
    static_cast<void>(sidecar.stop());

    const std::string database =
        read_file(sidecar.dir() / "chela.db") + read_file(sidecar.dir() / "chela.db-wal");
    const std::string log = sidecar.log();
    ASSERT_GT(log.size(), 500U);
    const std::vector<std::pair<const char*, std::string>> secrets{
        {"API key", agent.api_key},
        {"admin key", sidecar.admin_key()},
        {"client token", client_token},
        {"JWT", jwt},
        {"PIN", read_file(sidecar.dir() / "token.pin")},
        {"node key", "node-api-key-7777"}};
    for (const auto& [what, secret] : secrets) {
        ASSERT_GE(secret.size(), 8U) << what;
        EXPECT_EQ(log.find(secret), std::string::npos) << what << " in the log";
        EXPECT_EQ(database.find(secret), std::string::npos) << what << " in the database";
        if (std::string_view{what} != "JWT")
            EXPECT_EQ(answers.find(secret), std::string::npos) << what << " in an answer";
    }
}

TEST(secrecy, the_private_key_cannot_leave_the_token) {
    const auto anvil = must(Anvil::start());
    const Sidecar sidecar{anvil->url()};
    static_cast<void>(sidecar.cli_json({"key", "create", "treasury"}));
    const Json shown = sidecar.cli_json({"key", "attest", "treasury"});
    EXPECT_EQ(shown["cannot_leave"], true);
    EXPECT_EQ(shown["attributes"]["CKA_EXTRACTABLE"], false);
    EXPECT_EQ(shown["attributes"]["CKA_NEVER_EXTRACTABLE"], true);
    EXPECT_EQ(shown["attributes"]["CKA_SENSITIVE"], true);
    EXPECT_EQ(shown["attributes"]["CKA_ALWAYS_SENSITIVE"], true);
    EXPECT_EQ(shown["attributes"]["CKA_LOCAL"], true);
}

}  // namespace
}  // namespace chela::test
