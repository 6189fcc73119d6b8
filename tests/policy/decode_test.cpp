#include "chains/crypto/keccak.hpp"
#include "policy/decode/functions.hpp"
#include "policy/decode/transaction.hpp"
#include "policy/effect/describe.hpp"
#include "tests/policy/build.hpp"

#include <set>

#include <gmock/gmock.h>

namespace chela::policy {
namespace {

using test::address;
using test::word;
using testing::ElementsAre;

const Address kSigner = address(0x51);
const Address kToken = address(0x70);
const Address kAlice = address(0xa1);
const Address kBob = address(0xb0);
const Asset kAsset{test::kChain, kToken};
const std::string kMax(64, 'f');

std::vector<Effect> decode(const std::string& data) {
    return decode_effects(test::transaction_to(kToken, {}, data), kSigner);
}

void expect_non_canonical(const std::string& data) {
    EXPECT_THAT(decode(data), ElementsAre(Effect{Opaque{kToken, Opaque::Reason::non_canonical}}))
        << data;
}

TEST(functions, selectors_are_the_hashes_of_their_signatures) {
    std::set<std::uint32_t> seen;
    for (const auto functions : {erc20_functions(), erc721_functions(), erc1155_functions()}) {
        for (const auto& function : functions) {
            const Bytes text(function.signature.begin(), function.signature.end());
            const auto hash = chains::keccak256(text);
            std::uint32_t selector = 0;
            for (std::size_t i = 0; i < 4; ++i)
                selector = selector << 8 | hash.bytes[i];
            EXPECT_EQ(function.selector, selector) << function.signature;
            EXPECT_TRUE(seen.insert(function.selector).second) << function.signature;
        }
    }
    EXPECT_EQ(seen.size(), 11U);
}

TEST(decode_effects, native_value_is_a_transfer) {
    EXPECT_THAT(
        decode_effects(test::transaction_to(kAlice, test::wei(5)), kSigner),
        ElementsAre(Effect{Transfer{{test::kChain, std::nullopt}, kSigner, kAlice, U256{5}}}));
}

TEST(decode_effects, nothing_at_all_is_a_transfer_of_zero) {
    EXPECT_THAT(
        decode_effects(test::transaction_to(kAlice), kSigner),
        ElementsAre(Effect{Transfer{{test::kChain, std::nullopt}, kSigner, kAlice, U256{}}}));
}

TEST(decode_effects, legacy_transactions_decode_alike) {
    const chains::LegacyTransaction legacy{
        .chain_id = test::kChain,
        .nonce = {},
        .gas_price = {},
        .gas_limit = {},
        .to = kAlice,
        .value = test::wei(5),
        .data = {}};
    EXPECT_EQ(
        decode_effects(legacy, kSigner),
        decode_effects(test::transaction_to(kAlice, test::wei(5)), kSigner));
}

TEST(decode_effects, an_empty_recipient_deploys) {
    EXPECT_THAT(
        decode_effects(test::transaction_to(std::nullopt, test::wei(7), "6001"), kSigner),
        ElementsAre(Effect{Deploy{test::wei(7), chains::keccak256(test::from_digits("6001"))}}));
}

TEST(decode_effects, value_beside_a_call_is_an_effect_of_its_own) {
    const auto data = "a9059cbb" + word(kAlice) + word(9);
    EXPECT_THAT(
        decode_effects(test::transaction_to(kToken, test::wei(5), data), kSigner),
        ElementsAre(
            Effect{Transfer{{test::kChain, std::nullopt}, kSigner, kToken, U256{5}}},
            Effect{Transfer{kAsset, kSigner, kAlice, U256{9}}}));
}

TEST(decode_effects, token_calls_say_what_they_do) {
    const Effect to_alice = Transfer{kAsset, kSigner, kAlice, U256{9}};
    const Effect one = Transfer{kAsset, kBob, kAlice, U256{1}};
    const Effect revoke = Revoke{kAsset, kSigner, kAlice};
    const Effect unbounded = Grant{kAsset, kSigner, kAlice, std::nullopt};
    const Effect nine = Grant{kAsset, kSigner, kAlice, U256{9}};
    const std::vector<std::pair<std::string, Effect>> lines{
        {"a9059cbb" + word(kAlice) + word(9), to_alice},
        {"23b872dd" + word(kBob) + word(kAlice) + word(9), Transfer{kAsset, kBob, kAlice, U256{9}}},
        {"095ea7b3" + word(kAlice) + word(9), nine},
        {"095ea7b3" + word(kAlice) + word(0), revoke},
        {"095ea7b3" + word(kAlice) + kMax, unbounded},
        {"39509351" + word(kAlice) + word(9), nine},
        {"39509351" + word(kAlice) + kMax, unbounded},
        {"a457c2d7" + word(kAlice) + word(9), revoke},
        {"a22cb465" + word(kAlice) + word(1), unbounded},
        {"a22cb465" + word(kAlice) + word(0), revoke},
        {"42842e0e" + word(kBob) + word(kAlice) + word(77), one},
        {"b88d4fde" + word(kBob) + word(kAlice) + word(77) + word(0x80) + word(0), one},
        {"b88d4fde" + word(kBob) + word(kAlice) + word(77) + word(0x80) + word(1) + "ab" +
             std::string(62, '0'),
         one},
        {"f242432a" + word(kBob) + word(kAlice) + word(77) + word(6) + word(0xa0) + word(0),
         Transfer{kAsset, kBob, kAlice, U256{6}}},
        {"d505accf" + word(kBob) + word(kAlice) + word(9) + word(1) + word(27) + kMax + kMax,
         Grant{kAsset, kBob, kAlice, U256{9}}},
        {"d505accf" + word(kBob) + word(kAlice) + kMax + word(1) + word(27) + kMax + kMax,
         Grant{kAsset, kBob, kAlice, std::nullopt}},
    };
    for (const auto& [data, effect] : lines)
        EXPECT_THAT(decode(data), ElementsAre(effect)) << data;
}

TEST(decode_effects, every_entry_of_a_batch_is_an_effect) {
    const auto head = "2eb2c2d6" + word(kBob) + word(kAlice);
    EXPECT_THAT(
        decode(
            head + word(0xa0) + word(0x100) + word(0x160) + word(2) + word(70) + word(71) +
            word(2) + word(5) + word(6) + word(0)),
        ElementsAre(
            Effect{Transfer{kAsset, kBob, kAlice, U256{5}}},
            Effect{Transfer{kAsset, kBob, kAlice, U256{6}}}));
    EXPECT_THAT(
        decode(head + word(0xa0) + word(0xc0) + word(0xe0) + word(0) + word(0) + word(0)),
        ElementsAre(Effect{Transfer{kAsset, kBob, kAlice, U256{}}}));
}

TEST(decode_effects, refuses_batches_that_no_token_would_take) {
    const auto head = "2eb2c2d6" + word(kBob) + word(kAlice);
    expect_non_canonical(
        head + word(0xa0) + word(0x100) + word(0x140) + word(2) + word(70) + word(71) + word(1) +
        word(5) + word(0));
    std::string numbers = word(257);
    for (int i = 0; i < 257; ++i)
        numbers += word(1);
    const std::uint64_t size = 258 * 32;
    expect_non_canonical(
        head + word(0xa0) + word(0xa0 + size) + word(0xa0 + 2 * size) + numbers + numbers +
        word(0));
}

TEST(decode_effects, dirty_upper_bits_are_not_canonical) {
    const auto dirty = "01" + word(kAlice).substr(2);
    expect_non_canonical("a9059cbb" + dirty + word(9));
    expect_non_canonical("095ea7b3" + dirty + word(0));
    expect_non_canonical("23b872dd" + dirty + word(kAlice) + word(9));
    expect_non_canonical("23b872dd" + word(kBob) + dirty + word(9));
    expect_non_canonical("a457c2d7" + dirty + word(9));
    expect_non_canonical("a22cb465" + word(kAlice) + word(2));
    expect_non_canonical("a22cb465" + word(kAlice) + "80" + word(0).substr(2));
    expect_non_canonical(
        "d505accf" + word(kBob) + word(kAlice) + word(9) + word(1) + word(256 + 27) + kMax + kMax);
}

TEST(decode_effects, wrong_lengths_are_not_canonical) {
    const auto right = "a9059cbb" + word(kAlice) + word(9);
    expect_non_canonical("a9059cbb");
    expect_non_canonical(right.substr(0, right.size() - 2));
    expect_non_canonical(right + "00");
    expect_non_canonical(right + word(0));
    expect_non_canonical("42842e0e" + word(kBob) + word(kAlice));
}

TEST(decode_effects, shifted_overlapping_and_huge_offsets_are_not_canonical) {
    const auto head = "b88d4fde" + word(kBob) + word(kAlice) + word(77);
    expect_non_canonical(head + word(0xa0) + word(0) + word(0));
    expect_non_canonical(head + word(0x60) + word(0));
    expect_non_canonical(head + kMax + word(0));
    expect_non_canonical(head + word(0x80) + kMax);
    expect_non_canonical(head + word(0x80) + word(33) + word(0));
    expect_non_canonical(head + word(0x80));
    // both arrays point at one tail
    expect_non_canonical(
        "2eb2c2d6" + word(kBob) + word(kAlice) + word(0xa0) + word(0xa0) + word(0xe0) + word(1) +
        word(5) + word(0));
    // a count whose byte length would wrap
    expect_non_canonical(
        "2eb2c2d6" + word(kBob) + word(kAlice) + word(0xa0) + word(0xc0) + word(0xe0) + "08" +
        std::string(62, '0') + word(0) + word(0));
}

TEST(decode_effects, padding_and_trailing_data_are_not_canonical) {
    const auto head = "b88d4fde" + word(kBob) + word(kAlice) + word(77) + word(0x80);
    expect_non_canonical(head + word(1) + "ab" + std::string(61, '0') + "1");
    expect_non_canonical(head + word(1) + "ab");
    expect_non_canonical(head + word(0) + word(0));
    expect_non_canonical(head + word(1) + "ab" + std::string(62, '0') + "00");
}

TEST(decode_effects, every_truncation_of_a_call_is_refused) {
    const auto right = "f242432a" + word(kBob) + word(kAlice) + word(77) + word(6) + word(0xa0) +
                       word(1) + "ab" + std::string(62, '0');
    for (std::size_t size = 8; size < right.size(); size += 2) {
        expect_non_canonical(right.substr(0, size));
    }
    EXPECT_THAT(decode(right), ElementsAre(Effect{Transfer{kAsset, kBob, kAlice, U256{6}}}));
}

TEST(decode_effects, other_calldata_is_opaque) {
    // one to three bytes, transferAndCall, DAI's permit, execTransaction, multicall
    for (const std::string data :
         {"a9", "a905", "a9059c", "4000aea0", "8fcbaf0c", "6a761202", "ac9650d8"}) {
        EXPECT_THAT(
            decode(data), ElementsAre(Effect{Opaque{kToken, Opaque::Reason::unknown_selector}}));
    }
}

TEST(decode_effects, calldata_past_the_limit_is_refused) {
    expect_non_canonical("12345678" + std::string(2 * 128 * 1024, '0'));
}

TEST(describe, names_amounts_and_addresses) {
    EXPECT_EQ(
        describe(Transfer{kAsset, kSigner, kAlice, U256{9}}),
        "transfer 9 of token " + to_checksum(kToken) + " from " + to_checksum(kSigner) + " to " +
            to_checksum(kAlice));
    EXPECT_EQ(
        describe(Grant{kAsset, kSigner, kAlice, std::nullopt}),
        "grant unbounded of token " + to_checksum(kToken) + " of " + to_checksum(kSigner) + " to " +
            to_checksum(kAlice));
    EXPECT_THAT(
        describe(Revoke{kAsset, kSigner, kAlice}),
        testing::StartsWith("revoke the grant of token"));
    EXPECT_THAT(
        describe(Deploy{test::wei(3), {}}), testing::EndsWith("with 3 of the native currency"));
    EXPECT_THAT(
        describe(Opaque{kToken, Opaque::Reason::unknown_selector}),
        testing::StartsWith("an unknown call"));
    EXPECT_THAT(
        describe(Opaque{kToken, Opaque::Reason::non_canonical}),
        testing::EndsWith("with non-canonical arguments"));
}

}  // namespace
}  // namespace chela::policy
