#include "sidecar/app/chain_set.hpp"

#include "sidecar/app/version.hpp"
#include "tests/sidecar/await.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

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

store::ChainRecord stored(std::string name, std::uint64_t id, std::string url) {
    store::ChainRecord record;
    record.chain.name = std::move(name);
    record.chain.chain_id = ChainId{id};
    record.chain.display_name = "Stored";
    record.rpc_url = std::move(url);
    record.max_fee_per_transaction = Wei{U256{9}};
    record.created_at = TimePoint{std::chrono::hours{1}};
    record.updated_at = TimePoint{std::chrono::hours{2}};
    return record;
}

constexpr TimePoint kSince{std::chrono::hours{3}};

class chain_set : public testing::Test {
protected:
    Result<std::shared_ptr<const flow::ChainSet>> make(
        std::vector<config::ChainConfig> chains, const StoredChains& stored = {}) {
        config::Config config;
        config.chains = std::move(chains);
        return make_chain_set(config, stored, kSince, context_.get_executor());
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
    chain.finality = chains::Finality::finalized_tag;
    const auto set = make({chain});
    ASSERT_TRUE(set.has_value()) << set.error().detail;
    EXPECT_EQ((*set)->registry.find("base")->finality, chains::Finality::finalized_tag);
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
    const auto set = make_chain_set(config, {}, kSince, context_.get_executor(), metrics);
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

TEST_F(chain_set, has_a_simulator_for_each_chain_with_tenderly_where_it_is_configured) {
    const test::TempDir folder;
    auto with_tenderly = chain_of("base", 8'453, "https://node.example");
    with_tenderly.tenderly = config::TenderlySection{
        .account = "team", .project = "pay", .access_key_file = folder.path() / "key"};
    const std::vector chains{chain_of("anvil", 31'337, "http://127.0.0.1:8545"), with_tenderly};
    EXPECT_EQ(make(chains).error().code, ErrorCode::not_found) << "the key is not there";
    std::ofstream{folder.path() / "key"} << "secret key\n";
    std::filesystem::permissions(folder.path() / "key", std::filesystem::perms{0644});
    EXPECT_EQ(make(chains).error().reason, "E_FILE_MODE");
    std::filesystem::permissions(folder.path() / "key", std::filesystem::perms{0600});
    EXPECT_EQ(make(chains).error().reason, "E_TENDERLY_KEY") << "a space";
    std::ofstream{folder.path() / "key"} << "secret-key\n";
    const auto set = make(chains);
    ASSERT_TRUE(set.has_value()) << set.error().detail;
    ASSERT_EQ((*set)->simulators.size(), 2U);
    EXPECT_EQ((*set)->simulators.at(31'337)->tenderly(), nullptr);
    ASSERT_NE((*set)->simulators.at(8'453)->tenderly(), nullptr);
    EXPECT_EQ((*set)->simulators.at(8'453)->tenderly()->name(), "team/pay");
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
    const auto set = make(
        {chain_of("base", 8'453, "https://user:secret@node.example:8443/v2/key?k=v"),
         chain_of("anvil", 31'337, "http://127.0.0.1:8545/")});
    ASSERT_TRUE(set.has_value()) << set.error().detail;
    EXPECT_EQ((*set)->listings.at(8'453).rpc_origin, "https://node.example:8443");
    EXPECT_EQ((*set)->listings.at(31'337).rpc_origin, "http://127.0.0.1:8545");
    EXPECT_TRUE((*set)->listings.at(8'453).is_configured);
    EXPECT_EQ((*set)->listings.at(8'453).created_at, kSince);
}

TEST_F(chain_set, has_everything_that_the_configuration_says_of_a_chain) {
    auto chain = chain_of("base", 8'453, "http://a");
    chain.display_name = "Base";
    chain.explorer_url = "https://x.example";
    chain.native_currency = "XYZ";
    chain.is_enabled = false;
    chain.has_eip1559 = false;
    chain.block_time = std::chrono::milliseconds{250};
    chain.finality = chains::Finality::finalized_tag;
    const chains::Chain expected{
        .name = "base",
        .chain_id = ChainId{8'453},
        .display_name = "Base",
        .explorer_url = "https://x.example",
        .native_currency = "XYZ",
        .is_testnet = true,
        .max_fee_per_transaction = Wei{U256{7}},
        .confirmations = 3,
        .is_enabled = false,
        .has_eip1559 = false,
        .block_time = std::chrono::milliseconds{250},
        .finality = chains::Finality::finalized_tag};
    EXPECT_EQ(described(chain), expected);
}

TEST_F(chain_set, has_the_stored_chains_beside_the_configured_ones) {
    const auto set = make(
        {chain_of("base", 8'453, "http://a")},
        {stored("gnosis", 100, "https://user:secret@node.example/key")});
    ASSERT_TRUE(set.has_value()) << set.error().detail;
    ASSERT_EQ((*set)->registry.chains().size(), 2U);
    const auto gnosis = (*set)->registry.find("gnosis");
    ASSERT_TRUE(gnosis.has_value());
    EXPECT_EQ(gnosis->max_fee_per_transaction, Wei{U256{9}});
    EXPECT_EQ((*set)->clients.at(100)->chain().name, "gnosis");
    const auto& listing = (*set)->listings.at(100);
    EXPECT_FALSE(listing.is_configured);
    EXPECT_EQ(listing.rpc_origin, "https://node.example:443");
    EXPECT_EQ(listing.created_at, TimePoint{std::chrono::hours{1}});
    EXPECT_EQ(listing.updated_at, TimePoint{std::chrono::hours{2}});
    const auto configured = flow::configured_chains(**set);
    ASSERT_EQ(configured.size(), 1U);
    EXPECT_EQ(configured[0].name, "base");
}

TEST_F(chain_set, goes_by_the_configuration_where_both_have_a_chain) {
    const auto set = make(
        {chain_of("base", 8'453, "http://a")},
        {stored("ours", 8'453, "https://b"), stored("base", 1, "https://c"),
         stored("gnosis", 100, "https://d")});
    ASSERT_TRUE(set.has_value()) << set.error().detail;
    ASSERT_EQ((*set)->registry.chains().size(), 2U);
    EXPECT_EQ((*set)->registry.find("8453")->name, "base");
    EXPECT_EQ((*set)->listings.at(8'453).rpc_origin, "http://a:80");
    EXPECT_FALSE((*set)->registry.find("1").has_value());
    EXPECT_TRUE((*set)->clients.contains(100));
}

TEST_F(chain_set, has_no_client_for_a_chain_without_a_node) {
    auto bare = stored("zone", 7, "");
    bare.chain.is_enabled = false;
    const auto set = make({}, {bare});
    ASSERT_TRUE(set.has_value()) << set.error().detail;
    EXPECT_TRUE((*set)->registry.find("zone").has_value());
    const auto client = flow::client_for(**set, ChainId{7});
    ASSERT_FALSE(client.has_value());
    EXPECT_EQ(client.error().reason, "E_UNKNOWN_CHAIN");
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
