// What operators type, and what they are told.
#include "tests/e2e/support/sidecar.hpp"

#include <fstream>
#include <sys/stat.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

class cli : public testing::Test {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
};

TEST_F(cli, init_makes_a_private_directory_and_refuses_to_do_it_twice) {
    EXPECT_EQ(mode_of(sidecar.dir()), 0700U);
    for (const char* name :
         {"chela.yaml", "chela.db", "jwt-ed25519.pem", "token.pin", "so.pin", "softhsm2.conf"}) {
        EXPECT_EQ(mode_of(sidecar.dir() / name), 0600U) << name;
    }
    const auto again = sidecar.cli({"init"});
    EXPECT_EQ(again.status.code, 73);
    EXPECT_NE(again.err.find("chela.db"), std::string::npos) << again.err;
    EXPECT_NE(again.err.find("token.pin"), std::string::npos) << again.err;
}

TEST_F(cli, doctor_says_that_all_is_well_and_what_is_not) {
    static_cast<void>(sidecar.cli_json({"key", "create", "treasury"}));
    const auto well = sidecar.cli({"doctor"});
    EXPECT_EQ(well.status.code, 0) << well.out << well.err;
    EXPECT_NE(well.out.find("ok    node anvil: chain id 31337"), std::string::npos) << well.out;
    EXPECT_NE(
        well.out.find(
            "ok    simulation anvil: eth_simulateV1, callTracer, prestateTracer, eth_call by block "
            "hash"),
        std::string::npos)
        << well.out;
    EXPECT_NE(well.out.find("ok    key treasury"), std::string::npos) << well.out;
    fs::permissions(sidecar.dir() / "token.pin", fs::perms{0644});
    const auto open_pin = sidecar.cli({"doctor"});
    EXPECT_EQ(open_pin.status.code, 69);
    EXPECT_NE(open_pin.out.find("chmod 600"), std::string::npos) << open_pin.out;
    fs::permissions(sidecar.dir() / "token.pin", fs::perms{0600});
    sidecar.edit_config("anvil:\n    chain_id: 31337", "other:\n    chain_id: 99");
    const auto wrong_chain = sidecar.cli({"doctor"});
    EXPECT_EQ(wrong_chain.status.code, 69);
    EXPECT_NE(wrong_chain.out.find("serves chain id 31337"), std::string::npos) << wrong_chain.out;
}

TEST_F(cli, doctor_names_an_identity_whose_key_was_rotated_or_whose_agent_is_off) {
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    sidecar.add_identity(agent, "client-token");
    const auto well = sidecar.cli({"doctor"});
    EXPECT_NE(well.out.find("ok    identity tester"), std::string::npos) << well.out << well.err;
    static_cast<void>(sidecar.cli_json({"agent", "rotate-key", agent.id}));
    const auto rotated = sidecar.cli({"doctor"});
    EXPECT_EQ(rotated.status.code, 69);
    EXPECT_NE(rotated.out.find("this is not the key of agent " + agent.id), std::string::npos)
        << rotated.out;
    static_cast<void>(sidecar.cli_json({"agent", "deactivate", agent.id}));
    const auto off = sidecar.cli({"doctor"});
    EXPECT_EQ(off.status.code, 69);
    EXPECT_NE(off.out.find(agent.id + " is deactivated"), std::string::npos) << off.out;
}

TEST_F(cli, a_wrong_configuration_exits_78_with_file_and_line) {
    sidecar.edit_config("listen: \"127.0.0.1:8787\"", "lisen: \"127.0.0.1:8787\"");
    for (const auto* command : {"serve", "doctor"}) {
        const auto output = sidecar.cli({command});
        EXPECT_EQ(output.status.code, 78) << command << output.err << output.out;
        EXPECT_NE((output.err + output.out).find("chela.yaml:"), std::string::npos)
            << output.err << output.out;
        EXPECT_NE((output.err + output.out).find("listen"), std::string::npos);
    }
}

TEST_F(cli, an_environment_variable_overrides_a_setting_and_a_misspelt_one_is_an_error) {
    const auto wrong =
        sidecar.cli({"doctor"}, {{"CHELA_CHAINS__ANVIL__RPC_ULR", "http://127.0.0.1:1"}});
    EXPECT_EQ(wrong.status.code, 78) << wrong.out;
    const auto away =
        sidecar.cli({"doctor"}, {{"CHELA_CHAINS__ANVIL__RPC_URL", "http://127.0.0.1:1"}});
    EXPECT_EQ(away.status.code, 69) << away.out;
    EXPECT_NE(away.out.find("FAIL  node anvil"), std::string::npos) << away.out;
}

TEST_F(cli, a_missing_directory_says_how_to_make_one) {
    ProcessOptions options;
    options.argv = {CHELA_BINARY, "serve", "--dir", (sidecar.dir() / "nowhere").string()};
    const auto output = must(run(std::move(options), std::chrono::seconds{30}));
    EXPECT_EQ(output.status.code, 78);
    EXPECT_NE(output.err.find("chela init"), std::string::npos) << output.err;
}

TEST_F(cli, an_agent_without_any_limit_must_be_asked_for_in_so_many_words) {
    const auto refused = sidecar.cli({"agent", "create", "wide"});
    EXPECT_EQ(refused.status.code, 65);
    EXPECT_NE(refused.err.find("--unrestricted"), std::string::npos);
    EXPECT_EQ(sidecar.cli({"agent", "create", "wide", "--max-value", "1"}).status.code, 65);
    EXPECT_EQ(sidecar.cli({"agent", "create", "wide", "--unrestricted"}).status.code, 0);
    const auto narrow = sidecar.create_agent(*anvil, {"--to", kPayee});
    EXPECT_EQ(
        sidecar.cli({"agent", "update", narrow.id, "--clear", "tx_to_allowlist"}).status.code, 65);
}

TEST_F(cli, a_key_file_for_the_sidecar_is_private_and_never_overwritten) {
    const auto file = sidecar.dir() / "payer.key";
    const auto made =
        sidecar.cli({"agent", "create", "payer", "--to", kPayee, "--write-key", file.string()});
    ASSERT_EQ(made.status.code, 0) << made.err;
    EXPECT_EQ(mode_of(file), 0600U);
    EXPECT_EQ(made.out.find("ocv_"), std::string::npos) << made.out;
    EXPECT_EQ(
        sidecar.cli({"agent", "create", "payer", "--to", kPayee, "--write-key", file.string()})
            .status.code,
        73);
}

TEST_F(cli, a_key_that_cannot_be_written_down_is_not_made_and_the_old_one_stays) {
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    const auto taken = sidecar.dir() / "chela.yaml";
    EXPECT_EQ(
        sidecar.cli({"agent", "rotate-key", agent.id, "--write-key", taken.string()}).status.code,
        73);
    EXPECT_EQ(
        sidecar.cli({"agent", "rotate-key", agent.id, "--write-key", "/nonexistent/key"})
            .status.code,
        69);
    EXPECT_NE(
        sidecar.cli({"agent", "create", "x", "--to", kPayee, "--write-key", "/nonexistent/key"})
            .status.code,
        0);
    EXPECT_EQ(sidecar.cli_json({"agent", "list"})["agents"].size(), 1U);
    sidecar.start();
    EXPECT_FALSE(sidecar.token_for(agent).empty());
}

TEST_F(cli, agents_and_transactions_are_listed_and_shown) {
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    sidecar.start();
    const Json submitted = json_of(sidecar.submit(agent, payment(kPayee, "0.1")));
    EXPECT_EQ(sidecar.cli_json({"agent", "list"})["agents"].size(), 1U);
    EXPECT_EQ(sidecar.cli_json({"agent", "show", agent.id})["tx_to_allowlist"][0], kPayee);
    EXPECT_EQ(sidecar.cli_json({"tx", "list"})["transactions"][0]["id"], submitted["id"]);
    EXPECT_EQ(
        sidecar.cli_json({"tx", "show", text(submitted["id"])})["tx_hash"], submitted["tx_hash"]);
    EXPECT_EQ(sidecar.cli({"tx", "show", "00000000-0000-4000-8000-000000000000"}).status.code, 66);
    EXPECT_EQ(sidecar.cli({"tx", "list", "--agent", "nobody"}).status.code, 66);
    EXPECT_EQ(sidecar.cli_json({"agent", "deactivate", agent.id})["is_active"], false);
    EXPECT_EQ(sidecar.cli_json({"agent", "rotate-key", agent.id}).contains("api_key"), true);
}

TEST_F(cli, version_and_help_need_no_directory) {
    EXPECT_EQ(sidecar.cli_json({"version"})["name"], "chela");
    const auto help = sidecar.cli({"agent", "create", "--help"});
    EXPECT_EQ(help.status.code, 0);
    EXPECT_NE(help.out.find("Example"), std::string::npos);
    const auto unknown = sidecar.cli({"agnet"});
    EXPECT_EQ(unknown.status.code, 64);
    EXPECT_NE(unknown.err.find("agnet"), std::string::npos) << unknown.err;
    EXPECT_NE(help.out.find("--dir"), std::string::npos);
}

TEST_F(cli, hup_swaps_identities_and_keeps_the_old_ones_when_the_file_is_wrong) {
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    sidecar.start();
    EXPECT_EQ(must(sidecar.unix_client().request("GET", "/v1/agents/me")).status, 401U);
    sidecar.add_identity(agent, "a-local-client-token-of-good-length");
    sidecar.process().send(SIGHUP);
    EXPECT_TRUE(eventually(
        [&] { return must(sidecar.unix_client().request("GET", "/v1/agents/me")).status == 200; },
        std::chrono::seconds{10}));
    sidecar.edit_config("identities:\n", "identitys:\n");
    sidecar.process().send(SIGHUP);
    EXPECT_TRUE(eventually(
        [&] { return sidecar.log().find("reload_refused") != std::string::npos; },
        std::chrono::seconds{10}));
    EXPECT_EQ(must(sidecar.unix_client().request("GET", "/v1/agents/me")).status, 200U);
}

}  // namespace
}  // namespace chela::test
