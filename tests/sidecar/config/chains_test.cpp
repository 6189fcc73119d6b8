#include "tests/sidecar/config/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::config::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// kToken and a chain that lacks what `without` begins with, plus `line`.
std::string chain_with(
    const std::string& without, const std::string& line, const std::string& name = "base") {
    std::string text = kToken + "chains:\n  " + name + ":\n";
    const std::string id = name == "base" ? "chain_id: 8453" : "chain_id: 4242";
    for (const std::string& kept :
         {id, std::string{"rpc_url: https://rpc.example.org/key"},
          std::string{"max_fee_per_transaction: 0.01 ETH"}})
        if (!kept.starts_with(without)) text += "    " + kept + "\n";
    return text + "    " + line + "\n";
}

TEST(config_chains, reads_a_chain_with_its_defaults) {
    const auto config = read(chain_with("none", "", "zone"));
    ASSERT_TRUE(config) << config.error().detail;
    ASSERT_EQ(config->chains.size(), 1U);
    const auto& chain = config->chains[0];
    EXPECT_EQ(chain.name, "zone");
    EXPECT_EQ(chain.chain_id, ChainId{4242});
    EXPECT_EQ(chain.display_name, "zone");
    EXPECT_EQ(chain.endpoints.at(0).url, "https://rpc.example.org/key");
    EXPECT_EQ(chain.explorer_url, "");
    EXPECT_EQ(chain.native_currency, "ETH");
    EXPECT_FALSE(chain.is_testnet);
    EXPECT_EQ(chain.max_fee_per_transaction, Wei{U256{10'000'000'000'000'000U}});
    EXPECT_EQ(chain.confirmations, 1U);
    EXPECT_TRUE(chain.is_enabled);
    EXPECT_TRUE(chain.has_eip1559);
    EXPECT_EQ(chain.block_time, 12s);
    EXPECT_EQ(chain.finality, chains::Finality::depth);
    EXPECT_EQ(chain.poll_interval, 1s);
    EXPECT_EQ(chain.rpc_timeout, 10s);
}

TEST(config_chains, takes_what_an_entry_leaves_out_from_the_table) {
    const auto config = read(
        kToken +
        "chains:\n  gnosis:\n    rpc_url: https://a.example\n    max_fee_per_transaction: 1 "
        "xDAI\n  ours:\n    chain_id: 1088\n    rpc_url: https://b.example\n    "
        "max_fee_per_transaction: 1 METIS\n");
    ASSERT_TRUE(config) << config.error().detail;
    const auto& by_name = config->chains[0];
    EXPECT_EQ(by_name.chain_id, ChainId{100});
    EXPECT_EQ(by_name.display_name, "Gnosis");
    EXPECT_EQ(by_name.explorer_url, "https://gnosisscan.io");
    EXPECT_EQ(by_name.native_currency, "xDAI");
    EXPECT_EQ(by_name.confirmations, 12U);
    EXPECT_EQ(by_name.block_time, 5s);
    EXPECT_EQ(by_name.finality, chains::Finality::finalized_tag);
    const auto& by_id = config->chains[1];
    EXPECT_EQ(by_id.name, "ours");
    EXPECT_EQ(by_id.display_name, "Metis");
    EXPECT_FALSE(by_id.has_eip1559);
}

TEST(config_chains, say_when_a_transaction_is_settled) {
    const auto with = [](const std::string& more) {
        return read(
            kToken + "chains:\n  ethereum: {rpc_url: 'https://a.example', " +
            "max_fee_per_transaction: 1 ETH" + more + "}\n");
    };
    EXPECT_EQ(with("")->chains[0].finality, chains::Finality::finalized_tag);
    EXPECT_EQ(with(", finality: depth")->chains[0].finality, chains::Finality::depth);
    const auto both = with(", finality: finalized, confirmations: 7");
    EXPECT_EQ(both->chains[0].finality, chains::Finality::finalized_tag);
    const auto wrong = with(", finality: soon");
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().detail, testing::HasSubstr("expected depth or finalized"));
}

TEST(config_chains, prefers_what_an_entry_says_to_the_table) {
    const auto config = read(
        kToken +
        "chains:\n  ethereum:\n    {rpc_url: 'https://a.example', max_fee_per_transaction: 1 ETH,\n"
        "    display_name: Main, explorer_url: 'https://x.example', is_testnet: true,\n"
        "    confirmations: 7, is_enabled: false, has_eip1559: false, block_time: 3s}\n");
    ASSERT_TRUE(config) << config.error().detail;
    const auto& chain = config->chains[0];
    EXPECT_EQ(chain.display_name, "Main");
    EXPECT_EQ(chain.explorer_url, "https://x.example");
    EXPECT_TRUE(chain.is_testnet);
    EXPECT_EQ(chain.confirmations, 7U);
    EXPECT_EQ(chain.finality, chains::Finality::depth) << "who says how deep means that depth";
    EXPECT_FALSE(chain.is_enabled);
    EXPECT_FALSE(chain.has_eip1559);
    EXPECT_EQ(chain.block_time, 3s);
}

TEST(config_chains, requires_the_fee_limit_of_a_known_chain_too_in_its_currency) {
    EXPECT_THAT(
        refusal(kToken + "chains:\n  gnosis:\n    rpc_url: https://a.example\n"),
        StartsWith("c.yaml:5: chains.gnosis.max_fee_per_transaction: is required, for example "
                   "\"0.01 xDAI\""));
}

TEST(config_chains, refuses_a_known_name_with_another_chains_id) {
    EXPECT_EQ(
        refusal(chain_with("chain_id", "chain_id: 1")),
        "c.yaml:8: chains.base.chain_id: the chain base has chain id 8453, not 1, which is "
        "ethereum; correct one of them");
}

TEST(config_chains, reads_every_setting_in_the_order_of_the_file) {
    const auto config = read(
        kToken + kChain +
        "  amoy:\n"
        "    {chain_id: 80002, rpc_url: 'http://u:p@[::1]:8545', max_fee_per_transaction: 2 POL,\n"
        "    display_name: Polygon Amoy, explorer_url: https://x.example, native_currency: POL,\n"
        "    is_testnet: true, confirmations: 64, poll_interval: 500ms, rpc_timeout: 3s}\n");
    ASSERT_TRUE(config) << config.error().detail;
    ASSERT_EQ(config->chains.size(), 2U);
    EXPECT_EQ(config->chains[0].name, "base");
    const auto& chain = config->chains[1];
    EXPECT_EQ(chain.name, "amoy");
    EXPECT_EQ(chain.display_name, "Polygon Amoy");
    EXPECT_EQ(chain.explorer_url, "https://x.example");
    EXPECT_EQ(chain.native_currency, "POL");
    EXPECT_TRUE(chain.is_testnet);
    EXPECT_EQ(chain.max_fee_per_transaction, Wei{U256{2'000'000'000'000'000'000U}});
    EXPECT_EQ(chain.confirmations, 64U);
    EXPECT_EQ(chain.poll_interval, 500ms);
    EXPECT_EQ(chain.rpc_timeout, 3s);
}

TEST(config_chains, requires_id_url_and_fee_limit) {
    EXPECT_THAT(
        refusal(chain_with("chain_id", "", "zone")),
        StartsWith("c.yaml:5: chains.zone.chain_id: is required"));
    EXPECT_THAT(
        refusal(chain_with("rpc_url", "")),
        StartsWith("c.yaml:5: chains.base.rpc_url: is required"));
    EXPECT_THAT(
        refusal(chain_with("max_fee", "")),
        StartsWith("c.yaml:5: chains.base.max_fee_per_transaction: is required, for example \"0.01 "
                   "ETH\""));
    EXPECT_THAT(
        refusal(kToken + "chains:\n  zone:\n"),
        StartsWith("c.yaml:5: chains.zone.chain_id: is required"));
    EXPECT_THAT(
        refusal(kToken + "chains:\n  base:\n"),
        StartsWith("c.yaml:5: chains.base.rpc_url: is required"));
}

TEST(config_chains, refuses_a_fee_limit_without_its_unit_or_with_another) {
    for (const std::string fee :
         {"0.01", "0.01 eth", "0.01 wei", "0.01ETH", "0.01  ETH", "ETH", "\"0.01 ETH \"",
          "10000000"})
        EXPECT_THAT(
            refusal(chain_with("max_fee", "max_fee_per_transaction: " + fee)),
            StartsWith("c.yaml:8: chains.base.max_fee_per_transaction: expected an amount in the "
                       "native currency"))
            << fee;
    EXPECT_THAT(
        refusal(chain_with("none", "native_currency: POL")),
        StartsWith("c.yaml:8: chains.base.max_fee_per_transaction: expected an amount in the "
                   "native currency such as "
                   "\"0.01 POL\""));
}

TEST(config_chains, refuses_a_fee_limit_that_is_not_a_plain_decimal) {
    for (const std::string amount :
         {"-1", "1e3", "0x10", "1,5", "1_000", "0.0000000000000000001", ".", "1.2.3", "\" ETH",
          "999999999999999999999999999999999999999999999999999999999999999999999999999999"}) {
        const auto line = "max_fee_per_transaction: '" + amount + " ETH'";
        EXPECT_THAT(
            refusal(chain_with("max_fee", line)),
            StartsWith("c.yaml:8: chains.base.max_fee_per_transaction: "))
            << amount;
    }
}

TEST(config_chains, refuses_a_url_of_another_scheme_and_never_shows_it) {
    for (const std::string url :
         {"ws://rpc.example.org/SECRET", "rpc.example.org/SECRET", "https://", "https:///SECRET",
          "http://:8545/SECRET", "HTTPS://x/SECRET", "https://a b/SECRET", "https://u:SECRET@/x",
          "file:///SECRET"}) {
        const auto message = refusal(chain_with("rpc_url", "rpc_url: " + url));
        EXPECT_THAT(message, StartsWith("c.yaml:8: chains.base.rpc_url: ")) << url;
        EXPECT_THAT(message, Not(HasSubstr("SECRET"))) << url;
    }
    EXPECT_THAT(
        refusal(chain_with("none", "explorer_url: javascript:alert(1)")),
        StartsWith("c.yaml:9: chains.base.explorer_url: expected a URL"));
}

TEST(config_chains, refuses_values_out_of_their_range) {
    for (const std::string line :
         {"chain_id: 0", "chain_id: 0x1", "chain_id: '8453 '", "chain_id: 18446744073709551616"})
        EXPECT_THAT(
            refusal(chain_with("chain_id", line)),
            StartsWith("c.yaml:8: chains.base.chain_id: expected a whole"))
            << line;
    EXPECT_THAT(
        refusal(chain_with("none", "confirmations: 0")),
        StartsWith("c.yaml:9: chains.base.confirmations: "));
    EXPECT_THAT(
        refusal(chain_with("none", "poll_interval: 0s")),
        StartsWith("c.yaml:9: chains.base.poll_interval: "));
    EXPECT_THAT(
        refusal(chain_with("none", "rpc_timeout: 0s")),
        StartsWith("c.yaml:9: chains.base.rpc_timeout: "));
    EXPECT_THAT(
        refusal(chain_with("none", "native_currency: 'E H'")),
        StartsWith("c.yaml:9: chains.base.native_currency: "));
    EXPECT_THAT(
        refusal(chain_with("none", "block_time: 0s")),
        StartsWith("c.yaml:9: chains.base.block_time: "));
}

TEST(config_chains, refuses_one_chain_id_in_two_chains) {
    EXPECT_EQ(
        refusal(
            kToken + kChain +
            "  other:\n    chain_id: 8453\n    rpc_url: http://x\n    max_fee_per_transaction: 1 "
            "ETH\n"),
        "c.yaml:10: chains.other.chain_id: 8453 is the chain \"base\" already");
}

TEST(config_chains, refuses_a_name_that_the_registry_could_not_hold) {
    for (const std::string name : {"Base", "base_sepolia", "-base", "base-", "base--x", "bäse"})
        EXPECT_THAT(
            refusal(kToken + "chains:\n  " + name + ": {}\n"),
            HasSubstr("a chain's name is lower-case letters"))
            << name;
}

}  // namespace
}  // namespace chela::sidecar::config::test
