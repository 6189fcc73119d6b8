#include "tests/policy/decode/universal_router_calls.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test::calls::universal_router {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Reason = Opaque::Reason;

TEST(universal_router_payments, wrapped_coins_that_are_swapped_are_a_swap_of_coins) {
    auto expected = swap(native(), 100, asset(kOther), 90);
    const SwapInput in{.path = {kWrapped, kOther}, .payer = Payer::router};
    for (const auto& amount : {U256{100}, kContractBalance}) {
        EXPECT_THAT(run({wrap(amount), v3(0x00, in)}, 100), ElementsAre(Effect{expected}));
        EXPECT_THAT(run({wrap(amount), v2(0x08, in)}, 100), ElementsAre(Effect{expected}));
    }
    auto whole = in;
    whole.first = kContractBalance;
    EXPECT_THAT(run({wrap(kContractBalance), v3(0x00, whole)}, 100), ElementsAre(Effect{expected}));
    // Coins that are not wrapped stay behind, unless they are swept.
    EXPECT_THAT(
        run({wrap(U256{100}), v3(0x00, in)}, 130),
        ElementsAre(Effect{expected}, transfer(native(), kSelf, kRouter, U256{30})));
    EXPECT_THAT(
        run({wrap(U256{100}), v3(0x00, in), sweep(kCoins, kMsgSender, 0)}, 130),
        ElementsAre(Effect{expected}));
    EXPECT_THAT(
        run({wrap(U256{100}), v3(0x00, in), sweep(kCoins, kStranger, 0)}, 130),
        ElementsAre(Effect{expected}, transfer(native(), kSelf, kStranger, U256{30})));
}

TEST(universal_router_payments, a_portion_for_somebody_is_a_transfer_that_must_be_claimed) {
    const SwapInput in{.recipient = kAddressThis, .second = U256{10'001}};
    EXPECT_THAT(
        run({v3(0x00, in), payment(0x06, kOther, kFees, U256{25}), sweep(kOther, kMsgSender, 0)}),
        ElementsAre(
            Effect{swap(asset(kToken), 100, asset(kOther), 9'975)},
            transfer(asset(kOther), kRouter, kFees, std::nullopt)));
    for (const auto& bips : {U256{0}, U256{10'001}, U256::max()}) {
        EXPECT_EQ(
            refusal(run({v3(0x00, in), payment(0x06, kOther, kFees, bips)})), Reason::unsupported);
    }
    EXPECT_EQ(refusal(run({payment(0x06, kCoins, kFees, U256{25})}, 100)), Reason::unsupported);
}

TEST(universal_router_payments, a_portion_of_everything_leaves_nothing) {
    const SwapInput in{.recipient = kAddressThis, .second = U256::max()};
    EXPECT_THAT(
        run(
            {v3(0x00, in), payment(0x06, kOther, kFees, U256{10'000}),
             sweep(kOther, kMsgSender, 0)}),
        ElementsAre(
            Effect{swap(asset(kToken), 100, asset(kOther), 0)},
            transfer(asset(kOther), kRouter, kFees, std::nullopt)));
}

TEST(universal_router_payments, transfers_take_from_what_is_held) {
    EXPECT_THAT(
        run({payment(0x05, kCoins, kStranger, U256{40}), sweep(kCoins, kMsgSender, 0)}, 100),
        ElementsAre(transfer(native(), kSelf, kStranger, U256{40})));
    const SwapInput in{.recipient = kAddressThis};
    EXPECT_THAT(
        run({v3(0x00, in), payment(0x05, kOther, kFees, U256{20}), sweep(kOther, kMsgSender, 0)}),
        ElementsAre(
            Effect{swap(asset(kToken), 100, asset(kOther), 70)},
            transfer(asset(kOther), kRouter, kFees, U256{20})));
    EXPECT_THAT(
        run({payment(0x05, kToken, kStranger, U256{40})}),
        ElementsAre(transfer(asset(kToken), kRouter, kStranger, U256{40})));
    EXPECT_THAT(
        run({v3(0x00, in), payment(0x05, kOther, kMsgSender, kContractBalance)}),
        ElementsAre(kPlain));
    EXPECT_EQ(
        refusal(run({payment(0x05, kCoins, kStranger, U256{140})}, 100)), Reason::unsupported);
    EXPECT_EQ(
        refusal(run({payment(0x05, kCoins, kStranger, kContractBalance)}, 100)),
        Reason::unsupported);
}

TEST(universal_router_payments, permits_are_grants) {
    const auto grant = [](const Address& spender, const Bound& amount, std::uint64_t expiry) {
        return Effect{Grant{asset(kToken), kSelf, spender, amount, U256{expiry}}};
    };
    constexpr U256 kUnlimited{{~0ULL, ~0ULL, 0xffffffff, 0}};
    EXPECT_THAT(
        run({permit(kRouter, U256{100}, 77), v3(0x00, {})}),
        ElementsAre(grant(kRouter, U256{100}, 77), kPlain));
    EXPECT_THAT(
        run({permit(kStranger, kUnlimited, 77)}), ElementsAre(grant(kStranger, std::nullopt, 77)));
    EXPECT_THAT(
        run({permit(kRouter, U256{0}, 77)}),
        ElementsAre(Effect{Revoke{asset(kToken), kSelf, kRouter}}));
    auto may_fail = permit(kRouter, U256{100}, 77);
    may_fail.code = 0x8a;
    EXPECT_THAT(run({may_fail}), ElementsAre(grant(kRouter, U256{100}, 77)));

    const auto details = [](const Address& token, std::uint64_t amount) {
        return list({{token}, number(amount), number(77), number(0)});
    };
    const Command batch{
        0x03,
        arguments_of(
            "(((address,uint160,uint48,uint48)[],address,uint256),bytes)",
            {list({list({details(kToken, 5), details(kOther, 6)}), {kStranger}, number(kDeadline)}),
             {Bytes(65, 7)}})};
    EXPECT_THAT(
        run({batch}), ElementsAre(
                          grant(kStranger, U256{5}, 77),
                          Effect{Grant{asset(kOther), kSelf, kStranger, U256{6}, U256{77}}}));
}

TEST(universal_router_payments, pulled_tokens_are_transfers_or_pay_for_swaps) {
    EXPECT_THAT(
        run({pull(kToken, kStranger, 5)}),
        ElementsAre(transfer(asset(kToken), kSelf, kStranger, U256{5})));
    EXPECT_THAT(
        run({pull(kToken, kAddressThis, 100), v3(0x00, {.payer = Payer::router})}),
        ElementsAre(kPlain));
    EXPECT_THAT(
        run({pull(kWrapped, kAddressThis, 100), unwrap(0)}),
        ElementsAre(Effect{Wrap{asset(kWrapped), Wrap::Direction::unwrap, kSelf, U256{100}}}));
    EXPECT_THAT(
        run({pull(kWrapped, kAddressThis, 100), unwrap(0, kStranger)}),
        ElementsAre(transfer(asset(kWrapped), kSelf, kStranger, U256{100})));
    const auto batch = [](const Address& from, const Address& to) {
        return Command{
            0x0d, arguments_of(
                      "((address,address,uint160,address)[])",
                      {list({list({{from}, {to}, number(5), {kToken}})})})};
    };
    EXPECT_THAT(
        run({batch(kSelf, kFriend)}),
        ElementsAre(transfer(asset(kToken), kSelf, kFriend, U256{5})));
    // There, stand-ins are addresses like any other.
    EXPECT_THAT(
        run({batch(kSelf, kMsgSender)}),
        ElementsAre(transfer(asset(kToken), kSelf, kMsgSender, U256{5})));
    EXPECT_EQ(refusal(run({batch(kFriend, kSelf)})), Reason::unsupported);
}

TEST(universal_router_payments, what_others_left_pays_for_nobody_unseen) {
    auto expected = std::get<Swap>(kPlain);
    expected.payer = kRouter;
    EXPECT_THAT(run({v3(0x00, {.payer = Payer::router})}), ElementsAre(Effect{expected}));
    EXPECT_THAT(run({sweep(kToken, kMsgSender, 0)}), IsEmpty());
    EXPECT_THAT(
        run({sweep(kToken, kStranger, 0)}),
        ElementsAre(transfer(asset(kToken), kRouter, kStranger, std::nullopt)));
}

TEST(universal_router_payments, looking_at_a_balance_does_nothing) {
    const auto check = payment(0x0e, kSelf, kToken, U256{5});
    EXPECT_THAT(run({check}), IsEmpty());
    EXPECT_THAT(run({{0x8e, check.input}, v3(0x00, {})}), ElementsAre(kPlain));
    EXPECT_THAT(run({}, 9), ElementsAre(transfer(native(), kSelf, kRouter, U256{9})));
}

TEST(universal_router_payments, wrapping_for_somebody_else_is_refused) {
    for (const auto& to : {kMsgSender, kStranger}) {
        EXPECT_EQ(refusal(run({wrap(U256{5}, to)}, 5)), Reason::unsupported);
    }
    EXPECT_EQ(refusal(run({wrap(U256{6})}, 5)), Reason::unsupported);
}

}  // namespace
}  // namespace chela::policy::test::calls::universal_router
