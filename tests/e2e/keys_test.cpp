// Where private keys live, how they come in, that they never come out, and how they end.
#include "tests/e2e/support/sidecar.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

namespace fs = std::filesystem;

// anvil's first account; known to everybody.
constexpr const char* kPrivateKey =
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
constexpr const char* kItsAddress = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

void write_secret(const fs::path& path, const std::string& content) {
    std::ofstream{path} << content;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
}

std::string cast(std::vector<std::string> arguments) {
    const char* program = std::getenv("CHELA_CAST");
    if (program == nullptr) throw std::runtime_error{"CHELA_CAST is not set; ./run test sets it"};
    ProcessOptions options;
    options.argv = {program};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    const auto output = must(run(std::move(options), std::chrono::seconds{60}));
    if (output.status.code != 0) throw std::runtime_error{"cast: " + output.err};
    return output.out;
}

class keys : public testing::Test {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    TempDir folder;

    [[nodiscard]] fs::path private_key_file() const {
        write_secret(folder.path() / "key.hex", std::string{kPrivateKey} + "\n");
        return folder.path() / "key.hex";
    }
};

TEST_F(keys, made_in_the_token_attest_that_they_cannot_leave_it) {
    static_cast<void>(sidecar.cli_json({"key", "create", "treasury"}));
    const Json attested = sidecar.cli_json({"key", "attest", "treasury"});
    EXPECT_EQ(attested["cannot_leave"], true) << attested;
    EXPECT_EQ(attested["attributes"]["CKA_EXTRACTABLE"], false);
    EXPECT_EQ(attested["attributes"]["CKA_SENSITIVE"], true);
    EXPECT_EQ(attested["attributes"]["CKA_NEVER_EXTRACTABLE"], true);
    const auto printed = sidecar.cli({"key", "attest", "treasury"});
    EXPECT_NE(printed.out.find("cannot leave it"), std::string::npos) << printed.out;
    const Json shown = sidecar.cli_json({"key", "show", "treasury"});
    EXPECT_EQ(shown["back_end"], "token");
    EXPECT_EQ(shown["address"], attested["address"]);
    EXPECT_NE(text(attested["lives_in"]).find("PKCS#11 token"), std::string::npos) << attested;
}

TEST_F(keys, imported_into_the_token_sign_and_attest_that_they_were_elsewhere) {
    const auto file = private_key_file();
    const Json made = sidecar.cli_json({"key", "import", "old", "--private-key", file.string()});
    EXPECT_EQ(made["address"], kItsAddress);
    EXPECT_EQ(made["back_end"], "token");
    const auto attested = sidecar.cli({"key", "attest", "old"});
    EXPECT_EQ(attested.status.code, 65) << attested.out;
    EXPECT_NE(attested.out.find("WARNING"), std::string::npos) << attested.out;
    const auto again = sidecar.cli({"key", "import", "again", "--private-key", file.string()});
    EXPECT_EQ(again.status.code, 73) << again.err;
    EXPECT_NE(again.err.find("as old (E_KEY_EXISTS)"), std::string::npos) << again.err;
    const auto doctor = sidecar.cli({"doctor"});
    EXPECT_NE(doctor.out.find("it was outside before"), std::string::npos) << doctor.out;
    for (const auto& output : {attested, again, sidecar.cli({"doctor"})})
        EXPECT_EQ((output.out + output.err).find("ac0974bec39a"), std::string::npos);
}

TEST_F(keys, come_in_from_a_keystore_that_cast_wrote) {
    static_cast<void>(cast(
        {"wallet", "import", "theirs", "--private-key", kPrivateKey, "--keystore-dir",
         folder.path().string(), "--unsafe-password", "correct horse"}));
    const auto file = folder.path() / "theirs";
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    const auto password = folder.path() / "password";
    write_secret(password, "wrong horse");
    const std::vector<std::string> command{
        "key", "import", "theirs", "--keystore", file.string(), "--password", password.string()};
    const auto refused = sidecar.cli(command);
    EXPECT_EQ(refused.status.code, 77) << refused.err;
    EXPECT_EQ(refused.err.find("horse"), std::string::npos) << refused.err;
    write_secret(password, "correct horse");
    EXPECT_EQ(sidecar.cli_json(command)["address"], kItsAddress);
}

TEST_F(keys, that_another_tool_made_in_the_token_are_taken_in_by_their_label) {
    const Json made = sidecar.cli_json({"key", "create", "shared"});
    Sidecar other{anvil->url()};
    const auto first = sidecar.dir().string();
    std::ifstream in{sidecar.dir() / "chela.yaml"};
    const std::string theirs{std::istreambuf_iterator<char>{in}, {}};
    const auto uri_of = [](const std::string& yaml) {
        const auto begin = yaml.find("pkcs11:");
        return yaml.substr(begin, yaml.find('"', begin) - begin);
    };
    std::ifstream own{other.dir() / "chela.yaml"};
    other.edit_config(uri_of({std::istreambuf_iterator<char>{own}, {}}), uri_of(theirs));
    other.edit_config("pin_file: token.pin", "pin_file: " + first + "/token.pin");
    other.edit_config("softhsm_conf: softhsm2.conf", "softhsm_conf: " + first + "/softhsm2.conf");
    const Json taken = other.cli_json({"key", "import", "mine", "--token-label", "shared"});
    EXPECT_EQ(taken["address"], made["address"]);
    EXPECT_EQ(other.cli_json({"key", "attest", "mine"})["cannot_leave"], true);
    EXPECT_EQ(other.cli({"key", "import", "x", "--token-label", "nobody"}).status.code, 66);
}

TEST_F(keys, are_imported_from_one_private_place_at_a_time) {
    const auto file = private_key_file();
    EXPECT_EQ(sidecar.cli({"key", "import", "x"}).status.code, 65);
    EXPECT_EQ(
        sidecar.cli({"key", "import", "x", "--private-key", file.string(), "--token-label", "y"})
            .status.code,
        65);
    const auto nowhere =
        sidecar.cli({"key", "import", "x", "--private-key", file.string(), "--in", "keystore"});
    EXPECT_EQ(nowhere.status.code, 69);
    EXPECT_NE(nowhere.err.find("keystore:"), std::string::npos) << nowhere.err;
    fs::permissions(file, fs::perms{0644});
    const auto readable = sidecar.cli({"key", "import", "x", "--private-key", file.string()});
    EXPECT_EQ(readable.status.code, 77);
    EXPECT_NE(readable.err.find("chmod 600"), std::string::npos) << readable.err;
    write_secret(file, "0x1234");
    EXPECT_EQ(sidecar.cli({"key", "import", "x", "--private-key", file.string()}).status.code, 65);
    write_secret(file, "0x" + std::string(64, '0'));
    EXPECT_EQ(sidecar.cli({"key", "import", "x", "--private-key", file.string()}).status.code, 65);
    EXPECT_TRUE(sidecar.cli_json({"key", "list"})["keys"].empty());
}

TEST_F(keys, are_retired_for_good_once_nobody_needs_them) {
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    const Json key = sidecar.cli_json({"key", "list"})["keys"].at(0);
    const auto label = text(key["label"]);
    const auto used = sidecar.cli({"key", "retire", label});
    EXPECT_EQ(used.status.code, 73);
    EXPECT_NE(used.err.find(agent.id), std::string::npos) << used.err;
    static_cast<void>(sidecar.cli_json({"agent", "deactivate", agent.id}));
    EXPECT_EQ(sidecar.cli({"key", "retire", label}).status.code, 0);
    EXPECT_EQ(sidecar.cli({"key", "retire", label}).status.code, 73);
    EXPECT_NE(sidecar.cli({"key", "list"}).out.find("(retired)"), std::string::npos);
    EXPECT_EQ(sidecar.cli({"doctor"}).out.find("key " + label), std::string::npos);
}

TEST_F(keys, that_are_retired_sign_no_more_in_a_running_server) {
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    sidecar.start();
    const auto first = sidecar.submit(agent, payment(kPayee, "0.1"), "one");
    ASSERT_EQ(first.status, 201U) << first.body;
    static_cast<void>(sidecar.wait_final(agent, json_of(first)));
    const auto label = text(sidecar.cli_json({"key", "list"})["keys"].at(0)["label"]);
    // A submission that waits for its node while the key goes.
    anvil->process().send(SIGSTOP);
    static_cast<void>(sidecar.submit(agent, payment(kPayee, "0.2"), "two"));
    static_cast<void>(sidecar.cli_json({"key", "create", "next"}));
    static_cast<void>(sidecar.cli_json({"agent", "update", agent.id, "--key", "next"}));
    EXPECT_EQ(sidecar.cli({"key", "retire", label}).status.code, 0);
    anvil->process().send(SIGCONT);
    const auto second = sidecar.submit(agent, payment(kPayee, "0.2"), "two");
    EXPECT_EQ(second.status, 403U) << second.body;
    EXPECT_EQ(json_of(second)["code"], "E_KEY_RETIRED") << second.body;
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
}

TEST_F(keys, made_by_many_at_once_under_one_label_are_one) {
    std::vector<std::unique_ptr<Process>> makers;
    for (int i = 0; i < 4; ++i) {
        ProcessOptions options;
        options.argv = {CHELA_BINARY, "key", "create", "race", "--dir", sidecar.dir().string()};
        makers.push_back(must(Process::start(std::move(options))));
    }
    int made = 0;
    for (const auto& maker : makers) {
        const auto ended = maker->wait(std::chrono::seconds{60});
        ASSERT_TRUE(ended.has_value());
        if (ended->code == 0) ++made;
    }
    EXPECT_EQ(made, 1);
    // One private key of that label is in the token, or this would be ambiguous.
    const auto again = sidecar.cli({"key", "import", "same", "--token-label", "race"});
    EXPECT_NE(again.err.find("as race (E_KEY_EXISTS)"), std::string::npos) << again.err;
}

TEST_F(keys, have_labels_that_can_be_printed) {
    for (const std::string label : {"", "a\nb", "\x1b[2J", "\xff"})
        EXPECT_EQ(sidecar.cli({"key", "create", label}).status.code, 65) << label;
    EXPECT_TRUE(sidecar.cli_json({"key", "list"})["keys"].empty());
}

TEST(keystore, takes_up_a_file_that_an_interrupted_import_left_behind) {
    const auto anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url(), {"--keystore"}};
    const TempDir folder;
    write_secret(folder.path() / "key.hex", kPrivateKey);
    const std::vector<std::string> command{
        "key", "import", "old", "--private-key", (folder.path() / "key.hex").string()};
    // The file without its row: what a kill between the two leaves.
    Sidecar other{anvil->url(), {"--keystore"}};
    static_cast<void>(other.cli_json(command));
    fs::copy(other.dir() / "keystore", sidecar.dir() / "keystore", fs::copy_options::recursive);
    const auto foreign = sidecar.cli(command);
    EXPECT_EQ(foreign.status.code, 73) << "its password is another: " << foreign.err;
    fs::copy_file(
        other.dir() / "keystore.password", sidecar.dir() / "keystore.password",
        fs::copy_options::overwrite_existing);
    EXPECT_EQ(sidecar.cli_json(command)["address"], kItsAddress);
}

TEST(keystore, signs_without_a_token_and_everybody_says_so) {
    const auto anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url(), {"--keystore"}};
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    const auto doctor = sidecar.cli({"doctor"});
    EXPECT_EQ(doctor.status.code, 0) << doctor.out;
    EXPECT_NE(doctor.out.find("software keystore"), std::string::npos) << doctor.out;
    EXPECT_NE(doctor.out.find("in chela's memory from its first signature on"), std::string::npos)
        << doctor.out;
    const Json key = sidecar.cli_json({"key", "list"})["keys"].at(0);
    EXPECT_EQ(key["back_end"], "keystore");
    EXPECT_EQ(sidecar.cli({"key", "attest", text(key["label"])}).status.code, 69);
    sidecar.start();
    EXPECT_NE(sidecar.log().find("software keystore"), std::string::npos) << sidecar.log();
    const Json hsm = json_of(must(sidecar.tcp().request("GET", "/v1/health/hsm")));
    EXPECT_EQ(hsm["hsm_provider"], "software_keystore") << hsm;
    EXPECT_EQ(hsm["status"], "ok");
    const auto answer = sidecar.submit(agent, payment(kPayee, "0.25"), "once");
    ASSERT_EQ(answer.status, 201U) << answer.body;
    EXPECT_EQ(sidecar.wait_final(agent, json_of(answer))["state"], "confirmed");
    // The file is a Web3 Secret Storage file that others read, and nothing of the key is elsewhere.
    fs::path file;
    for (const auto& entry : fs::directory_iterator{sidecar.dir() / "keystore"})
        file = entry.path();
    std::ifstream password{sidecar.dir() / "keystore.password"};
    const std::string secret{std::istreambuf_iterator<char>{password}, {}};
    const auto opened =
        cast({"wallet", "address", "--keystore", file.string(), "--password", secret});
    EXPECT_NE(opened.find(agent.address), std::string::npos) << opened;
    EXPECT_EQ(sidecar.log().find(secret), std::string::npos);
}

}  // namespace
}  // namespace chela::test
