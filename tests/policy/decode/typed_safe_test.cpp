#include "tests/policy/decode/typed.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test {
namespace {

using testing::ElementsAre;

const Address kSafe = address(0x5a);
const Address kMultiSend = from_text("0x9641d764fc13c8B624c04430C7356C1C7C8102e2");

EffectTree decode_safe_tx(const Json& changes, std::optional<Json> domain = std::nullopt) {
    auto message = safe_tx_message();
    message.update(changes);
    return decode_typed(kSafeTxText, message, domain.value_or(domain_of(kSafe)));
}

Effect refund(std::optional<Address> token, const Address& to, Bound amount) {
    return Transfer{{kChain, token}, kSafe, to, amount, std::nullopt};
}

TEST(typed_safe_tx, is_what_the_safe_does) {
    const auto tree = decode_safe_tx(Json::object());
    EXPECT_THAT(
        effects_in(tree),
        ElementsAre(Effect{Transfer{kAsset, kSafe, kAlice, U256{9}, std::nullopt}}));
    const auto* node = effects_of(tree).front();
    EXPECT_EQ(node->actor, kSafe);
    EXPECT_EQ(node->range, ByteRange{});
    EXPECT_EQ(tree.valid_until, std::nullopt);
    ASSERT_EQ(tree.roots.size(), 1U);
    EXPECT_EQ(std::get<Wrapper>(tree.roots[0].what), (Wrapper{"SafeTx", kSafe}));
    EXPECT_EQ(tree.roots[0].actor, kSigner);
}

TEST(typed_safe_tx, carries_value) {
    EXPECT_THAT(
        effects_in(decode_safe_tx({{"value", 7}, {"data", "0x"}})),
        ElementsAre(Effect{Transfer{kNative, kSafe, kToken, U256{7}, std::nullopt}}));
}

TEST(typed_safe_tx, operation_1_is_a_delegatecall) {
    EXPECT_THAT(
        effects_in(decode_safe_tx({{"operation", 1}})),
        ElementsAre(Effect{Delegatecall{kChain, kSafe, kToken}}));
}

TEST(typed_safe_tx, a_delegatecall_of_multisend_is_what_it_carries) {
    const auto transfer = "a9059cbb" + word(kAlice) + word(9);
    const auto packed = "00" + to_hex(kToken).substr(2) + word(0) + word(68) + transfer;
    const auto data = "0x" + call("multiSend(bytes)", {val(from_digits(packed + packed))});
    const Json message{{"operation", 1}, {"to", to_checksum(kMultiSend)}, {"data", data}};
    const Effect one = Transfer{kAsset, kSafe, kAlice, U256{9}, std::nullopt};
    EXPECT_THAT(effects_in(decode_safe_tx(message)), ElementsAre(one, one));
    auto broken = message;
    broken["data"] = data.substr(0, data.size() - 64);
    EXPECT_EQ(refusal(effects_in(decode_safe_tx(broken))), Opaque::Reason::non_canonical);
}

TEST(typed_safe_tx, another_operation_is_refused) {
    EXPECT_EQ(
        refusal(effects_in(decode_safe_tx({{"operation", 2}}))), Opaque::Reason::non_canonical);
}

TEST(typed_safe_tx, unknown_calls_are_opaque) {
    EXPECT_EQ(
        refusal(effects_in(decode_safe_tx({{"data", "0x12345678"}}))),
        Opaque::Reason::unknown_selector);
}

TEST(typed_safe_tx, a_refund_is_a_transfer_of_the_safe_even_without_declared_gas) {
    const auto effects = effects_in(decode_safe_tx(
        {{"gasPrice", 2},
         {"gasToken", to_checksum(kToken)},
         {"refundReceiver", to_checksum(kBob)}}));
    ASSERT_EQ(effects.size(), 2U);
    const auto* paid = std::get_if<Transfer>(&effects[1]);
    ASSERT_NE(paid, nullptr);
    EXPECT_EQ(paid->asset, kAsset);
    EXPECT_EQ(paid->from, kSafe);
    EXPECT_EQ(paid->to, kBob);
    // Twice what a call costs of itself.
    ASSERT_TRUE(paid->amount);
    EXPECT_GE(*paid->amount, U256{2 * 40'000});
}

TEST(typed_safe_tx, a_refund_that_does_not_fit_is_unbounded) {
    EXPECT_THAT(
        effects_in(decode_safe_tx({{"gasPrice", to_decimal(U256::max())}, {"baseGas", 2}})),
        ElementsAre(
            Effect{Transfer{kAsset, kSafe, kAlice, U256{9}, std::nullopt}},
            refund(std::nullopt, Address{}, std::nullopt)));
    EXPECT_THAT(
        effects_in(decode_safe_tx(
            {{"gasPrice", 1},
             {"baseGas", to_decimal(U256::max())},
             {"safeTxGas", to_decimal(U256::max())}})),
        ElementsAre(
            Effect{Transfer{kAsset, kSafe, kAlice, U256{9}, std::nullopt}},
            refund(std::nullopt, Address{}, std::nullopt)));
}

TEST(typed_safe_tx, the_old_domain_without_chain_is_refused) {
    EXPECT_EQ(
        refusal(effects_in(
            decode_safe_tx(Json::object(), Json{{"verifyingContract", to_checksum(kSafe)}}))),
        Opaque::Reason::unknown_typed_data);
}

TEST(typed_safe_tx, does_what_exec_transaction_does) {
    const auto transfer = from_digits("a9059cbb" + word(kAlice) + word(9));
    const auto data = call(
        "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,"
        "bytes)",
        {val(kToken), num(3), val(transfer), num(0), num(10), num(20), num(30), val(kBob),
         val(kAlice), val(Bytes(65, 0x22))});
    EXPECT_EQ(
        effects_in(decode_safe_tx(
            {{"value", 3},
             {"safeTxGas", 10},
             {"baseGas", 20},
             {"gasPrice", 30},
             {"gasToken", to_checksum(kBob)},
             {"refundReceiver", to_checksum(kAlice)}})),
        decode(kSafe, data));
}

}  // namespace
}  // namespace chela::policy::test
