#include "chains/base/address.hpp"
#include "chains/userop/user_operation.hpp"
#include "tests/policy/decode/decoding.hpp"

#include <set>

#include <gmock/gmock.h>

namespace chela::policy::test {
namespace {

constexpr int kLastKind = static_cast<int>(ContractKind::entry_point);

TEST(contract_kind, every_word_reads_back) {
    std::set<std::string_view> words;
    for (int i = 0; i <= kLastKind; ++i) {
        const auto kind = static_cast<ContractKind>(i);
        EXPECT_EQ(parse_contract_kind(to_string(kind)), kind);
        EXPECT_TRUE(words.insert(to_string(kind)).second);
    }
    EXPECT_EQ(parse_contract_kind("Token"), std::nullopt);
    EXPECT_EQ(parse_contract_kind(""), std::nullopt);
}

TEST(well_known, every_address_carries_its_checksum_and_stands_once) {
    std::set<std::pair<std::uint64_t, std::string_view>> seen;
    for (const auto& [chain, text, kind] : well_known_contracts()) {
        const auto address = parse_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(to_checksum(*address), text);
        EXPECT_TRUE(seen.insert({chain.value_or(ChainId{}).value, text}).second) << text;
        EXPECT_EQ(well_known_contract(chain.value_or(ChainId{987654321}), *address), kind) << text;
    }
    EXPECT_GT(seen.size(), 60U);
}

TEST(well_known, entry_points_are_those_that_chains_names) {
    for (const auto& address :
         {chains::kEntryPointV06, chains::kEntryPointV07, chains::kEntryPointV08}) {
        EXPECT_EQ(well_known_contract(kChain, address), ContractKind::entry_point);
    }
}

TEST(well_known, a_contract_of_one_chain_is_nothing_elsewhere) {
    const auto v2 = from_text("0x4752ba5DBc23f44D87826276BF6Fd6b1C372aD24");
    EXPECT_EQ(well_known_contract(ChainId{8453}, v2), ContractKind::uniswap_v2_router);
    // There it is the V3 factory.
    EXPECT_EQ(well_known_contract(ChainId{84532}, v2), std::nullopt);
    // Somebody else put other code at Multicall3's address on Ancient8.
    const auto multicall = from_text("0xcA11bde05977b3631167028862bE2a173976CA11");
    EXPECT_EQ(well_known_contract(kChain, multicall), ContractKind::multicall3);
    EXPECT_EQ(well_known_contract(ChainId{888888888}, multicall), std::nullopt);
    // Bridged ether on Polygon is no native currency.
    const auto polygon_weth = from_text("0x7ceB23fD6bC0adD59E62ac25578270cFf1b9f619");
    EXPECT_EQ(well_known_contract(ChainId{137}, polygon_weth), std::nullopt);
}

TEST(contracts, nothing_is_known_of_a_stranger) {
    EXPECT_EQ(Contracts{}.kind_of(kChain, kToken), std::nullopt);
    EXPECT_EQ(Contracts{}.kind_of(kChain, Address{}), std::nullopt);
}

TEST(contracts, a_declaration_holds_for_its_chain) {
    const auto contracts = declared(kToken, ContractKind::safe);
    EXPECT_EQ(contracts.kind_of(kChain, kToken), ContractKind::safe);
    EXPECT_EQ(contracts.kind_of(ChainId{1}, kToken), std::nullopt);
}

TEST(contracts, a_declaration_for_chain_0_holds_on_every_chain) {
    Contracts contracts;
    contracts.declare(ChainId{0}, kToken, ContractKind::token);
    contracts.declare(kChain, kToken, ContractKind::nft);
    EXPECT_EQ(contracts.kind_of(ChainId{1}, kToken), ContractKind::token);
    EXPECT_EQ(contracts.kind_of(kChain, kToken), ContractKind::nft);
}

TEST(contracts, a_declared_kind_comes_before_the_well_known_one) {
    EXPECT_EQ(declared(kPermit2, ContractKind::safe).kind_of(kChain, kPermit2), ContractKind::safe);
}

TEST(contracts, that_it_is_an_asset_takes_nothing_from_a_contract) {
    EXPECT_EQ(
        declared(kWeth, ContractKind::token).kind_of(kChain, kWeth), ContractKind::wrapped_native);
    auto contracts = declared(kToken, ContractKind::nft);
    contracts.declare(kChain, kToken, ContractKind::token);
    EXPECT_EQ(contracts.kind_of(kChain, kToken), ContractKind::nft);
    auto token_first = declared(kToken, ContractKind::token);
    token_first.declare(kChain, kToken, ContractKind::nft);
    EXPECT_EQ(token_first.kind_of(kChain, kToken), ContractKind::nft);
}

PinnedFunction pinned(std::string_view signature, const Address& contract = kToken) {
    auto parsed = abi::parse_signature(signature);
    if (!parsed) bug("a test's signature does not parse");
    return {kChain, contract, *std::move(parsed)};
}

TEST(contracts, merge_adds_both) {
    auto contracts = declared(kToken, ContractKind::token);
    Contracts other = declared(kToken, ContractKind::nft);
    other.declare(kChain, kAlice, ContractKind::safe);
    other.pin(pinned("mint(address to)", kBob));
    ASSERT_TRUE(contracts.merge(other));
    EXPECT_EQ(contracts.kind_of(kChain, kToken), ContractKind::nft);
    EXPECT_EQ(contracts.kind_of(kChain, kAlice), ContractKind::safe);
    EXPECT_NE(
        contracts.pinned(kChain, kBob, abi::selector(pinned("mint(address)").signature)), nullptr);
    EXPECT_EQ(
        contracts.pinned(ChainId{1}, kBob, abi::selector(pinned("mint(address)").signature)),
        nullptr);
    EXPECT_TRUE(contracts.merge(other)) << "the same again contradicts nothing";
}

TEST(contracts, merge_refuses_what_contradicts) {
    auto contracts = declared(kToken, ContractKind::nft);
    contracts.pin(pinned("send(address from, address to)"));
    const auto other_kind = contracts.merge(declared(kToken, ContractKind::safe));
    ASSERT_FALSE(other_kind);
    EXPECT_EQ(other_kind.error().reason, "E_POLICY_CONFLICT");
    // The same selector, but rules would speak of the other argument.
    Contracts swapped;
    swapped.pin(pinned("send(address to, address from)"));
    const auto other_names = contracts.merge(swapped);
    ASSERT_FALSE(other_names);
    EXPECT_EQ(other_names.error().code, ErrorCode::conflict);
}

}  // namespace
}  // namespace chela::policy::test
