#include "sidecar/app/chain_set.hpp"

#include "sidecar/app/version.hpp"
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
    chain.rpc_url = std::move(url);
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
