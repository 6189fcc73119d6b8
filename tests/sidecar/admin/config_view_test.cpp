#include "sidecar/admin/config_view.hpp"

#include "tests/sidecar/config/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::admin {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kDocument = R"(
token: {uri: 'pkcs11:token=treasury?module-path=/m.so&x-secret=canary1', pin_file: token.pin}
health: {listen: '0.0.0.0:9809', require: [credentials]}
chains:
  base:
    chain_id: 8453
    endpoints:
      - url: https://user:canary2@rpc.example.org/canary3?key=canary4
        ws_url: wss://rpc.example.org/canary5
      - url: https://other.example.org/canary7
        authorization_file: secrets/rpc.authorization
        headers: [{name: X-Key, value_file: secrets/x.key}]
    max_fee_per_transaction: 0.01 ETH
    simulation:
      provider: tenderly
      tenderly: {account: a, project: b, access_key_file: t.key, url: 'https://api.tenderly.co/canary6'}
identities:
  trader:
    agent_id: 6f1c1c1e-0000-4000-8000-00000000000a
    api_key_file: secrets/trader.key
    allow: {uids: [1000], client_token_file: secrets/trader.token}
)";

TEST(config_view, shows_what_holds) {
    const auto config = config::test::read(kDocument);
    ASSERT_TRUE(config) << config.error().detail;
    const Json view = config_view(*config);
    EXPECT_EQ(view.at("server").at("listen"), "127.0.0.1:8787");
    EXPECT_EQ(view.at("server").at("admin_socket"), "/state/admin.sock");
    EXPECT_EQ(view.at("health").at("require"), Json::array({"credentials"}));
    EXPECT_EQ(view.at("token").at("uri"), "pkcs11:token=treasury");
    const Json chain = view.at("chains").at("base");
    EXPECT_EQ(chain.at("endpoints").at(0).at("url"), "https://rpc.example.org:443");
    EXPECT_EQ(chain.at("max_fee_per_transaction_wei"), "10000000000000000");
    EXPECT_EQ(view.at("identities").at("trader").at("api_key_file"), "/state/secrets/trader.key");
}

TEST(config_view, shows_nothing_that_is_secret_in_a_url) {
    const auto config = config::test::read(kDocument);
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_THAT(config_view(*config).dump(), Not(HasSubstr("canary")));
}

TEST(config_view, tells_what_a_reload_does_not_take_up) {
    const auto before = config::test::read(kDocument);
    ASSERT_TRUE(before) << before.error().detail;
    EXPECT_THAT(needs_restart(*before, *before), testing::IsEmpty());
    auto after = *before;
    after.identities.clear();
    after.chains.clear();
    after.log.level = "debug";
    after.health.needs_chains = true;
    after.server.tls.emplace();
    EXPECT_THAT(needs_restart(*before, after), testing::IsEmpty()) << "these are taken up";
    after.server.unix_socket = "/run/other.sock";
    after.server.rate_limits.requests.reset();
    after.intents.default_token_ttl = std::chrono::seconds{7};
    after.health.listen = "127.0.0.1:1";
    after.token.reset();
    EXPECT_THAT(
        needs_restart(*before, after), testing::UnorderedElementsAre(
                                           "server.unix_socket", "server.rate_limits",
                                           "intents.default_token_ttl", "health.listen", "token"));
}

}  // namespace
}  // namespace chela::sidecar::admin
