#include "sidecar/app/chain_set.hpp"

#include "sidecar/app/version.hpp"
#include "tests/sidecar/await.hpp"

#include <algorithm>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace chela::sidecar::app {
namespace {

config::ChainConfig chain_of(std::string name, std::uint64_t id, std::string url) {
    config::ChainConfig chain;
    chain.name = std::move(name);
    chain.chain_id = ChainId{id};
    chain.display_name = "Chain";
    chain.endpoints.push_back({std::move(url), {}, {}, {}, {}});
    chain.max_fee_per_transaction = Wei{U256{7}};
    chain.confirmations = 3;
    chain.is_testnet = true;
    return chain;
}

class chain_set : public testing::Test {
protected:
    Result<std::shared_ptr<const flow::ChainSet>> make(std::vector<config::ChainConfig> chains) {
        config::Config config;
        config.chains = std::move(chains);
        return make_chain_set(config, context_.get_executor());
    }
    boost::asio::io_context context_;
};

TEST_F(chain_set, has_every_configured_chain_and_a_client_for_each) {
    const auto set = make(
        {chain_of("anvil", 31'337, "http://127.0.0.1:8545"),
         chain_of("base", 8'453, "https://node.example/v2/key")});
    ASSERT_TRUE(set.has_value()) << set.error().detail;
    ASSERT_EQ((*set)->registry.chains().size(), 2U);
    const auto base = (*set)->registry.find("base");
    ASSERT_TRUE(base.has_value());
    EXPECT_EQ(base->chain_id, ChainId{8'453});
    EXPECT_EQ(base->max_fee_per_transaction, Wei{U256{7}});
    EXPECT_EQ(base->confirmations, 3U);
    EXPECT_TRUE(base->is_testnet);
    ASSERT_EQ((*set)->clients.size(), 2U);
    EXPECT_NE((*set)->clients.at(8'453), nullptr);
    EXPECT_NE((*set)->clients.at(31'337), nullptr);
}

TEST_F(chain_set, has_one_client_over_all_endpoints_of_a_chain) {
    auto chain = chain_of("base", 8'453, "https://a.example/key");
    chain.endpoints.push_back({"http://127.0.0.1:1", {}, {}, {}, {}});
    chain.use_finalized_tag = true;
    const auto set = make({chain});
    ASSERT_TRUE(set.has_value()) << set.error().detail;
    EXPECT_TRUE((*set)->registry.find("base")->use_finalized_tag);
    const auto& client = (*set)->clients.at(8'453);
    EXPECT_EQ(client->endpoints(), 2U);
    const auto health = client->health();
    EXPECT_EQ(health.at(0).origin, "https://a.example:443");
    EXPECT_EQ(health.at(0).state, node::EndpointState::untried);
    EXPECT_EQ(health.at(1).origin, "http://127.0.0.1:1");
}

TEST_F(chain_set, refuses_a_ca_file_that_is_none) {
    auto chain = chain_of("base", 8'453, "https://a.example/key");
    chain.endpoints[0].ca_file = "/nonexistent/ca.pem";
    const auto refused = make({chain});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_NODE_CA_FILE");
}

TEST_F(chain_set, counts_and_logs_what_its_endpoints_do) {
    const auto metrics = std::make_shared<telemetry::Metrics>();
    config::Config config;
    config.chains = {chain_of("base", 8'453, "http://127.0.0.1:1/secretkey")};
    const auto set = make_chain_set(config, context_.get_executor(), metrics);
    ASSERT_TRUE(set.has_value());
    testing::internal::CaptureStderr();
    test::await(
        context_, (*set)->clients.at(8'453)->probe(
                      std::chrono::steady_clock::now() + std::chrono::seconds{30}));
    const auto logged = testing::internal::GetCapturedStderr();
    EXPECT_NE(logged.find("\"event\":\"node_endpoint\""), std::string::npos) << logged;
    EXPECT_NE(logged.find("\"state\":\"failing\""), std::string::npos) << logged;
    EXPECT_EQ(logged.find("secretkey"), std::string::npos) << logged;
    const auto text = metrics->text();
    EXPECT_NE(
        text.find("chela_node_calls_total{chain_id=\"8453\",endpoint=\"0\",outcome=\"failed\"} 1"),
        std::string::npos)
        << text;
}

TEST_F(chain_set, of_no_chains_is_empty) {
    const auto set = make({});
    ASSERT_TRUE(set.has_value());
    EXPECT_TRUE((*set)->registry.chains().empty());
    EXPECT_TRUE((*set)->clients.empty());
}

TEST_F(chain_set, refuses_two_chains_with_one_name_or_one_id) {
    const auto one_name = make({chain_of("base", 1, "http://a"), chain_of("base", 2, "http://b")});
    ASSERT_FALSE(one_name.has_value());
    EXPECT_EQ(one_name.error().code, ErrorCode::invalid_input);
    const auto one_id = make({chain_of("base", 1, "http://a"), chain_of("other", 1, "http://b")});
    ASSERT_FALSE(one_id.has_value());
    EXPECT_EQ(one_id.error().code, ErrorCode::invalid_input);
}

TEST_F(chain_set, refuses_a_bad_url_without_showing_it) {
    for (const char* url :
         {"ftp://node.example/secretkey", "secretkey", "http://",
          "https://node.example:65536/secretkey"}) {
        const auto refused = make({chain_of("base", 8'453, url)});
        ASSERT_FALSE(refused.has_value()) << url;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_input) << url;
        EXPECT_EQ(refused.error().detail.find("secretkey"), std::string::npos)
            << refused.error().detail;
    }
}

TEST_F(chain_set, shows_of_a_url_only_its_origin) {
    config::Config config;
    config.chains = {
        chain_of("base", 8'453, "https://user:secret@node.example:8443/v2/key?k=v"),
        chain_of("anvil", 31'337, "http://127.0.0.1:8545/")};
    EXPECT_EQ(
        rpc_origins(config),
        (std::map<std::uint64_t, std::string>{
            {8'453, "https://node.example:8443"}, {31'337, "http://127.0.0.1:8545"}}));
}

TEST(version, is_three_numbers) {
    EXPECT_EQ(std::ranges::count(kVersion, '.'), 2);
    EXPECT_TRUE(std::ranges::all_of(kVersion, [](char c) {
        return c == '.' || (c >= '0' && c <= '9');
    })) << kVersion;
    EXPECT_EQ(kVersion.find(".."), std::string_view::npos);
    EXPECT_FALSE(kVersion.starts_with('.') || kVersion.ends_with('.'));
}

}  // namespace
}  // namespace chela::sidecar::app
