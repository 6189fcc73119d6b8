#include "chains/preimage/preimage.hpp"

#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "chains/tx/unprotected.hpp"
#include "tests/chains/tx/cases.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

static_assert(!std::is_copy_constructible_v<ApprovedPreimage>);
static_assert(!std::is_copy_assignable_v<ApprovedPreimage>);
static_assert(!std::is_default_constructible_v<ApprovedPreimage>);
static_assert(!std::is_constructible_v<ApprovedPreimage, Preimage, Address>);
static_assert(!std::is_convertible_v<Transaction, Preimage>);
static_assert(std::is_nothrow_move_constructible_v<ApprovedPreimage>);

// Nothing can be signed that is not one of these: no digest, no bytes, no transaction that every
// chain would take.
static_assert(!std::is_constructible_v<Preimage, Hash256>);
static_assert(!std::is_constructible_v<Preimage, SigningHash>);
static_assert(!std::is_constructible_v<Preimage, Bytes>);
static_assert(!std::is_constructible_v<Preimage, UnprotectedTransaction>);

BytesView bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Bytes message(std::string_view text) {
    const auto bytes = bytes_of(text);
    return {bytes.begin(), bytes.end()};
}

TEST(preimage, holds_the_bytes_that_are_signed) {
    for (const auto& each : test::transaction_cases()) {
        const Preimage preimage{each.transaction};
        EXPECT_EQ(to_hex(preimage.bytes()), to_hex(each.unsigned_bytes)) << each.name;
        EXPECT_EQ(preimage.transaction(), each.transaction) << each.name;
        EXPECT_EQ(preimage.signing_hash(), SigningHash{keccak256(each.unsigned_bytes).bytes})
            << each.name;
    }
}

TEST(preimage, of_the_eip_155_example_has_the_published_hash) {
    const auto cases = test::transaction_cases();
    const auto example =
        std::ranges::find_if(cases, [](const auto& each) { return !each.signing_hash.empty(); });
    ASSERT_NE(example, cases.end());
    EXPECT_EQ(
        to_hex(Preimage{example->transaction}.signing_hash()),
        "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
}

TEST(preimage, of_a_personal_message_carries_the_prefix) {
    const Preimage preimage{PersonalMessage{message("Some data")}};
    EXPECT_EQ(
        std::string(preimage.bytes().begin(), preimage.bytes().end()),
        "\x19"
        "Ethereum Signed Message:\n9Some data");
    // Published by web3.js for web3.eth.accounts.hashMessage("Some data").
    EXPECT_EQ(
        to_hex(preimage.signing_hash()),
        "0x1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655");
    EXPECT_TRUE(std::holds_alternative<PersonalMessage>(preimage.content()));
}

TEST(preimage, of_a_validator_message_carries_the_validator) {
    const Address validator{{0xaa}};
    const Preimage preimage{ValidatorMessage{validator, {1, 2, 3}}};
    EXPECT_EQ(to_hex(preimage.bytes()), "0x1900aa" + std::string(38, '0') + "010203");
}

TEST(preimage, of_typed_data_is_the_domain_and_the_struct) {
    auto data = parse_typed_data(
        R"({"types": {"Note": [{"name": "text", "type": "string"}]}, "primaryType": "Note",
            "domain": {"name": "chela"}, "message": {"text": "hello"}})");
    ASSERT_TRUE(data) << data.error().detail;
    const Bytes expected = data->bytes();
    const Preimage preimage{*std::move(data)};
    EXPECT_EQ(to_hex(preimage.bytes()), to_hex(expected));
    EXPECT_EQ(preimage.bytes().size(), 66U);
    EXPECT_EQ(to_hex(preimage.bytes().first(2)), "0x1901");
}

TEST(preimage, of_an_authorization_starts_with_its_magic) {
    const Authorization authorization{ChainId{1}, Address{{0xbb}}, Nonce{7}};
    const Preimage preimage{authorization};
    EXPECT_EQ(preimage.bytes().front(), 0x05);
    EXPECT_EQ(preimage.signing_hash(), signing_hash(authorization));
}

TEST(preimage, of_a_user_operation_is_its_hash_or_a_message_of_it) {
    UserOperation operation{UserOperationV06{}, kEntryPointV06, ChainId{1}};
    const auto bare = Preimage::of({operation, UserOperationToSign::Form::hash});
    ASSERT_TRUE(bare) << bare.error().detail;
    EXPECT_EQ(bare->bytes().size(), 96U);
    const auto prefixed = Preimage::of({operation, UserOperationToSign::Form::personal_message});
    ASSERT_TRUE(prefixed) << prefixed.error().detail;
    const auto hash = bare->signing_hash();
    EXPECT_EQ(
        to_hex(prefixed->bytes()),
        to_hex(Preimage{PersonalMessage{{hash.bytes.begin(), hash.bytes.end()}}}.bytes()));
    UserOperationV07 too_wide;
    too_wide.call_gas_limit = U256::max();
    operation = {too_wide, kEntryPointV07, ChainId{1}};
    EXPECT_EQ(
        Preimage::of({operation, UserOperationToSign::Form::hash}).error().code,
        ErrorCode::out_of_range);
}

TEST(preimage_death, of_a_message_is_never_taken_for_a_transaction) {
    const Preimage preimage{PersonalMessage{message("x")}};
    EXPECT_DEATH(static_cast<void>(preimage.transaction()), "no transaction");
}

}  // namespace
}  // namespace chela::chains
