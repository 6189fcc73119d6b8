#include "chains/registry/registry.hpp"

#include <limits>
#include <set>

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

Chain chain(std::string name, std::uint64_t id) {
    Chain out;
    out.name = std::move(name);
    out.chain_id = ChainId{id};
    return out;
}

Registry two_chains() {
    return *Registry::make({chain("base-sepolia", 84532), chain("anvil", 31337)});
}

TEST(registry, keeps_the_operators_order) {
    const Registry registry = two_chains();
    ASSERT_EQ(registry.chains().size(), 2U);
    EXPECT_EQ(registry.chains()[0].name, "base-sepolia");
}

TEST(registry, finds_by_name_in_any_case_and_by_id) {
    const Registry registry = two_chains();
    EXPECT_EQ(registry.find("base-sepolia")->chain_id, ChainId{84532});
    EXPECT_EQ(registry.find("Base-SEPOLIA")->chain_id, ChainId{84532});
    EXPECT_EQ(registry.find("31337")->name, "anvil");
}

TEST(registry, an_unknown_chain_is_not_found_and_the_answer_names_what_there_is) {
    const auto registry = two_chains();
    for (const char* text :
         {"", "mainnet", "1", "031337", "0x7a69", "31337 ", "+31337", "18446744073709551616"}) {
        const auto found = registry.find(text);
        ASSERT_FALSE(found) << text;
        EXPECT_EQ(found.error().code, ErrorCode::not_found);
        EXPECT_EQ(found.error().reason, "E_UNKNOWN_CHAIN");
        EXPECT_NE(
            found.error().detail.find("base-sepolia (84532), anvil (31337)"), std::string::npos);
    }
}

TEST(registry, an_answer_never_repeats_hostile_text) {
    const auto found = two_chains().find("x\n\x1b[2J" + std::string(10'000, 'y'));
    ASSERT_FALSE(found);
    EXPECT_LT(found.error().detail.size(), 300U);
    EXPECT_EQ(found.error().detail.find('\n'), std::string::npos);
    EXPECT_EQ(found.error().detail.find('\x1b'), std::string::npos);
}

TEST(registry, an_empty_one_finds_nothing) {
    const auto registry = Registry::make({});
    ASSERT_TRUE(registry);
    EXPECT_EQ(registry->find("base").error().detail, "no chain \"base\"; there is: none");
}

TEST(registry, refuses_a_name_or_an_id_twice) {
    EXPECT_EQ(
        Registry::make({chain("a", 1), chain("a", 2)}).error().code, ErrorCode::invalid_input);
    EXPECT_EQ(
        Registry::make({chain("a", 1), chain("b", 2), chain("c", 1)}).error().code,
        ErrorCode::invalid_input);
}

TEST(registry, refuses_chain_id_zero) {
    EXPECT_EQ(Registry::make({chain("a", 0)}).error().code, ErrorCode::invalid_input);
}

TEST(registry, refuses_names_that_are_not_lower_case_digits_and_dashes) {
    for (const char* name : {"", "Base", "base sepolia", "base_sepolia", "base.", "bäse", "a\n"}) {
        EXPECT_FALSE(Registry::make({chain(name, 1)})) << name;
    }
    EXPECT_FALSE(Registry::make({chain(std::string(65, 'a'), 1)}));
    EXPECT_TRUE(Registry::make({chain(std::string(64, 'a'), 1)}));
}

TEST(registry, refuses_a_name_that_reads_as_a_chain_id) {
    EXPECT_FALSE(Registry::make({chain("8453", 1)}));
    EXPECT_TRUE(Registry::make({chain("zone-8453", 1)}));
}

TEST(chain_uuid, shows_the_id_in_version_8_form) {
    EXPECT_EQ(chain_uuid(ChainId{8453}), "00000000-0000-8000-8000-000000002105");
    EXPECT_EQ(
        chain_uuid(ChainId{std::numeric_limits<std::uint64_t>::max()}),
        "ffffffff-0000-8000-8000-0000ffffffff");
}

TEST(chain_uuid, differs_for_different_ids) {
    std::set<std::string> seen;
    for (const std::uint64_t id :
         {1ULL, 2ULL, 0x1'0000'0000ULL, 0x1'0000'0001ULL, 0x2'0000'0000ULL}) {
        seen.insert(chain_uuid(ChainId{id}));
    }
    EXPECT_EQ(seen.size(), 5U);
}

}  // namespace
}  // namespace chela::chains
