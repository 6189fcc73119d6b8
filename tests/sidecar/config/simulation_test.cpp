#include "tests/sidecar/config/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::config::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// kToken, kChain, and a `simulation:` of this text in braces.
std::string with(const std::string& simulation) {
    return kToken + kChain + "    simulation: {" + simulation + "}\n";
}
std::string tenderly(const std::string& rest) {
    return with("provider: tenderly, tenderly: {" + rest + "}");
}
const std::string kWhole = "account: my-team, project: pay_ments, access_key_file: t.key";

TEST(config_simulation, is_by_the_node_unless_said_otherwise) {
    EXPECT_FALSE(read(kToken + kChain)->chains[0].tenderly);
    EXPECT_FALSE(read(with(""))->chains[0].tenderly);
    EXPECT_FALSE(read(with("provider: node"))->chains[0].tenderly);
    EXPECT_FALSE(read(with("provider: node, tenderly: {" + kWhole + "}"))->chains[0].tenderly);
}

TEST(config_simulation, by_tenderly_has_its_account_project_and_key_file) {
    const auto config = read(tenderly(kWhole));
    ASSERT_TRUE(config) << config.error().detail;
    const auto& section = config->chains[0].tenderly;
    ASSERT_TRUE(section);
    EXPECT_EQ(section->account, "my-team");
    EXPECT_EQ(section->project, "pay_ments");
    EXPECT_EQ(section->access_key_file, "/state/t.key");
    EXPECT_EQ(section->url, "https://api.tenderly.co");
}

TEST(config_simulation, may_be_at_another_url_but_sends_no_key_in_the_clear) {
    for (const std::string url :
         {"https://tenderly.example.org/x", "'http://127.0.0.1:8080'", "'http://[::1]:1/'",
          "http://localhost"}) {
        EXPECT_TRUE(read(tenderly(kWhole + ", url: " + url))) << url;
    }
    for (const std::string url :
         {"http://tenderly.example.org", "http://127.0.0.1.example.org", "'https://SECRET@x'",
          "https://", "api.tenderly.co", "'https://x/?key=SECRET'", "ftp://x"}) {
        const auto message = refusal(tenderly(kWhole + ", url: " + url));
        EXPECT_THAT(message, HasSubstr("chains.base.simulation.tenderly.url: expected a URL"));
        EXPECT_THAT(message, Not(HasSubstr("SECRET"))) << url;
    }
}

TEST(config_simulation, refuses_what_is_missing_or_unclear) {
    const std::string at = "chains.base.simulation.";
    EXPECT_THAT(refusal(with("provider: alchemy")), HasSubstr(at + "provider: expected node or"));
    EXPECT_THAT(refusal(with("provider: tenderly")), HasSubstr(at + "tenderly: is required"));
    EXPECT_THAT(
        refusal(with("tenderly: {" + kWhole + "}")), HasSubstr(at + "provider: is required"));
    EXPECT_THAT(
        refusal(tenderly("project: p, access_key_file: t")),
        HasSubstr(at + "tenderly.account: is required"));
    EXPECT_THAT(
        refusal(tenderly("account: a, access_key_file: t")),
        HasSubstr(at + "tenderly.project: is required"));
    EXPECT_THAT(
        refusal(tenderly("account: a, project: p")),
        HasSubstr(at + "tenderly.access_key_file: is required"));
    EXPECT_THAT(
        refusal(tenderly("account: a/../b, project: p, access_key_file: t")),
        HasSubstr(at + "tenderly.account: expected letters"));
    EXPECT_THAT(
        refusal(with("provider: node, tenderly: {account: 'a b', project: p, access_key_file: t}")),
        HasSubstr(at + "tenderly.account: expected letters"))
        << "also where it is not used";
    EXPECT_THAT(
        refusal(tenderly(kWhole + ", access_key: SECRET")),
        HasSubstr("unknown key \"access_key\""));
}

TEST(config_simulation, takes_overrides_from_the_environment) {
    const auto config = read(
        tenderly(kWhole), {{"CHELA_CHAINS__BASE__SIMULATION__TENDERLY__PROJECT", "other"},
                           {"CHELA_CHAINS__BASE__SIMULATION__TENDERLY__ACCESS_KEY_FILE", "/k"}});
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->chains[0].tenderly->project, "other");
    EXPECT_EQ(config->chains[0].tenderly->access_key_file, "/k");
}

}  // namespace
}  // namespace chela::sidecar::config::test
