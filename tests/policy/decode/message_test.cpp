#include "chains/crypto/keccak.hpp"
#include "chains/message/personal.hpp"
#include "chains/tx/unprotected.hpp"
#include "chains/userop/preimage.hpp"
#include "tests/policy/decode/decoding.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test {
namespace {

using testing::ElementsAre;

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

std::vector<Effect> decode_personal(const Bytes& bytes) {
    return effects_in(decode_message(chains::PersonalMessage{bytes}, kSigner));
}

TEST(personal_message, is_a_message) {
    for (const std::string text :
         {"", "hello", "Sign in to example.com at 12:00", "0x", "0xabcdef", "1984", "05c0",
          "0x1901", "thirty-three bytes are no digest!"}) {
        EXPECT_THAT(
            decode_personal(bytes_of(text)),
            ElementsAre(Effect{Message{bytes_of(text), std::nullopt}}))
            << text;
    }
    const auto tree = decode_message(chains::PersonalMessage{bytes_of("hello")}, kSigner);
    EXPECT_EQ(tree.roots[0].actor, kSigner);
    EXPECT_EQ(tree.roots[0].target, std::nullopt);
    EXPECT_EQ(tree.valid_until, std::nullopt);
}

void expect_digest_like(const Bytes& bytes) {
    EXPECT_EQ(refusal(decode_personal(bytes)), Opaque::Reason::digest_like_message)
        << to_hex(bytes);
}

TEST(personal_message, what_has_the_size_of_a_hash_is_refused) {
    expect_digest_like(Bytes(32, 0x11));
    expect_digest_like(bytes_of("exactly 32 characters of text..."));
    EXPECT_EQ(refusal(decode_personal(Bytes(31, 0x11))), std::nullopt);
    EXPECT_EQ(refusal(decode_personal(Bytes(33, 0x11))), std::nullopt);
}

TEST(personal_message, a_hash_written_in_hex_is_refused) {
    const auto hash = to_hex(chains::keccak256(Bytes{}));
    expect_digest_like(bytes_of(hash));
    expect_digest_like(bytes_of(hash.substr(2)));
    expect_digest_like(bytes_of("0X" + hash.substr(2)));
    EXPECT_EQ(refusal(decode_personal(bytes_of(hash + "0"))), std::nullopt);
    EXPECT_EQ(refusal(decode_personal(bytes_of(hash.substr(2) + "zz"))), std::nullopt);
}

TEST(personal_message, preimages_of_something_else_are_refused_as_bytes_and_in_hex) {
    const auto transaction = transaction_to(kAlice, wei(5));
    const chains::LegacyTransaction legacy{
        .chain_id = kChain,
        .nonce = {},
        .gas_price = {},
        .gas_limit = {},
        .to = kAlice,
        .value = wei(5),
        .data = {}};
    const chains::UnprotectedTransaction unprotected{
        .nonce = {}, .gas_price = {}, .gas_limit = {}, .to = kAlice, .value = wei(5), .data = {}};
    const chains::UserOperationV06 operation{};
    auto typed = Bytes{0x19, 0x01};
    typed.resize(66, 0x11);
    for (const auto& bytes :
         {chains::encode_unsigned(transaction), chains::encode_unsigned(legacy),
          chains::encode_unsigned(unprotected),
          chains::encode_unsigned(chains::Authorization{kChain, kAlice, Nonce{1}}),
          chains::preimage_bytes(operation, chains::kEntryPointV06, kChain), typed,
          chains::validator_message_bytes(kAlice, Bytes(40, 0x11)),
          chains::personal_message_bytes(bytes_of("a message of some length, in a message"))}) {
        expect_digest_like(bytes);
        expect_digest_like(bytes_of(to_hex(bytes)));
        expect_digest_like(bytes_of(to_hex(bytes).substr(2)));
    }
}

TEST(personal_message, whatever_begins_as_signed_data_is_refused) {
    expect_digest_like({0x19});
    expect_digest_like({0x19, 0x00});
    expect_digest_like({0x19, 0x01, 0x02});
    expect_digest_like(
        bytes_of("\x19"
                 "Ethereum Signed Message:\n5hello"));
}

TEST(personal_message, a_transaction_with_a_byte_more_is_no_transaction) {
    auto bytes = chains::encode_unsigned(chains::Transaction{transaction_to(kAlice, wei(5))});
    bytes.push_back(0);
    EXPECT_EQ(refusal(decode_personal(bytes)), std::nullopt);
}

TEST(validator_message, names_its_validator) {
    const auto tree = decode_message(chains::ValidatorMessage{kAlice, Bytes(32, 0x11)}, kSigner);
    EXPECT_THAT(effects_in(tree), ElementsAre(Effect{Message{Bytes(32, 0x11), kAlice}}));
    EXPECT_EQ(tree.roots[0].target, kAlice);
}

}  // namespace
}  // namespace chela::policy::test
