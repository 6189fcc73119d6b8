// Chains that come and go while the server runs, by `chela chain …` and over HTTP.
#include "tests/e2e/support/sidecar.hpp"

#include <csignal>
#include <fstream>
#include <functional>
#include <sys/stat.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class chains_cli : public testing::Test {
protected:
    /// A node of a chain that chela.yaml says nothing of.
    std::unique_ptr<Anvil> zone = must(Anvil::start({"--chain-id", "4242"}));
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};

    [[nodiscard]] Output chain(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "chain");
        return sidecar.cli(std::move(arguments));
    }
    [[nodiscard]] Output add_zone(const std::string& fee = "0.05 ETH") const {
        return chain(
            {"add", "zone", "--chain-id", "4242", "--rpc-url", zone->url(), "--max-fee", fee});
    }
    [[nodiscard]] Json listed() const { return sidecar.cli_json({"chain", "list"}).at("chains"); }
    [[nodiscard]] HttpAnswer get(const std::string& target) const {
        return must(sidecar.tcp().request("GET", target));
    }
    [[nodiscard]] HttpAnswer admin(
        const std::string& method, const std::string& target, const Json& body = nullptr) const {
        return must(sidecar.tcp().request(
            method, target, {{"Authorization", "Bearer " + sidecar.admin_key()}},
            body.is_null() ? std::string{} : body.dump()));
    }
    [[nodiscard]] static bool soon(const std::function<bool()>& is_true) {
        return eventually(is_true, std::chrono::seconds{10});
    }
    [[nodiscard]] static std::string code_of(const HttpAnswer& answer) {
        return json_of(answer).value("code", "");
    }
    std::string secret_file(const std::string& text, mode_t mode = 0600) const {
        const auto path = sidecar.dir() / "zone.url";
        std::ofstream{path} << text;
        if (::chmod(path.c_str(), mode) != 0) throw std::runtime_error{"chmod"};
        return path.string();
    }
};

TEST_F(chains_cli, are_added_shown_disabled_enabled_and_removed) {
    const auto added = add_zone();
    ASSERT_EQ(added.status.code, 0) << added.err;
    EXPECT_THAT(added.out, HasSubstr("zone (4242)"));
    ASSERT_EQ(listed().size(), 2U);
    EXPECT_EQ(listed()[0].at("source"), "chela.yaml");
    EXPECT_EQ(listed()[1].at("name"), "zone");
    EXPECT_EQ(listed()[1].at("max_fee_per_transaction"), "0.05 ETH");
    EXPECT_EQ(sidecar.cli_json({"chain", "disable", "zone"}).at("is_enabled"), false);
    EXPECT_EQ(sidecar.cli_json({"chain", "show", "4242"}).at("is_enabled"), false);
    EXPECT_EQ(sidecar.cli_json({"chain", "enable", "4242"}).at("is_enabled"), true);
    EXPECT_THAT(chain({"show", "zone"}).out, HasSubstr("0.05 ETH a transaction"));
    EXPECT_EQ(sidecar.cli_json({"chain", "remove", "zone"}).at("removed"), true);
    EXPECT_EQ(listed().size(), 1U);
    EXPECT_EQ(chain({"show", "zone"}).status.code, 66);
}

TEST_F(chains_cli, of_chela_yaml_are_changed_there) {
    for (const char* act : {"disable", "remove"}) {
        const auto refused = chain({act, "anvil"});
        EXPECT_EQ(refused.status.code, 73) << act;
        EXPECT_THAT(refused.err, HasSubstr("chela.yaml has the chain anvil (31337)"));
    }
    ASSERT_EQ(add_zone().status.code, 0);
    EXPECT_EQ(add_zone().status.code, 73) << "it is there already";
}

TEST_F(chains_cli, take_no_key_from_the_command_line) {
    const auto refused = chain(
        {"add", "base", "--rpc-url", "https://node.example/v2/secretkey", "--max-fee", "1 ETH"});
    EXPECT_EQ(refused.status.code, 64);
    EXPECT_THAT(refused.err, Not(HasSubstr("secretkey")));
    EXPECT_THAT(refused.err, HasSubstr("--rpc-url-file"));
    const auto open = secret_file("https://node.example/v2/secretkey\n", 0644);
    EXPECT_THAT(
        chain({"add", "base", "--rpc-url-file", open, "--max-fee", "1 ETH"}).err,
        HasSubstr("E_FILE_MODE"));
    const auto path = secret_file("https://node.example/v2/secretkey\n");
    const auto added = chain({"add", "base", "--rpc-url-file", path, "--max-fee", "1 ETH"});
    ASSERT_EQ(added.status.code, 0) << added.err;
    EXPECT_THAT(added.out, HasSubstr("https://node.example:443"));
    EXPECT_THAT(added.out, Not(HasSubstr("secretkey")));
    EXPECT_THAT(listed().dump(), Not(HasSubstr("secretkey")));
}

TEST_F(chains_cli, that_lack_a_fee_limit_or_a_node_are_refused) {
    const auto without_limit =
        chain({"add", "zone", "--chain-id", "4242", "--rpc-url", zone->url()});
    EXPECT_EQ(without_limit.status.code, 65);
    EXPECT_THAT(without_limit.err, HasSubstr("E_CHAIN_FEE_LIMIT"));
    EXPECT_THAT(chain({"add", "base", "--max-fee", "1 ETH"}).err, HasSubstr("E_CHAIN_NO_NODE"));
    EXPECT_THAT(add_zone("1").err, HasSubstr("expected an amount in the native currency"));
    EXPECT_EQ(chain({"add", "base", "--disabled"}).status.code, 0);
}

TEST_F(chains_cli, without_a_node_do_no_harm_to_others) {
    EXPECT_EQ(chain({"add", "quiet", "--chain-id", "4243", "--disabled"}).status.code, 0);
    sidecar.start();
    const auto health = get("/v1/health");
    EXPECT_EQ(health.status, 200U) << health.body;
    EXPECT_EQ(json_of(health).at("status"), "healthy") << health.body;
    EXPECT_EQ(json_of(health).at("nodes")[1].at("endpoints"), Json::array());
}

TEST_F(chains_cli, that_are_well_known_are_listed) {
    const Json known = sidecar.cli_json({"chain", "list", "--known"}).at("chains");
    EXPECT_EQ(known.size(), 32U);
    EXPECT_EQ(known[0].at("name"), "ethereum");
    EXPECT_THAT(chain({"list", "--known"}).out, HasSubstr("arbitrum-one"));
}

TEST_F(chains_cli, are_taken_up_by_a_running_server_and_signed_for) {
    const auto agent = sidecar.create_agent(*zone, {"--to", kPayee, "--max-value", "1"});
    sidecar.start();
    EXPECT_EQ(get("/v1/chains/zone").status, 404U);
    ASSERT_EQ(add_zone().status.code, 0);
    ASSERT_TRUE(soon([&] { return get("/v1/chains/zone").status == 200; }));
    auto body = payment(kPayee, "0.1");
    body["chain"] = "zone";
    const auto sent = sidecar.submit(agent, body);
    ASSERT_EQ(sent.status, 201U) << sent.body;
    EXPECT_EQ(sidecar.wait_final(agent, json_of(sent)).at("state"), "confirmed");

    ASSERT_EQ(chain({"disable", "zone"}).status.code, 0);
    ASSERT_TRUE(soon([&] { return json_of(get("/v1/chains/zone")).at("is_enabled") == false; }));
    const auto refused = sidecar.submit(agent, body);
    EXPECT_EQ(refused.status, 403U) << refused.body;
    EXPECT_EQ(code_of(refused), "E_CHAIN_DISABLED");
    ASSERT_EQ(chain({"remove", "zone"}).status.code, 0);
    EXPECT_TRUE(soon([&] { return get("/v1/chains/zone").status == 404; }));
}

TEST_F(chains_cli, are_taken_up_at_once_over_http) {
    sidecar.start();
    const Json wanted = {
        {"name", "zone"},
        {"display_name", "Zone"},
        {"chain_id", 4242},
        {"rpc_url", zone->url() + "/secretkey"},
        {"max_fee_per_transaction", "0.05 ETH"}};
    const auto added = admin("POST", "/v1/admin/chains", wanted);
    ASSERT_EQ(added.status, 201U) << added.body;
    EXPECT_EQ(json_of(added).at("rpc_url"), zone->url());
    EXPECT_EQ(get("/v1/chains/zone").status, 200U);
    const auto path = "/v1/admin/chains/" + text(json_of(added).at("id"));
    EXPECT_EQ(admin("PUT", path, {{"is_enabled", false}}).status, 200U);
    EXPECT_EQ(json_of(get("/v1/chains/zone")).at("is_enabled"), false);
    EXPECT_EQ(admin("DELETE", path).status, 204U);
    EXPECT_EQ(get("/v1/chains/zone").status, 404U);
    EXPECT_THAT(sidecar.log(), Not(HasSubstr("secretkey")));
    EXPECT_EQ(listed().size(), 1U);
}

TEST_F(chains_cli, of_a_new_chela_yaml_take_the_place_of_stored_ones_at_a_signal) {
    ASSERT_EQ(add_zone().status.code, 0);
    sidecar.start();
    EXPECT_EQ(json_of(get("/v1/chains/4242")).at("display_name"), "zone");
    sidecar.edit_config(
        "chains:\n",
        fmt::format(
            "chains:\n  ours:\n    chain_id: 4242\n    rpc_url: {}\n    max_fee_per_transaction: "
            "1 ETH\n",
            zone->url()));
    sidecar.process().send(SIGHUP);
    EXPECT_TRUE(soon([&] { return get("/v1/chains/ours").status == 200; }));
    EXPECT_EQ(get("/v1/chains/zone").status, 404U);
    EXPECT_EQ(json_of(get("/v1/chains")).at("chains").size(), 2U);
}

}  // namespace
}  // namespace chela::test
