#include "chains/registry/well_known.hpp"

#include "chains/registry/native_amount.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

TEST(well_known_chains, make_a_registry_and_are_ordered_by_id) {
    std::vector<Chain> chains;
    std::uint64_t before = 0;
    for (const auto& known : well_known_chains()) {
        EXPECT_GT(known.chain_id.value, before) << known.name;
        before = known.chain_id.value;
        Chain chain;
        chain.name = known.name;
        chain.chain_id = known.chain_id;
        chains.push_back(std::move(chain));
    }
    const auto registry = Registry::make(std::move(chains));
    EXPECT_TRUE(registry.has_value()) << registry.error().detail;
}

TEST(well_known_chains, are_the_documented_ones) {
    const std::set<std::uint64_t> mains{1,     10,    25,    56,    100,    137,    146,
                                        250,   324,   480,   1088,  1101,   1284,   1329,
                                        5000,  8217,  8453,  34443, 42161,  42170,  42220,
                                        43114, 59144, 80094, 81457, 167000, 534352, 7777777};
    const std::set<std::uint64_t> tests{31337, 84532, 5042002, 11155111};
    std::set<std::uint64_t> seen_mains;
    std::set<std::uint64_t> seen_tests;
    for (const auto& known : well_known_chains())
        (known.is_testnet ? seen_tests : seen_mains).insert(known.chain_id.value);
    EXPECT_EQ(seen_mains, mains);
    EXPECT_EQ(seen_tests, tests);
}

TEST(well_known_chains, have_every_fact_in_a_form_that_can_be_used) {
    for (const auto& known : well_known_chains()) {
        EXPECT_FALSE(known.display_name.empty()) << known.name;
        EXPECT_TRUE(is_currency_symbol(known.native_currency)) << known.name;
        EXPECT_TRUE(known.explorer_url.starts_with("https://") || known.name == "anvil")
            << known.name;
        EXPECT_FALSE(known.explorer_url.ends_with('/')) << known.name;
        EXPECT_GT(known.block_time.count(), 0) << known.name;
        EXPECT_GE(known.confirmations, 1U) << known.name;
    }
}

TEST(well_known_chains, are_found_by_name_and_by_id) {
    ASSERT_TRUE(well_known_chain("arbitrum-one").has_value());
    EXPECT_EQ(well_known_chain("arbitrum-one")->chain_id, ChainId{42161});
    EXPECT_EQ(well_known_chain(ChainId{84532})->name, "base-sepolia");
    EXPECT_FALSE(well_known_chain("mainnet").has_value());
    EXPECT_FALSE(well_known_chain(ChainId{2}).has_value());
}

TEST(well_known_chains, name_those_that_take_no_type_2) {
    EXPECT_FALSE(well_known_chain("metis")->has_eip1559);
    EXPECT_TRUE(well_known_chain("ethereum")->has_eip1559);
    EXPECT_EQ(well_known_chain("ethereum")->finality, Finality::finalized_tag);
}

TEST(match_well_known, goes_by_the_id_whatever_the_name) {
    const auto ours = match_well_known("treasury-chain", ChainId{8453});
    ASSERT_TRUE(ours.has_value());
    ASSERT_TRUE(ours->has_value());
    EXPECT_EQ((*ours)->name, "base");
    const auto unknown = match_well_known("zone", ChainId{99});
    ASSERT_TRUE(unknown.has_value());
    EXPECT_FALSE(unknown->has_value());
}

TEST(match_well_known, refuses_a_known_name_with_another_id_and_shows_both) {
    const auto refused = match_well_known("base", ChainId{1});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
    EXPECT_EQ(refused.error().reason, "E_CHAIN_NAME");
    EXPECT_EQ(
        refused.error().detail,
        "the chain base has chain id 8453, not 1, which is ethereum; correct one of them");
    EXPECT_EQ(
        match_well_known("base", ChainId{99}).error().detail,
        "the chain base has chain id 8453, not 99; correct one of them");
}

TEST(finality, has_a_word) {
    EXPECT_EQ(to_string(Finality::depth), "depth");
    EXPECT_EQ(to_string(Finality::finalized_tag), "finalized");
}

}  // namespace
}  // namespace chela::chains
