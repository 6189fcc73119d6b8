#include "tests/policy/decode/calls.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test::calls {
namespace {

using testing::ElementsAre;
using Reason = Opaque::Reason;

const Address kSafe = address(0x5a);
const Address kMultisend = address(0x4d);
const Contracts kContracts = [] {
    Contracts out;
    out.declare(kChain, kMultisend, ContractKind::safe_multisend);
    return out;
}();

struct SafeCall {
    Address to = kToken;
    std::uint64_t value = 0;
    Bytes data = transfer_of(kFriend, 5);
    std::uint64_t operation = 0;
    U256 safe_tx_gas{};
    U256 base_gas{};
    U256 gas_price{};
    Address gas_token{};
    Address refund_receiver{};
};

Bytes exec(const SafeCall& in) {
    return call_of(
        "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,"
        "bytes)",
        {{in.to},
         number(in.value),
         {in.data},
         number(in.operation),
         {in.safe_tx_gas},
         {in.base_gas},
         {in.gas_price},
         {in.gas_token},
         {in.refund_receiver},
         {Bytes(65, 7)}});
}

Bytes packed(std::uint8_t operation, const Address& to, std::uint64_t value, const Bytes& data) {
    return joined(
        {{operation}, bytes_of(to), word_of(U256{value}), word_of(U256{data.size()}), data});
}
Bytes multi_send(const Bytes& packed) {
    return call_of("multiSend(bytes)", {{packed}});
}

std::vector<Effect> judge(const SafeCall& in) {
    return effects(kContracts, kSafe, exec(in));
}

TEST(safe, what_it_executes_is_done_by_the_safe) {
    EXPECT_THAT(judge({}), ElementsAre(transfer(asset(kToken), kSafe, kFriend, U256{5})));
    EXPECT_THAT(
        judge({.to = kStranger, .value = 8, .data = {}}),
        ElementsAre(transfer(native(), kSafe, kStranger, U256{8})));
    for (const std::string name :
         {"execTransactionFromModule", "execTransactionFromModuleReturnData"}) {
        const auto data = call_of(
            name + "(address,uint256,bytes,uint8)",
            {{kToken}, number(0), {transfer_of(kFriend, 5)}, number(0)});
        EXPECT_THAT(
            effects(kContracts, kSafe, data),
            ElementsAre(transfer(asset(kToken), kSafe, kFriend, U256{5})));
    }
}

TEST(safe, one_bit_makes_it_a_delegatecall) {
    EXPECT_THAT(judge({.operation = 1}), ElementsAre(Effect{Delegatecall{kChain, kSafe, kToken}}));
    EXPECT_EQ(refusal(judge({.operation = 2})), Reason::non_canonical);
}

TEST(safe, multisend_by_delegatecall_acts_as_the_safe) {
    const auto both =
        joined({packed(0, kToken, 0, transfer_of(kFriend, 5)), packed(0, kStranger, 9, {})});
    EXPECT_THAT(
        judge({.to = kMultisend, .data = multi_send(both), .operation = 1}),
        ElementsAre(
            transfer(asset(kToken), kSafe, kFriend, U256{5}),
            transfer(native(), kSafe, kStranger, U256{9})));
}

TEST(safe, multisend_called_by_itself_acts_as_itself) {
    const auto data = multi_send(packed(0, kToken, 0, transfer_of(kFriend, 5)));
    EXPECT_THAT(
        effects(kContracts, kMultisend, data),
        ElementsAre(transfer(asset(kToken), kMultisend, kFriend, U256{5})));
    EXPECT_THAT(
        judge({.to = kMultisend, .data = data}),
        ElementsAre(transfer(asset(kToken), kMultisend, kFriend, U256{5})));
    EXPECT_EQ(refusal(effects(kContracts, kStranger, data)), Reason::untrusted_contract);
}

TEST(safe, a_delegatecall_inside_multisend_is_seen) {
    EXPECT_THAT(
        judge({.to = kMultisend, .data = multi_send(packed(1, kStranger, 0, {})), .operation = 1}),
        ElementsAre(Effect{Delegatecall{kChain, kSafe, kStranger}}));
    // MultiSend within MultiSend, both as the Safe
    const auto inner = multi_send(packed(0, kToken, 0, transfer_of(kFriend, 5)));
    EXPECT_THAT(
        judge(
            {.to = kMultisend,
             .data = multi_send(packed(1, kMultisend, 0, inner)),
             .operation = 1}),
        ElementsAre(transfer(asset(kToken), kSafe, kFriend, U256{5})));
}

TEST(safe, a_delegatecall_of_multisend_for_something_else_is_opaque) {
    EXPECT_EQ(
        refusal(judge({.to = kMultisend, .data = {}, .operation = 1})), Reason::non_canonical);
    EXPECT_EQ(refusal(judge({.to = kMultisend, .operation = 1})), Reason::non_canonical);
}

TEST(safe, broken_packed_calls_are_refused) {
    const auto right = packed(0, kToken, 0, transfer_of(kFriend, 5));
    auto longer = right;
    longer.push_back(0);
    auto half_header = joined({right, Bytes(84, 0)});
    auto operation = right;
    operation[0] = 2;
    auto length = right;
    ++length[1 + 20 + 32 + 31];
    auto huge = right;
    huge[1 + 20 + 32] = 0xff;
    for (const auto& broken : {longer, half_header, operation, length, huge}) {
        EXPECT_EQ(
            refusal(judge({.to = kMultisend, .data = multi_send(broken), .operation = 1})),
            Reason::non_canonical);
        EXPECT_EQ(
            refusal(effects(kContracts, kMultisend, multi_send(broken))), Reason::non_canonical);
    }
    for (std::size_t size = 1; size < right.size(); ++size) {
        const Bytes cut(right.begin(), right.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(refusal(effects(kContracts, kMultisend, multi_send(cut))), Reason::non_canonical);
    }
}

TEST(safe, multisend_to_the_zero_address_depends_on_its_version) {
    EXPECT_EQ(
        refusal(effects(kContracts, kMultisend, multi_send(packed(0, {}, 1, {})))),
        Reason::unsupported);
}

TEST(safe, every_packed_call_counts_against_the_bounds) {
    for (const auto operation : {std::uint8_t{0}, std::uint8_t{1}}) {
        for (const auto& to : {kStranger, Address{}}) {
            Bytes many;
            for (int i = 0; i < 1500; ++i)
                many = joined({many, packed(operation, to, 0, {})});
            const auto nodes = decode(kContracts, kMultisend, multi_send(many));
            EXPECT_LE(count_nodes(nodes), kMaxNodes + 2);
            const auto found = effects_of(nodes);
            const auto* last = std::get_if<Opaque>(&found.back());
            ASSERT_NE(last, nullptr);
            EXPECT_EQ(last->reason, Reason::limit);
        }
    }
}

TEST(safe, nested_delegatecalls_end_at_the_depth_limit) {
    auto data = multi_send(packed(0, kToken, 0, transfer_of(kFriend, 5)));
    // The Safe's call, seven more MultiSends, then the transfer: depth 8.
    for (int i = 0; i < 6; ++i)
        data = multi_send(packed(1, kMultisend, 0, data));
    EXPECT_THAT(
        judge({.to = kMultisend, .data = data, .operation = 1}),
        ElementsAre(transfer(asset(kToken), kSafe, kFriend, U256{5})));
    data = multi_send(packed(1, kMultisend, 0, data));
    EXPECT_EQ(refusal(judge({.to = kMultisend, .data = data, .operation = 1})), Reason::limit);
}

TEST(safe, the_refund_is_a_transfer_at_its_worst) {
    const SafeCall in{
        .safe_tx_gas = U256{100'000},
        .base_gas = U256{50'000},
        .gas_price = U256{3},
        .gas_token = kToken,
        .refund_receiver = kStranger};
    const auto worst = U256{(100'000 + 50'000 + 500'000) * 3};
    EXPECT_THAT(
        judge(in), ElementsAre(
                       transfer(asset(kToken), kSafe, kFriend, U256{5}),
                       transfer(asset(kToken), kSafe, kStranger, worst)));
}

TEST(safe, a_refund_without_gas_still_pays_for_the_call) {
    const auto found = judge({.gas_price = U256{1'000'000}, .refund_receiver = kStranger});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1], transfer(native(), kSafe, kStranger, U256{500'000'000'000}));
}

TEST(safe, a_refund_that_overflows_is_unbounded) {
    for (const SafeCall& in :
         {SafeCall{.safe_tx_gas = U256::max(), .base_gas = U256{1}, .gas_price = U256{1}},
          SafeCall{.safe_tx_gas = U256::max(), .gas_price = U256{1}},
          SafeCall{.gas_price = U256::max()}}) {
        // To the zero address: whoever sends the transaction.
        EXPECT_THAT(
            judge(in), ElementsAre(
                           transfer(asset(kToken), kSafe, kFriend, U256{5}),
                           transfer(native(), kSafe, Address{}, std::nullopt)));
    }
}

TEST(safe, approving_a_hash_is_never_understood) {
    EXPECT_EQ(
        refusal(effects(kContracts, kSafe, call_of("approveHash(bytes32)", {{Bytes(32, 1)}}))),
        Reason::unsupported);
}

TEST(safe, coins_sent_along_go_to_the_safe) {
    EXPECT_THAT(
        effects(kContracts, kSafe, exec({.to = kStranger, .value = 8, .data = {}}), wei(3)),
        ElementsAre(
            transfer(native(), kSelf, kSafe, U256{3}),
            transfer(native(), kSafe, kStranger, U256{8})));
}

}  // namespace
}  // namespace chela::policy::test::calls
