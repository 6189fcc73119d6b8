#include "tests/sidecar/config/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::config::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kDashedChain =
    "chains:\n  base-sepolia: {chain_id: 84532, rpc_url: http://a, max_fee_per_transaction: 1 "
    "ETH}\n";

TEST(config_environment, overrides_a_setting_of_the_file) {
    const auto config = read(
        kToken + kChain + "log: {level: warn}\n",
        {{"CHELA_LOG__LEVEL", "debug"}, {"CHELA_CHAINS__BASE__RPC_URL", "http://127.0.0.1:1"}});
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->log.level, "debug");
    EXPECT_EQ(config->chains[0].endpoints[0].url, "http://127.0.0.1:1");
}

TEST(config_environment, sets_what_the_file_leaves_out) {
    const auto config = read(
        "log:\n", {{"CHELA_TOKEN__URI", "pkcs11:token=x?module-path=/m"},
                   {"CHELA_TOKEN__PIN_FILE", "pin"},
                   {"CHELA_LOG__LEVEL", "error"}});
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->token->pin_file, "/state/pin");
    EXPECT_EQ(config->log.level, "error");
}

TEST(config_environment, case_and_dashes_do_not_matter) {
    for (const std::string name :
         {"CHELA_CHAINS__BASE_SEPOLIA__RPC_URL", "CHELA_chains__base-sepolia__rpc-url",
          "CHELA_Chains__Base_sepolia__Rpc_Url"}) {
        const auto config = read(kToken + kDashedChain, {{name, "http://b"}});
        ASSERT_TRUE(config) << config.error().detail;
        EXPECT_EQ(config->chains[0].endpoints[0].url, "http://b") << name;
    }
}

TEST(config_environment, lists_are_comma_separated) {
    const auto config = read(
        kToken + kIdentity,
        {{"CHELA_IDENTITIES__TRADER__ALLOW__UIDS", "5,6"}, {"CHELA_SERVER__ALLOWED_HOSTS", "a"}});
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_THAT(config->identities[0].uids, ElementsAre(5U, 6U));
    EXPECT_THAT(config->server.allowed_hosts, ElementsAre("a"));
    const auto emptied =
        read(kToken + "server: {allowed_hosts: [a]}\n", {{"CHELA_SERVER__ALLOWED_HOSTS", ""}});
    ASSERT_TRUE(emptied) << emptied.error().detail;
    EXPECT_TRUE(emptied->server.allowed_hosts.empty());
    EXPECT_EQ(
        refusal(kToken, {{"CHELA_SERVER__ALLOWED_HOSTS", "a,"}}),
        "CHELA_SERVER__ALLOWED_HOSTS: server.allowed_hosts: expected a host name without port, "
        "found \"\"");
}

TEST(config_environment, leaves_other_variables_alone) {
    EXPECT_EQ(
        refusal(
            kToken, {{"CHELA_DIR", "/x"},
                     {"CHELA_ANVIL", "y"},
                     {"CHELA_", ""},
                     {"OTHER__LISTEN", "z"},
                     {"XCHELA_SERVER__LISTEN", "z"},
                     {"PATH", "/bin"}}),
        "accepted");
}

TEST(config_environment, refuses_one_underscore_where_two_are_meant) {
    EXPECT_EQ(
        refusal(kToken, {{"CHELA_SERVER_LISTEN", "127.0.0.1:1"}}),
        "CHELA_SERVER_LISTEN: sets nothing: two underscores go between levels, as in "
        "CHELA_SERVER__LISTEN");
    EXPECT_EQ(
        refusal(kToken, {{"CHELA_CHAINS_BASE_RPC_URL", "http://x"}}),
        "CHELA_CHAINS_BASE_RPC_URL: sets nothing: two underscores go between levels, as in "
        "CHELA_CHAINS__NAME__RPC_URL");
    // What Kubernetes adds for a service named chela-server.
    EXPECT_EQ(
        refusal(
            kToken, {{"CHELA_SERVER_PORT", "tcp://10.0.0.1:8787"},
                     {"CHELA_SERVER_SERVICE_HOST", "10.0.0.1"}}),
        "accepted");
}

TEST(config_environment, refuses_an_unknown_setting) {
    EXPECT_EQ(
        refusal(kToken, {{"CHELA_SERVER__LISTN", "x"}}),
        "CHELA_SERVER__LISTN: unknown setting \"listn\"; did you mean \"listen\"?");
    EXPECT_THAT(
        refusal(kToken, {{"CHELA_SERVR__LISTEN", "x"}}),
        StartsWith("CHELA_SERVR__LISTEN: unknown setting \"servr\"; did you mean \"server\"?"));
    EXPECT_THAT(
        refusal(kToken, {{"CHELA_SERVER__LISTEN__PORT", "x"}}),
        HasSubstr("unknown setting \"port\""));
    EXPECT_THAT(refusal(kToken, {{"CHELA_SERVER__", "x"}}), HasSubstr("unknown setting \"\""));
    EXPECT_THAT(refusal(kToken, {{"CHELA___LISTEN", "x"}}), HasSubstr("unknown setting \"\""));
    EXPECT_THAT(
        refusal(kToken, {{"CHELA_SERVER.LISTEN__X", "x"}}),
        HasSubstr("unknown setting \"server.listen\""));
}

TEST(config_environment, refuses_an_entry_that_the_file_does_not_have) {
    EXPECT_THAT(
        refusal(kToken + kChain, {{"CHELA_CHAINS__BSE__RPC_URL", "http://x"}}),
        StartsWith(
            "CHELA_CHAINS__BSE__RPC_URL: chains has no entry \"bse\"; did you mean \"base\"?"));
    EXPECT_THAT(
        refusal(kToken, {{"CHELA_IDENTITIES__T__AGENT_ID", "x"}}),
        StartsWith("CHELA_IDENTITIES__T__AGENT_ID: identities has no entry \"t\""));
    EXPECT_THAT(
        refusal(kToken + "chains: {a-b: {}, a_b: {}}\n", {{"CHELA_CHAINS__A_B__RPC_URL", "x"}}),
        HasSubstr("could mean a-b or a_b"));
}

TEST(config_environment, refuses_a_section_and_a_setting_that_is_set_twice) {
    EXPECT_EQ(
        refusal(kToken + kChain, {{"CHELA_CHAINS__BASE", "x"}}),
        "CHELA_CHAINS__BASE: names a section, not a setting");
    EXPECT_EQ(
        refusal(kToken, {{"CHELA_LOG__LEVEL", "info"}, {"CHELA_log__level", "warn"}}),
        "CHELA_log__level: CHELA_LOG__LEVEL sets log.level as well; keep one");
}

TEST(config_environment, checks_values_like_the_file_and_names_the_variable) {
    EXPECT_EQ(
        refusal(kToken, {{"CHELA_LOG__LEVEL", "loud"}}),
        "CHELA_LOG__LEVEL: log.level: expected one of debug, info, warn, error, found \"loud\"");
    EXPECT_THAT(
        refusal(kToken + kChain, {{"CHELA_CHAINS__BASE__MAX_FEE_PER_TRANSACTION", "5"}}),
        StartsWith("CHELA_CHAINS__BASE__MAX_FEE_PER_TRANSACTION: "
                   "chains.base.max_fee_per_transaction: expected an amount"));
    EXPECT_THAT(
        refusal(kToken, {{"CHELA_SERVER__MAX_BODY_BYTES", "0x400"}}),
        StartsWith("CHELA_SERVER__MAX_BODY_BYTES: server.max_body_bytes: expected a whole number"));
    EXPECT_THAT(
        refusal(kToken, {{"CHELA_SERVER__LISTEN", "a:1\nb"}}),
        StartsWith("CHELA_SERVER__LISTEN: a value must be one line"));
    EXPECT_THAT(
        refusal(kToken, {{"CHELA_TOKEN__PIN_FILE", ""}}),
        StartsWith("CHELA_TOKEN__PIN_FILE: token.pin_file: expected a path"));
}

}  // namespace
}  // namespace chela::sidecar::config::test
