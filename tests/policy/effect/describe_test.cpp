#include "policy/effect/describe.hpp"

#include "chains/base/address.hpp"
#include "tests/policy/build.hpp"

#include <set>

#include <gmock/gmock.h>

namespace chela::policy {
namespace {

using test::address;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const Address kSigner = address(0x51);
const Address kAlice = address(0xa1);
const Address kToken = address(0x70);
const Asset kAsset{test::kChain, kToken};
const Asset kNative{test::kChain, std::nullopt};

std::vector<Effect> one_of_each() {
    return {
        Transfer{kAsset, kSigner, kAlice, U256{9}, std::nullopt},
        Grant{kAsset, kSigner, kAlice, U256{9}, std::nullopt},
        Revoke{kAsset, kSigner, kAlice},
        Swap{
            {"uniswap-v3", test::kChain, kToken},
            kAsset,
            U256{9},
            kNative,
            U256{8},
            kSigner,
            kAlice,
            U256{77},
            {}},
        Wrap{kAsset, Wrap::Direction::wrap, kSigner, U256{9}},
        Deploy{test::kChain, kSigner, test::wei(3), {}},
        Delegate7702{test::kChain, kSigner, kAlice, Nonce{3}},
        Delegatecall{test::kChain, kSigner, kAlice},
        Authority{test::kChain, kToken, Authority::Kind::owner, kAlice},
        UserOp{test::kChain, kToken, kAlice, test::wei(9), std::nullopt, std::nullopt},
        Call{test::kChain, kSigner, kToken, "mint(uint256)", {}, {{U256{9}}}},
        Message{{'h', 'i'}, std::nullopt},
        Opaque{
            Opaque::Reason::unknown_selector, test::kChain, kToken,
            chains::abi::Selector{{0x12, 0x34, 0x56, 0x78}}, "why"}};
}

TEST(describe, says_something_else_of_each_kind) {
    std::set<std::string> sentences;
    std::size_t kind = 0;
    for (const auto& effect : one_of_each()) {
        EXPECT_EQ(static_cast<std::size_t>(kind_of(effect)), kind++);
        EXPECT_FALSE(describe(effect).empty());
        sentences.insert(describe(effect));
    }
    EXPECT_EQ(sentences.size(), std::variant_size_v<Effect>);
}

TEST(describe, names_amounts_addresses_and_chains) {
    EXPECT_EQ(
        describe(Transfer{kAsset, kSigner, kAlice, U256{9}, U256{77}}),
        "transfer 9 of token " + to_checksum(kToken) + " on chain 8453 (id 77) from " +
            to_checksum(kSigner) + " to " + to_checksum(kAlice));
    EXPECT_EQ(
        describe(Transfer{kNative, kSigner, kAlice, std::nullopt, std::nullopt}),
        "transfer an unbounded amount of the native currency on chain 8453 from " +
            to_checksum(kSigner) + " to " + to_checksum(kAlice));
}

/// 6 decimals; WETH and native currency have 18.
std::optional<AssetName> named(const Asset& asset) {
    if (asset == kAsset) return AssetName{"usdc@8453", 6};
    if (asset == kNative) return AssetName{"native@8453", 18};
    return std::nullopt;
}

TEST(describe, writes_amounts_of_named_assets_in_units) {
    const auto signer = to_checksum(kSigner);
    const auto alice = to_checksum(kAlice);
    EXPECT_EQ(
        describe(Transfer{kAsset, kSigner, kAlice, U256{6'000'001}, std::nullopt}, named),
        "transfer 6.000001 usdc@8453 from " + signer + " to " + alice);
    EXPECT_EQ(
        describe(Transfer{kNative, kSigner, kAlice, std::nullopt, std::nullopt}, named),
        "transfer an unbounded amount of native@8453 from " + signer + " to " + alice);
    EXPECT_THAT(
        describe(Grant{kAsset, kSigner, kAlice, U256{5'000'000}, std::nullopt}, named),
        HasSubstr("take 5 usdc@8453 from " + signer));
    EXPECT_THAT(
        describe(Wrap{kAsset, Wrap::Direction::wrap, kSigner, U256{9}}, named),
        HasSubstr("wrap 0.000000000000000009 native@8453 of " + signer + " into usdc@8453"));
    EXPECT_THAT(
        describe(Wrap{kAsset, Wrap::Direction::unwrap, kSigner, U256{9}}, named),
        HasSubstr("unwrap 0.000009 usdc@8453 of " + signer));
}

TEST(describe, writes_amounts_of_other_assets_in_base_units_as_without_names) {
    const Asset other{ChainId{1}, kToken};
    const Transfer effect{other, kSigner, kAlice, U256{9}, std::nullopt};
    EXPECT_EQ(describe(effect, named), describe(effect));
    EXPECT_THAT(describe(effect, named), HasSubstr("transfer 9 of token"));
}

TEST(describe, sets_the_call_apart_from_the_words) {
    EXPECT_THAT(
        describe(Opaque{
            Opaque::Reason::untrusted_contract,
            test::kChain,
            kToken,
            chains::abi::Selector{0xd0, 0xe3, 0x0d, 0xb0},
            {}}),
        HasSubstr("only at known contracts: 0xd0e30db0 of " + to_checksum(kToken)));
}

TEST(describe, tells_a_grant_for_ever_from_one_that_ends) {
    EXPECT_THAT(
        describe(Grant{kAsset, kSigner, kAlice, std::nullopt, std::nullopt}),
        AllOf(HasSubstr("an unbounded amount"), HasSubstr("for ever")));
    EXPECT_THAT(
        describe(Grant{kAsset, kSigner, kAlice, U256{9}, U256{77}}),
        AllOf(HasSubstr("take 9 of"), HasSubstr("until 77"), Not(HasSubstr("ever"))));
}

TEST(describe, tells_wrapping_from_unwrapping) {
    EXPECT_THAT(
        describe(Wrap{kAsset, Wrap::Direction::wrap, kSigner, U256{9}}), HasSubstr("wrap 9"));
    EXPECT_THAT(
        describe(Wrap{kAsset, Wrap::Direction::unwrap, kSigner, U256{9}}), HasSubstr("unwrap 9"));
}

TEST(describe, tells_that_an_authorization_holds_everywhere) {
    EXPECT_THAT(
        describe(Delegate7702{ChainId{0}, kSigner, kAlice, Nonce{3}}), HasSubstr("on every chain"));
    EXPECT_THAT(
        describe(Delegate7702{test::kChain, kSigner, Address{}, Nonce{3}}), HasSubstr("away"));
}

TEST(describe, shows_no_foreign_control_characters) {
    EXPECT_THAT(
        describe(Message{{'a', 0x1b, '[', '2', 'J'}, std::nullopt}),
        AllOf(HasSubstr("5 bytes"), Not(HasSubstr("\x1b"))));
    EXPECT_THAT(
        describe(Message{{0xff, 0xfe}, kAlice}),
        AllOf(HasSubstr("no text"), HasSubstr("validator " + to_checksum(kAlice))));
    EXPECT_LT(describe(Message{Bytes(5000, 'a'), std::nullopt}).size(), 300U);
    EXPECT_THAT(describe(Opaque{Opaque::Reason::limit, {}, {}, {}, "a\nb"}), Not(HasSubstr("\n")));
}

TEST(describe, every_reason_has_words_of_its_own) {
    std::set<std::string> sentences;
    constexpr int kLast = static_cast<int>(Opaque::Reason::unsupported);
    for (int i = 0; i <= kLast; ++i) {
        sentences.insert(
            describe(Opaque{static_cast<Opaque::Reason>(i), test::kChain, kToken, {}, {}}));
    }
    EXPECT_EQ(sentences.size(), static_cast<std::size_t>(kLast) + 1);
}

}  // namespace
}  // namespace chela::policy
