#include "tests/policy/decode/swap_router_calls.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test::calls::swap_router {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Reason = Opaque::Reason;

TEST(uniswap_v3, single_swaps_of_both_routers) {
    const auto expected = [](const Address& router) {
        return Effect{swap(router, asset(kToken), 100, asset(kOther), 90)};
    };
    const Single output{.amount = 90, .limit = 100};
    EXPECT_THAT(
        effects(kContracts, kOld, old_single("exactInputSingle", {})), ElementsAre(expected(kOld)));
    EXPECT_THAT(
        effects(kContracts, kOld, old_single("exactOutputSingle", output)),
        ElementsAre(expected(kOld)));
    EXPECT_THAT(
        effects(kContracts, kNew, new_single("exactInputSingle", {})), ElementsAre(expected(kNew)));
    EXPECT_THAT(
        effects(kContracts, kNew, new_single("exactOutputSingle", output)),
        ElementsAre(expected(kNew)));
    // The struct of the other router is no function of this one.
    EXPECT_EQ(
        refusal(effects(kContracts, kNew, old_single("exactInputSingle", {}))),
        Reason::untrusted_contract);
    EXPECT_EQ(
        refusal(effects(kContracts, kOld, new_single("exactInputSingle", {}))),
        Reason::untrusted_contract);
}

TEST(uniswap_v3, an_exact_output_with_a_price_limit_may_bring_less) {
    const Single output{.amount = 90, .limit = 100, .price_limit = 1};
    EXPECT_THAT(
        effects(kContracts, kNew, new_single("exactOutputSingle", output)),
        ElementsAre(Effect{swap(kNew, asset(kToken), 100, asset(kOther), 0)}));
}

TEST(uniswap_v3, paths_name_the_tokens_on_the_way) {
    auto expected = swap(kNew, asset(kToken), 100, asset(kOther), 90);
    expected.via = {asset(kThird), asset(kWrapped)};
    EXPECT_THAT(
        effects(
            kContracts, kNew,
            new_path("exactInput", path({kToken, kThird, kWrapped, kOther}), kSelf, 100, 90)),
        ElementsAre(Effect{expected}));
    // An exact output is told from its end.
    EXPECT_THAT(
        effects(
            kContracts, kNew,
            new_path("exactOutput", path({kOther, kWrapped, kThird, kToken}), kSelf, 90, 100)),
        ElementsAre(Effect{expected}));
    expected.venue.contract = kOld;
    expected.deadline = U256{kDeadline};
    const auto old = call_of(
        "exactInput((bytes,address,uint256,uint256,uint256))",
        {list(
            {{path({kToken, kThird, kWrapped, kOther})},
             {kSelf},
             number(kDeadline),
             number(100),
             number(90)})});
    EXPECT_THAT(effects(kContracts, kOld, old), ElementsAre(Effect{expected}));
}

TEST(uniswap_v3, broken_paths_are_refused) {
    const auto right = path({kToken, kOther});
    for (std::size_t size = 0; size <= right.size() + 23; ++size) {
        Bytes cut = right;
        cut.resize(size);
        const auto found = effects(kContracts, kNew, new_path("exactInput", cut, kSelf, 100, 90));
        const bool is_path = size == 43 || size == 66;
        EXPECT_EQ(refusal(found), is_path ? std::nullopt : std::optional{Reason::non_canonical})
            << size;
    }
}

TEST(uniswap_v3, recipients_are_resolved_as_each_router_does) {
    const auto recipient = [](const Address& router, const Address& to) {
        const Single single{.recipient = to};
        const auto data = router == kOld ? old_single("exactInputSingle", single)
                                         : new_single("exactInputSingle", single);
        return std::get<Swap>(effects(kContracts, router, data).at(0)).recipient;
    };
    EXPECT_EQ(recipient(kOld, Address{}), kOld);
    EXPECT_EQ(recipient(kOld, kMsgSender), kMsgSender);
    EXPECT_EQ(recipient(kNew, Address{}), Address{});
    EXPECT_EQ(recipient(kNew, kMsgSender), kSelf);
    EXPECT_EQ(recipient(kNew, kAddressThis), kNew);
    EXPECT_EQ(recipient(kNew, kStranger), kStranger);
}

TEST(uniswap_v3, a_swap_to_the_router_then_unwrapped_is_one_swap_to_whom_it_goes) {
    const auto in = old_single("exactInputSingle", {.out = kWrapped, .recipient = {}});
    EXPECT_THAT(
        run(kOld, {in, unwrap(95, kSelf)}),
        ElementsAre(Effect{swap(kOld, asset(kToken), 100, native(), 95)}));
    EXPECT_THAT(
        run(kOld, {in, unwrap(0, kSelf)}),
        ElementsAre(Effect{swap(kOld, asset(kToken), 100, native(), 90)}));
    EXPECT_THAT(
        run(kOld, {in, sweep(kWrapped, 95, kSelf)}),
        ElementsAre(Effect{swap(kOld, asset(kToken), 100, asset(kWrapped), 95)}));
    auto to_stranger = swap(kOld, asset(kToken), 100, native(), 95);
    to_stranger.recipient = kStranger;
    EXPECT_THAT(run(kOld, {in, unwrap(95, kStranger)}), ElementsAre(Effect{to_stranger}));
}

TEST(uniswap_v3, what_is_never_swept_stays_in_the_router) {
    auto expected = swap(kOld, asset(kToken), 100, asset(kWrapped), 90);
    expected.recipient = kOld;
    const auto in = old_single("exactInputSingle", {.out = kWrapped, .recipient = {}});
    EXPECT_THAT(run(kOld, {in}), ElementsAre(Effect{expected}));
    EXPECT_THAT(run(kOld, {in, kRefund}), ElementsAre(Effect{expected}));
    // Swept before it is there, or another token.
    EXPECT_THAT(run(kOld, {unwrap(0, kSelf), in}), ElementsAre(Effect{expected}));
    EXPECT_THAT(run(kOld, {in, sweep(kOther, 0, kSelf)}), ElementsAre(Effect{expected}));
}

TEST(uniswap_v3, what_others_left_may_go_to_the_caller_alone) {
    EXPECT_THAT(effects(kContracts, kOld, unwrap(0, kSelf)), IsEmpty());
    EXPECT_FALSE(decode(kContracts, kOld, unwrap(0, kSelf)).empty());
    EXPECT_THAT(
        effects(kContracts, kOld, unwrap(0, kStranger)),
        ElementsAre(transfer(native(), kOld, kStranger, std::nullopt)));
    EXPECT_THAT(
        effects(kContracts, kOld, sweep(kToken, 0, kStranger)),
        ElementsAre(transfer(asset(kToken), kOld, kStranger, std::nullopt)));
}

TEST(uniswap_v3, coins_sent_along_pay_for_the_wrapped_token) {
    const Single in{.in = kWrapped};
    EXPECT_THAT(
        effects(kContracts, kNew, new_single("exactInputSingle", in), wei(100)),
        ElementsAre(Effect{swap(kNew, native(), 100, asset(kOther), 90)}));
    // Without coins it is the token.
    EXPECT_THAT(
        effects(kContracts, kNew, new_single("exactInputSingle", in)),
        ElementsAre(Effect{swap(kNew, asset(kWrapped), 100, asset(kOther), 90)}));
    // What is too much stays, unless it is refunded.
    EXPECT_THAT(
        effects(kContracts, kNew, new_single("exactInputSingle", in), wei(130)),
        ElementsAre(
            Effect{swap(kNew, native(), 100, asset(kOther), 90)},
            transfer(native(), kSelf, kNew, U256{30})));
    EXPECT_THAT(
        run(kNew, {new_single("exactInputSingle", in), kRefund}, 130),
        ElementsAre(Effect{swap(kNew, native(), 100, asset(kOther), 90)}));
    // Coins or the token, whichever the price makes it: not certain.
    EXPECT_EQ(
        refusal(effects(kContracts, kNew, new_single("exactInputSingle", in), wei(50))),
        Reason::unsupported);
}

TEST(uniswap_v3, coins_have_no_part_in_a_swap_of_other_tokens) {
    EXPECT_THAT(
        effects(kContracts, kNew, new_single("exactInputSingle", {}), wei(7)),
        ElementsAre(
            Effect{swap(kNew, asset(kToken), 100, asset(kOther), 90)},
            transfer(native(), kSelf, kNew, U256{7})));
    // But the router would pay a later pool with them.
    EXPECT_EQ(
        refusal(effects(
            kContracts, kNew,
            new_path("exactInput", path({kToken, kWrapped, kOther}), kSelf, 100, 90), wei(7))),
        Reason::unsupported);
}

TEST(uniswap_v3, an_exact_output_for_coins_gives_back_the_rest) {
    const Single out{.in = kWrapped, .amount = 90, .limit = 100};
    const auto expected = Effect{swap(kNew, native(), 100, asset(kOther), 90)};
    EXPECT_THAT(
        run(kNew, {new_single("exactOutputSingle", out), kRefund}, 100), ElementsAre(expected));
    EXPECT_THAT(
        effects(kContracts, kNew, new_single("exactOutputSingle", out), wei(100)),
        ElementsAre(expected));
    // To wrap the rest for a stranger is no refund.
    const auto wrap = call_of("wrapETH(uint256)", {number(10)});
    EXPECT_EQ(
        refusal(
            run(kNew, {new_single("exactOutputSingle", out), wrap, sweep(kWrapped, 0, kStranger)},
                100)),
        Reason::unsupported);
}

TEST(uniswap_v3, a_self_permit_is_a_grant_to_the_router) {
    const auto permit = [](const std::string& name, const U256& amount) {
        return call_of(
            name + "(address,uint256,uint256,uint8,bytes32,bytes32)",
            {{kToken}, {amount}, number(kDeadline), number(27), {Bytes(32, 1)}, {Bytes(32, 2)}});
    };
    const auto grant = [](const Address& router, const Bound& amount) {
        return Effect{Grant{asset(kToken), kSelf, router, amount, std::nullopt}};
    };
    for (const auto& router : {kOld, kNew}) {
        for (const auto* name : {"selfPermit", "selfPermitIfNecessary"}) {
            EXPECT_THAT(run(router, {permit(name, U256{5})}), ElementsAre(grant(router, U256{5})));
            EXPECT_THAT(
                run(router, {permit(name, U256::max())}), ElementsAre(grant(router, std::nullopt)));
        }
        for (const auto* name : {"selfPermitAllowed", "selfPermitAllowedIfNecessary"}) {
            EXPECT_THAT(
                effects(kContracts, router, permit(name, U256{5})),
                ElementsAre(grant(router, std::nullopt)));
        }
    }
}

TEST(uniswap_v3, any_other_call_in_a_multicall_refuses_it) {
    const auto good = old_single("exactInputSingle", {});
    EXPECT_EQ(refusal(run(kOld, {good, {1, 2, 3, 4}})), Reason::unsupported);
    EXPECT_EQ(refusal(run(kOld, {good, {1, 2}})), Reason::unsupported);
    EXPECT_EQ(refusal(run(kOld, {good, transfer_of(kStranger, 5)})), Reason::unsupported);
    EXPECT_EQ(refusal(run(kOld, {multicall({good})})), Reason::unsupported);
    const auto with_fee = call_of(
        "unwrapWETH9WithFee(uint256,address,uint256,address)",
        {number(0), {kSelf}, number(100), {kStranger}});
    EXPECT_EQ(refusal(run(kOld, {good, with_fee})), Reason::unsupported);
    auto trailing = good;
    trailing.push_back(0);
    EXPECT_EQ(refusal(run(kOld, {trailing})), Reason::non_canonical);
    auto dirty = good;
    dirty[4] = 1;
    EXPECT_EQ(refusal(run(kOld, {dirty})), Reason::non_canonical);
}

TEST(uniswap_v3, multicalls_are_bounded) {
    EXPECT_EQ(refusal(run(kOld, std::vector<Bytes>(255, kRefund))), std::nullopt);
    EXPECT_EQ(refusal(run(kOld, std::vector<Bytes>(256, kRefund))), Reason::limit);
}

}  // namespace
}  // namespace chela::policy::test::calls::swap_router
