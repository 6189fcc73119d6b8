#include "chains/crypto/keccak.hpp"
#include "policy/decode/decoder.hpp"
#include "tests/policy/decode/decoding.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test {
namespace {

using testing::ElementsAre;

const Effect kPaid = Transfer{kNative, kSigner, kAlice, U256{5}, std::nullopt};

TEST(decode_transaction, all_types_decode_alike) {
    const chains::LegacyTransaction legacy{
        .chain_id = kChain,
        .nonce = {},
        .gas_price = {},
        .gas_limit = {},
        .to = kAlice,
        .value = wei(5),
        .data = {}};
    const chains::Eip2930Transaction with_list{
        .chain_id = kChain,
        .nonce = {},
        .gas_price = {},
        .gas_limit = {},
        .to = kAlice,
        .value = wei(5),
        .data = {},
        .access_list = {{.address = kBob, .storage_keys = {}}}};
    const chains::Eip4844Transaction with_blobs{
        .chain_id = kChain,
        .nonce = {},
        .max_priority_fee_per_gas = {},
        .max_fee_per_gas = {},
        .gas_limit = {},
        .to = kAlice,
        .value = wei(5),
        .data = {},
        .access_list = {},
        .max_fee_per_blob_gas = wei(1),
        .blob_versioned_hashes = {chains::VersionedHash{}}};
    for (const chains::Transaction& transaction :
         {chains::Transaction{legacy}, chains::Transaction{with_list},
          chains::Transaction{with_blobs}, chains::Transaction{transaction_to(kAlice, wei(5))}}) {
        EXPECT_THAT(effects_in(decode_transaction(transaction, kSigner, {})), ElementsAre(kPaid));
    }
}

TEST(decode_transaction, no_recipient_is_a_deployment) {
    const auto tree = decode_transaction(transaction_to(std::nullopt, wei(7), "6001"), kSigner, {});
    EXPECT_THAT(
        effects_in(tree), ElementsAre(Effect{Deploy{
                              kChain, kSigner, wei(7), chains::keccak256(from_digits("6001"))}}));
    EXPECT_EQ(tree.roots[0].target, std::nullopt);
    EXPECT_EQ(tree.roots[0].range, (ByteRange{0, 2}));
}

TEST(decode_transaction, an_endless_initcode_is_refused) {
    EXPECT_EQ(
        refusal(effects_in(decode_transaction(
            transaction_to(std::nullopt, {}, std::string(2 * kMaxCalldata + 2, '0')), kSigner,
            {}))),
        Opaque::Reason::limit);
}

/// A tuple whose signature recovers: any small r that is on the curve.
chains::SignedAuthorization signed_by_somebody(ChainId chain, const Address& delegate) {
    for (std::uint64_t r = 1; r < 100; ++r) {
        const chains::SignedAuthorization tuple{
            .authorization = {.chain_id = chain, .address = delegate, .nonce = Nonce{3}},
            .y_parity = 0,
            .r = U256{r},
            .s = U256{1}};
        if (chains::recover_authority(tuple)) return tuple;
    }
    bug("no signature of a test recovers");
}

chains::Eip7702Transaction with(std::vector<chains::SignedAuthorization> tuples) {
    return {
        .chain_id = kChain,
        .nonce = {},
        .max_priority_fee_per_gas = {},
        .max_fee_per_gas = {},
        .gas_limit = {},
        .to = kAlice,
        .value = wei(5),
        .data = {},
        .access_list = {},
        .authorization_list = std::move(tuples)};
}

TEST(decode_transaction, each_authorization_it_carries_is_an_effect) {
    const auto first = signed_by_somebody(kChain, kBob);
    const auto second = signed_by_somebody(ChainId{0}, Address{});
    const auto tree = decode_transaction(with({first, second}), kSigner, {});
    EXPECT_THAT(
        effects_in(tree),
        ElementsAre(
            kPaid,
            Effect{Delegate7702{kChain, chains::recover_authority(first).value(), kBob, Nonce{3}}},
            Effect{Delegate7702{
                ChainId{0}, chains::recover_authority(second).value(), Address{}, Nonce{3}}}));
    EXPECT_EQ(tree.roots[1].actor, kSigner);
}

TEST(decode_transaction, a_tuple_that_the_chain_skips_has_no_effect) {
    auto high_s = signed_by_somebody(kChain, kBob);
    high_s.s = U256::max();
    auto odd_parity = signed_by_somebody(kChain, kBob);
    odd_parity.y_parity = 2;
    EXPECT_THAT(
        effects_in(decode_transaction(with({high_s, odd_parity}), kSigner, {})),
        ElementsAre(kPaid));
}

TEST(decode_transaction, tuples_are_bounded) {
    const auto tuple = signed_by_somebody(kChain, kBob);
    const auto effects = effects_in(decode_transaction(
        with(std::vector<chains::SignedAuthorization>(kMaxNodes, tuple)), kSigner, {}));
    EXPECT_EQ(std::get<Opaque>(effects.back()).reason, Opaque::Reason::limit);
}

TEST(decode_authorization, is_about_the_signers_own_code) {
    for (const auto chain : {kChain, ChainId{0}}) {
        const auto tree =
            decode_authorization({.chain_id = chain, .address = kBob, .nonce = Nonce{3}}, kSigner);
        EXPECT_THAT(
            effects_in(tree), ElementsAre(Effect{Delegate7702{chain, kSigner, kBob, Nonce{3}}}));
        EXPECT_EQ(tree.roots[0].actor, kSigner);
    }
}

TEST(decode_preimage, takes_each_content_its_own_way) {
    const auto kind = [](const chains::Preimage::Content& content) {
        return kind_of(effects_in(decode_preimage(content, kSigner, {})).at(0));
    };
    EXPECT_EQ(kind(chains::Transaction{transaction_to(kAlice)}), EffectKind::transfer);
    EXPECT_EQ(kind(chains::PersonalMessage{{0x61}}), EffectKind::message);
    EXPECT_EQ(kind(chains::ValidatorMessage{kAlice, {0x61}}), EffectKind::message);
    EXPECT_EQ(kind(chains::Authorization{kChain, kBob, {}}), EffectKind::delegate_7702);
    EXPECT_EQ(
        kind(chains::UserOperationToSign{
            {chains::UserOperationV07{}, chains::kEntryPointV07, kChain}}),
        EffectKind::userop);
}

}  // namespace
}  // namespace chela::policy::test
