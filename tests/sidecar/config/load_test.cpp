#include "sidecar/config/config.hpp"
#include "sidecar/config/schema.hpp"
#include "tests/sidecar/config/documents.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::config::test {
namespace {

using testing::HasSubstr;

const InitialSettings kInitial{
    .pkcs11_module = "/usr/lib/softhsm/libsofthsm2.so", .token_label = "my token?"};

void write(const chela::test::TempDir& dir, const std::string& text) {
    std::ofstream{dir.path() / "chela.yaml", std::ios::binary} << text;
}

TEST(config_load, accepts_the_initial_document) {
    const chela::test::TempDir dir;
    write(dir, initial_document(kInitial));
    const auto config = load(dir.path(), {});
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(
        config->token->uri,
        "pkcs11:token=my%20token%3F?module-path=/usr/lib/softhsm/libsofthsm2.so");
    EXPECT_EQ(config->token->pin_file, dir.path() / "token.pin");
    EXPECT_EQ(config->token->softhsm_conf, dir.path() / "softhsm2.conf");
    EXPECT_EQ(config->server.unix_socket, dir.path() / "chela.sock");
    EXPECT_TRUE(config->intents.require_simulation);
    EXPECT_TRUE(config->chains.empty());
    EXPECT_TRUE(config->identities.empty());
}

TEST(config_load, accepts_the_initial_document_with_every_example_taken) {
    // "# key: value" and "# chains:" are settings; explanations end in a full stop or are no
    // "key:".
    std::istringstream lines{initial_document(kInitial)};
    const std::regex example{R"(^( *)# ((  )*[a-z_]+:( .*)?)$)"};
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        if (line == "chains: {}" || line == "identities: {}") continue;
        std::smatch match;
        const bool is_example = std::regex_match(line, match, example) && !line.ends_with('.') &&
                                !line.starts_with("# chela.yaml");
        text += is_example ? match[1].str() + match[2].str() + "\n" : line + "\n";
    }
    const auto config = read(text);
    ASSERT_TRUE(config) << config.error().detail << "\n" << text;
    ASSERT_EQ(config->chains.size(), 1U);
    EXPECT_EQ(config->chains[0].name, "anvil");
    EXPECT_EQ(config->chains[0].chain_id, ChainId{31337});
    EXPECT_EQ(config->chains[0].max_fee_per_transaction, Wei{U256{10'000'000'000'000'000U}});
    ASSERT_EQ(config->identities.size(), 1U);
    EXPECT_EQ(config->identities[0].uids.size(), 1U);
    EXPECT_EQ(config->server.port_file, "/state/chela.port");
}

TEST(config_load, the_initial_document_mentions_every_key_of_the_schema) {
    const auto document = initial_document(kInitial);
    for (const auto& setting : schema()) {
        const auto key = setting.path.substr(setting.path.rfind('.') + 1);
        if (key == "*") continue;
        EXPECT_TRUE(
            std::regex_search(document, std::regex{"(^|\n)[ #-]*" + std::string{key} + ":"}))
            << setting.path;
    }
}

TEST(config_load, the_initial_document_leaves_softhsm_out_for_other_modules) {
    const auto config =
        read(initial_document({.pkcs11_module = "/opt/hsm.so", .token_label = "t"}));
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_FALSE(config->token->softhsm_conf);
}

TEST(config_load, accepts_the_initial_document_of_a_keystore) {
    const auto config = read(initial_document({}));
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_FALSE(config->token);
    ASSERT_TRUE(config->keystore);
    EXPECT_EQ(config->keystore->dir, "/state/keystore");
    EXPECT_EQ(config->keystore->password_file, "/state/keystore.password");
}

TEST(config_load, says_how_to_make_a_missing_file) {
    const chela::test::TempDir dir;
    const auto config = load(dir.path(), {});
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, ErrorCode::not_found);
    EXPECT_THAT(
        config.error().detail, HasSubstr("run `chela init --dir " + dir.path().string() + "`"));
}

TEST(config_load, names_the_file_and_the_line) {
    const chela::test::TempDir dir;
    write(dir, kToken + "log:\n  level: loud\n");
    const auto config = load(dir.path(), {});
    ASSERT_FALSE(config);
    EXPECT_THAT(
        config.error().detail,
        testing::StartsWith((dir.path() / "chela.yaml").string() + ":5: log.level: "));
}

TEST(config_load, applies_the_environment) {
    const chela::test::TempDir dir;
    write(dir, kToken);
    const auto config = load(dir.path(), {{"CHELA_LOG__LEVEL", "error"}});
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->log.level, "error");
}

TEST(config_load, refuses_a_file_over_one_mebibyte) {
    const chela::test::TempDir dir;
    const std::string room(1024 * 1024 - kToken.size() - 2, 'x');
    write(dir, kToken + "#" + room + "\n");
    EXPECT_TRUE(load(dir.path(), {}));
    write(dir, kToken + "#" + room + "x\n");
    const auto config = load(dir.path(), {});
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, ErrorCode::invalid_input);
    EXPECT_THAT(config.error().detail, HasSubstr("larger than 1048576 bytes"));
}

TEST(config_load, refuses_what_is_not_a_regular_file) {
    const chela::test::TempDir dir;
    std::filesystem::create_directory(dir.path() / "chela.yaml");
    const auto config = load(dir.path(), {});
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, ErrorCode::invalid_input);
    EXPECT_THAT(config.error().detail, HasSubstr("not a regular file"));
}

}  // namespace
}  // namespace chela::sidecar::config::test
