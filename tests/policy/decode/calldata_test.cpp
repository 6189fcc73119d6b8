#include "chains/crypto/keccak.hpp"
#include "policy/decode/decoder.hpp"
#include "tests/policy/decode/decoding.hpp"

#include <array>
#include <set>

#include <gmock/gmock.h>

namespace chela::policy::test {
namespace {

using testing::ElementsAre;

void expect_non_canonical(const std::string& data) {
    EXPECT_EQ(refusal(decode(kToken, data)), Opaque::Reason::non_canonical) << data;
}

TEST(functions, every_table_reads_and_no_two_decoders_clash) {
    // The index is made at the first look-up and aborts on a clash.
    EXPECT_TRUE(find_function(abi::Selector{{0xa9, 0x05, 0x9c, 0xbb}}, std::nullopt));
    EXPECT_FALSE(find_function(abi::Selector{{0xff, 0xff, 0xff, 0xff}}, std::nullopt));
}

TEST(functions, a_contract_of_a_kind_comes_before_anywhere) {
    const abi::Selector approve{{0x09, 0x5e, 0xa7, 0xb3}};
    const auto anywhere = find_function(approve, std::nullopt);
    const auto at_nft = find_function(approve, ContractKind::nft);
    ASSERT_TRUE(anywhere && at_nft);
    EXPECT_NE(anywhere->function, at_nft->function);
    EXPECT_EQ(at_nft->function->only_at, ContractKind::nft);
}

TEST(decode_call, native_value_is_a_transfer) {
    EXPECT_THAT(
        decode(kAlice, "", {}, wei(5)),
        ElementsAre(Effect{Transfer{kNative, kSigner, kAlice, U256{5}, std::nullopt}}));
}

TEST(decode_call, nothing_at_all_is_a_transfer_of_zero) {
    EXPECT_THAT(
        decode(kAlice, ""),
        ElementsAre(Effect{Transfer{kNative, kSigner, kAlice, U256{}, std::nullopt}}));
}

TEST(decode_call, value_beside_a_call_is_an_effect_of_its_own) {
    EXPECT_THAT(
        decode(kToken, "a9059cbb" + word(kAlice) + word(9), {}, wei(5)),
        ElementsAre(
            Effect{Transfer{kNative, kSigner, kToken, U256{5}, std::nullopt}},
            Effect{Transfer{kAsset, kSigner, kAlice, U256{9}, std::nullopt}}));
}

TEST(decode_call, a_node_says_who_acts_where_and_by_which_bytes) {
    const auto tree = decode_transaction(
        transaction_to(kToken, {}, "a9059cbb" + word(kAlice) + word(9)), kSigner, {});
    ASSERT_EQ(tree.roots.size(), 1U);
    EXPECT_EQ(tree.roots[0].actor, kSigner);
    EXPECT_EQ(tree.roots[0].target, kToken);
    EXPECT_EQ(tree.roots[0].range, (ByteRange{0, 68}));
    EXPECT_EQ(tree.valid_until, std::nullopt);
}

TEST(decode_call, dirty_upper_bits_are_not_canonical) {
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

TEST(decode_call, wrong_lengths_are_not_canonical) {
    const auto right = "a9059cbb" + word(kAlice) + word(9);
    expect_non_canonical("a9059cbb");
    expect_non_canonical(right.substr(0, right.size() - 2));
    expect_non_canonical(right + "00");
    expect_non_canonical(right + word(0));
    expect_non_canonical("42842e0e" + word(kBob) + word(kAlice));
}

TEST(decode_call, shifted_overlapping_and_huge_offsets_are_not_canonical) {
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

TEST(decode_call, padding_and_trailing_data_are_not_canonical) {
    const auto head = "b88d4fde" + word(kBob) + word(kAlice) + word(77) + word(0x80);
    expect_non_canonical(head + word(1) + "ab" + std::string(61, '0') + "1");
    expect_non_canonical(head + word(1) + "ab");
    expect_non_canonical(head + word(0) + word(0));
    expect_non_canonical(head + word(1) + "ab" + std::string(62, '0') + "00");
}

TEST(decode_call, every_truncation_of_a_call_is_refused) {
    const auto right =
        "f242432a" + word(kBob) + word(kAlice) + word(77) + word(6) + word(0xa0) + word(0);
    for (std::size_t size = 8; size < right.size(); size += 2) {
        expect_non_canonical(right.substr(0, size));
    }
    EXPECT_THAT(
        decode(kToken, right),
        ElementsAre(Effect{Transfer{kAsset, kBob, kAlice, U256{6}, U256{77}}}));
}

TEST(decode_call, other_calldata_is_opaque_and_names_its_selector) {
    for (const std::string data : {"a9", "a905", "a9059c", "12345678"}) {
        EXPECT_EQ(refusal(decode(kToken, data)), Opaque::Reason::unknown_selector) << data;
    }
    const auto effects = decode(kToken, "12345678");
    EXPECT_EQ(
        std::get<Opaque>(effects.front()).selector, (abi::Selector{{0x12, 0x34, 0x56, 0x78}}));
    EXPECT_EQ(std::get<Opaque>(effects.front()).target, kToken);
}

TEST(decode_call, what_a_token_has_beside_its_tables_is_opaque) {
    const auto contracts = declared(kToken, ContractKind::token);
    for (const auto* signature :
         {"mint(address,uint256)", "burn(uint256)", "burnFrom(address,uint256)", "rescue(address)",
          "setApproval(address)"}) {
        const auto parsed = abi::parse_signature(signature);
        ASSERT_TRUE(parsed);
        const auto data = to_hex(abi::selector(*parsed)).substr(2) + word(kAlice) + word(1);
        EXPECT_EQ(refusal(decode(kToken, data, contracts)), Opaque::Reason::unknown_selector)
            << signature;
    }
}

TEST(decode_call, calldata_past_the_limit_is_refused) {
    const std::string zeros(2 * kMaxCalldata, '0');
    EXPECT_EQ(refusal(decode(kToken, "12345678" + zeros)), Opaque::Reason::limit);
    EXPECT_EQ(
        refusal(decode(kToken, "12345678" + zeros.substr(8))), Opaque::Reason::unknown_selector);
}

TEST(decode_call, a_pinned_function_is_a_call_with_its_arguments) {
    const auto mint = abi::parse_signature("function mint(address to, uint256 id)");
    ASSERT_TRUE(mint);
    Contracts contracts;
    contracts.pin({kChain, kToken, *mint});
    const auto data = call("mint(address,uint256)", {val(kAlice), num(7)});
    const auto effects = decode(kToken, data, contracts);
    ASSERT_EQ(effects.size(), 1U);
    const auto& found = std::get<Call>(effects.front());
    EXPECT_EQ(found.signature, "mint(address,uint256)");
    EXPECT_EQ(found.actor, kSigner);
    EXPECT_THAT(found.arguments, ElementsAre(val(kAlice), num(7)));
    EXPECT_EQ(refusal(decode(kToken, data + "00", contracts)), Opaque::Reason::non_canonical);
    EXPECT_EQ(refusal(decode(kBob, data, contracts)), Opaque::Reason::unknown_selector);
}

TEST(decode_call, a_function_of_other_contracts_is_not_trusted_here) {
    EXPECT_EQ(refusal(decode(kToken, "d0e30db0")), Opaque::Reason::untrusted_contract);
}

}  // namespace
}  // namespace chela::policy::test
