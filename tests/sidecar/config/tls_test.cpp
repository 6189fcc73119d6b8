#include "tests/sidecar/config/documents.hpp"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::config::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kFiles = "    certificate_file: tls/tls.crt\n    key_file: /abs/tls.key\n";

std::string with_tls(const std::string& lines) {
    return kToken + "server:\n  tls:\n" + lines;
}
std::string with_accounts(const std::string& lines) {
    return kToken + "server:\n  service_accounts:\n" + lines;
}
std::string with_allow(const std::string& allow, const std::string& other = {}) {
    const std::string identity =
        "    agent_id: 6f1c1c1e-0000-4000-8000-00000000000a\n    api_key_file: k\n    allow: ";
    std::string text = kToken + "server:\n  tls:\n" + kFiles +
                       "    client_ca_file: clients.pem\n  service_accounts:\n"
                       "    issuer: https://i.example\n    audience: chela\n" +
                       "identities:\n  trader:\n" + identity + allow + "\n";
    if (!other.empty()) text += "  other:\n" + identity + other + "\n";
    return text;
}

TEST(config_tls, reads_its_files_and_wants_client_certificates_where_there_is_an_authority) {
    const auto config = read(with_tls(std::string{kFiles} + "    client_ca_file: clients.pem\n"));
    ASSERT_TRUE(config) << config.error().detail;
    ASSERT_TRUE(config->server.tls);
    EXPECT_EQ(config->server.tls->certificate_file, "/state/tls/tls.crt");
    EXPECT_EQ(config->server.tls->key_file, "/abs/tls.key");
    EXPECT_EQ(config->server.tls->client_ca_file, "/state/clients.pem");
    EXPECT_TRUE(config->server.tls->require_client_certificate);
    EXPECT_EQ(config->server.tls->watch_interval, std::chrono::seconds{2});
    EXPECT_FALSE(config->server.unsafe_listen);
    EXPECT_FALSE(read(kToken)->server.tls);
}

TEST(config_tls, refuses_half_of_a_pair_and_demands_that_say_nothing) {
    EXPECT_THAT(
        refusal(with_tls("    certificate_file: a\n")),
        HasSubstr("server.tls.key_file: is required"));
    EXPECT_THAT(
        refusal(with_tls("    key_file: a\n")),
        HasSubstr("server.tls.certificate_file: is required"));
    EXPECT_THAT(
        refusal(with_tls(std::string{kFiles} + "    require_client_certificate: true\n")),
        HasSubstr("says nothing without a client_ca_file"));
    EXPECT_THAT(
        refusal(with_tls(std::string{kFiles} + "    watch_interval: 11s\n")),
        HasSubstr("watch_interval"));
}

TEST(config_tls, reads_the_issuer_of_service_accounts) {
    const auto config = read(
        with_accounts("    issuer: https://i.example\n    audience: chela\n    ca_file: ca.crt\n"));
    ASSERT_TRUE(config) << config.error().detail;
    ASSERT_TRUE(config->server.service_accounts);
    EXPECT_EQ(config->server.service_accounts->issuer, "https://i.example");
    EXPECT_EQ(config->server.service_accounts->audience, "chela");
    EXPECT_EQ(config->server.service_accounts->ca_file, "/state/ca.crt");
}

TEST(config_tls, refuses_an_issuer_that_others_could_speak_for) {
    EXPECT_THAT(
        refusal(with_accounts("    issuer: http://i.example\n    audience: a\n")),
        HasSubstr("server.service_accounts.issuer: expected an https:// URL"));
    EXPECT_THAT(
        refusal(
            with_accounts("    issuer: https://i\n    audience: a\n    jwks_url: http://i/jwks\n")),
        HasSubstr("jwks_url: expected an https:// URL"));
    EXPECT_THAT(
        refusal(with_accounts("    issuer: https://i\n")), HasSubstr("audience: is required"));
    EXPECT_THAT(refusal(with_accounts("    audience: a\n")), HasSubstr("issuer: is required"));
    EXPECT_THAT(
        refusal(with_accounts("    issuer: https://i\n    audience: a\n    jwks_file: f\n"
                              "    jwks_url: https://i/jwks\n")),
        HasSubstr("name one"));
}

TEST(config_tls, reads_whom_an_identity_allows) {
    const auto config = read(with_allow(
        "{gids: [7], executable: /usr/bin/agent, spiffe_ids: [\"spiffe://a/b\"], dns_names: "
        "[a.example], service_accounts: [{namespace: agents, name: trader}]}"));
    ASSERT_TRUE(config) << config.error().detail;
    const auto& identity = config->identities.at(0);
    EXPECT_THAT(identity.gids, ElementsAre(7U));
    EXPECT_EQ(identity.executable, "/usr/bin/agent");
    EXPECT_THAT(identity.spiffe_ids, ElementsAre("spiffe://a/b"));
    EXPECT_THAT(identity.dns_names, ElementsAre("a.example"));
    ASSERT_EQ(identity.service_accounts.size(), 1U);
    EXPECT_EQ(identity.service_accounts[0].name_space, "agents");
    EXPECT_EQ(identity.service_accounts[0].name, "trader");
}

TEST(config_tls, refuses_callers_whom_no_listener_could_recognise) {
    const std::string identity =
        "identities:\n  trader:\n    agent_id: 6f1c1c1e-0000-4000-8000-00000000000a\n"
        "    api_key_file: k\n    allow: ";
    const std::string without_authority = "server:\n  tls:\n" + std::string{kFiles};
    for (const auto& server : {std::string{}, without_authority}) {
        EXPECT_THAT(
            refusal(kToken + server + identity + "{spiffe_ids: [\"spiffe://a/b\"]}\n"),
            HasSubstr("spiffe_ids: is for client certificates"));
        EXPECT_THAT(
            refusal(kToken + server + identity + "{dns_names: [a.example]}\n"),
            HasSubstr("dns_names: is for client certificates"));
        EXPECT_THAT(
            refusal(kToken + server + identity + "{service_accounts: [{namespace: n, name: a}]}\n"),
            HasSubstr("needs server.service_accounts"));
    }
}

TEST(config_tls, refuses_a_caller_that_two_identities_claim_and_names_both) {
    for (const auto& [allow, caller] :
         {std::pair{"{gids: [7]}", "gid 7"},
          std::pair{"{spiffe_ids: [\"spiffe://a/b\"]}", "the SPIFFE ID spiffe://a/b"},
          std::pair{"{dns_names: [a.example]}", "the DNS name a.example"},
          std::pair{"{service_accounts: [{namespace: n, name: a}]}", "the service account n/a"}}) {
        const auto why = refusal(with_allow(allow, allow));
        EXPECT_THAT(why, HasSubstr("identities.other.allow"));
        EXPECT_THAT(
            why, HasSubstr(std::string{caller} + " belongs to the identity \"trader\" already"));
    }
}

TEST(config_tls, accepts_what_the_readme_shows) {
    std::ifstream in{CHELA_README};
    const std::string readme{std::istreambuf_iterator<char>{in}, {}};
    const auto section = readme.find("## Let it listen elsewhere");
    ASSERT_NE(section, std::string::npos);
    const std::string fence = "```yaml\n";
    const auto begin = readme.find(fence, section) + fence.size();
    const auto config = read(kToken + readme.substr(begin, readme.find("```", begin) - begin));
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_TRUE(config->server.unsafe_listen);
    EXPECT_TRUE(config->server.tls && config->server.service_accounts);
    ASSERT_EQ(config->identities.size(), 1U);
    EXPECT_EQ(config->identities[0].spiffe_ids.size(), 1U);
    EXPECT_EQ(config->identities[0].service_accounts.size(), 1U);
}

TEST(config_tls, refuses_names_that_no_caller_could_have) {
    for (const std::string allow :
         {"{spiffe_ids: [\"spiffe://a\"]}", "{spiffe_ids: [\"https://a/b\"]}",
          "{dns_names: [\"*.example\"]}", "{dns_names: [A.example]}",
          "{service_accounts: [{namespace: \"n:m\", name: a}]}",
          "{service_accounts: [{namespace: n}]}", "{gids: [4294967295]}",
          "{client_token_file: t, executable: /usr/bin/agent}"})
        EXPECT_NE(refusal(with_allow(allow)), "accepted") << allow;
}

}  // namespace
}  // namespace chela::sidecar::config::test
