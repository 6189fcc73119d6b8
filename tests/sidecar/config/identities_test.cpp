#include "tests/sidecar/config/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::config::test {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

constexpr auto kHead =
    "identities:\n"
    "  trader:\n"
    "    agent_id: 6f1c1c1e-0000-4000-8000-00000000000a\n"
    "    api_key_file: k\n";

TEST(config_identities, reads_an_identity) {
    const auto config = read(kToken + kIdentity);
    ASSERT_TRUE(config) << config.error().detail;
    ASSERT_EQ(config->identities.size(), 1U);
    const auto& identity = config->identities[0];
    EXPECT_EQ(identity.name, "trader");
    EXPECT_EQ(identity.agent_id, "6f1c1c1e-0000-4000-8000-00000000000a");
    EXPECT_EQ(identity.api_key_file, "/state/secrets/trader.key");
    EXPECT_EQ(identity.authority, "embedded");
    EXPECT_THAT(identity.uids, ElementsAre(1000U, 1001U));
    EXPECT_EQ(identity.client_token_file, "/abs/trader.token");
}

TEST(config_identities, needs_at_least_one_way_in) {
    for (const std::string allow :
         {"", "    allow:\n", "    allow: {}\n", "    allow: {uids: []}\n"})
        EXPECT_THAT(
            refusal(kToken + kHead + allow),
            testing::HasSubstr("identities.trader.allow: nobody may use"))
            << allow;
    EXPECT_TRUE(read(kToken + kHead + "    allow: {uids: [0]}\n"));
    EXPECT_TRUE(read(kToken + kHead + "    allow: {client_token_file: t}\n"));
}

TEST(config_identities, refuses_a_uid_that_is_taken) {
    EXPECT_EQ(
        refusal(
            kToken + kHead +
            "    allow: {uids: [7]}\n"
            "  other:\n"
            "    agent_id: 6f1c1c1e-0000-4000-8000-00000000000b\n"
            "    api_key_file: k\n"
            "    allow: {uids: [8, 7]}\n"),
        "c.yaml:12: identities.other.allow.uids: uid 7 belongs to the identity \"trader\" already");
    EXPECT_THAT(
        refusal(kToken + kHead + "    allow: {uids: [7, 7]}\n"),
        testing::HasSubstr("uid 7 belongs to"));
}

TEST(config_identities, refuses_a_uid_that_is_not_a_number_of_a_user) {
    for (const std::string uid : {"-1", "root", "0x1", "010", "4294967295", "4294967296", "1.0"})
        EXPECT_THAT(
            refusal(kToken + kHead + "    allow: {uids: [" + uid + "]}\n"),
            StartsWith("c.yaml:8: identities.trader.allow.uids: expected a numeric user id"))
            << uid;
}

TEST(config_identities, refuses_an_agent_id_that_is_not_a_uuid) {
    for (const std::string id :
         {"trader", "6f1c1c1e00004000800000000000000a", "6f1c1c1e-0000-4000-8000-00000000000g",
          "6f1c1c1e-0000-4000-8000-00000000000a1", "6f1c1c1e+0000-4000-8000-00000000000a"})
        EXPECT_THAT(
            refusal(kToken + "identities:\n  t:\n    agent_id: " + id + "\n    api_key_file: k\n"),
            StartsWith("c.yaml:6: identities.t.agent_id: expected a UUID"))
            << id;
}

TEST(config_identities, may_have_their_authority_elsewhere) {
    const auto config = read(
        kToken + kHead +
        "    authority: https://other.example.org/api\n    authority_ca_file: ca.pem\n"
        "    allow: {uids: [1]}\n");
    ASSERT_TRUE(config) << config.error().detail;
    const auto& identity = config->identities.at(0);
    EXPECT_TRUE(identity.is_elsewhere());
    EXPECT_EQ(identity.authority, "https://other.example.org/api");
    ASSERT_TRUE(identity.authority_ca_file.has_value());
    EXPECT_EQ(identity.authority_ca_file->filename(), "ca.pem");
}

TEST(config_identities, refuses_what_is_missing_or_no_authority) {
    EXPECT_THAT(
        refusal(kToken + "identities:\n  t: {api_key_file: k}\n"),
        StartsWith("c.yaml:5: identities.t.agent_id: is required"));
    EXPECT_THAT(
        refusal(kToken + "identities:\n  t: {agent_id: 6f1c1c1e-0000-4000-8000-00000000000a}\n"),
        StartsWith("c.yaml:5: identities.t.api_key_file: is required"));
    for (const std::string authority : {"ftp://other", "other", "https://", "https:// other"}) {
        EXPECT_THAT(
            refusal(
                kToken + kHead + "    authority: \"" + authority + "\"\n    allow: {uids: [1]}\n"),
            StartsWith("c.yaml:8: identities.trader.authority: "));
    }
    EXPECT_THAT(
        refusal(kToken + kHead + "    authority_ca_file: ca.pem\n    allow: {uids: [1]}\n"),
        StartsWith("c.yaml:8: identities.trader.authority_ca_file: "));
    EXPECT_THAT(
        refusal(kToken + "identities:\n  T: {}\n"),
        StartsWith("c.yaml:5: identities.T: an identity's name is lower-case"));
}

}  // namespace
}  // namespace chela::sidecar::config::test
