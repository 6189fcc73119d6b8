#include "tests/policy/decode/swap_router_calls.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test::calls::swap_router {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Reason = Opaque::Reason;

TEST(swap_router_02, zero_means_all_that_the_router_has) {
    const auto first =
        new_single("exactInputSingle", {.out = kThird, .recipient = kAddressThis, .limit = 0});
    const auto second = call_of(
        "swapExactTokensForTokens(uint256,uint256,address[],address)",
        {number(0), number(90), list({{kThird}, {kOther}}), {kMsgSender}});
    auto expected = swap(kNew, asset(kToken), 100, asset(kOther), 90);
    expected.via = {asset(kThird)};
    EXPECT_THAT(run(kNew, {first, second}), ElementsAre(Effect{expected}));

    // Alone, it spends what others left; how much is not known.
    auto alone = swap(kNew, asset(kThird), 0, asset(kOther), 90);
    alone.max_in = std::nullopt;
    alone.payer = kNew;
    EXPECT_THAT(effects(kContracts, kNew, second), ElementsAre(Effect{alone}));
}

TEST(swap_router_02, v2_swaps_resolve_stand_ins) {
    const auto exact_in = call_of(
        "swapExactTokensForTokens(uint256,uint256,address[],address)",
        {number(100), number(90), list({{kToken}, {kOther}}), {kMsgSender}});
    const auto exact_out = call_of(
        "swapTokensForExactTokens(uint256,uint256,address[],address)",
        {number(90), number(100), list({{kToken}, {kOther}}), {kMsgSender}});
    const auto expected = Effect{swap(kNew, asset(kToken), 100, asset(kOther), 90)};
    EXPECT_THAT(effects(kContracts, kNew, exact_in), ElementsAre(expected));
    EXPECT_THAT(effects(kContracts, kNew, exact_out), ElementsAre(expected));
}

TEST(swap_router_02, a_token_on_the_way_may_keep_an_exact_output_of_v2) {
    const auto exact_out = call_of(
        "swapTokensForExactTokens(uint256,uint256,address[],address)",
        {number(90), number(100), list({{kToken}, {kStranger}, {kOther}}), {kMsgSender}});
    auto expected = swap(kNew, asset(kToken), 100, asset(kOther), 0);
    expected.via = {asset(kStranger)};
    EXPECT_THAT(effects(kContracts, kNew, exact_out), ElementsAre(Effect{expected}));
}

TEST(swap_router_02, the_deadline_is_that_of_the_multicall) {
    const auto data = call_of(
        "multicall(uint256,bytes[])",
        {number(kDeadline), list({{new_single("exactInputSingle", {})}})});
    auto expected = swap(kNew, asset(kToken), 100, asset(kOther), 90);
    expected.deadline = U256{kDeadline};
    EXPECT_THAT(effects(kContracts, kNew, data), ElementsAre(Effect{expected}));
    const auto by_hash = call_of(
        "multicall(bytes32,bytes[])",
        {{Bytes(32, 1)}, list({{new_single("exactInputSingle", {})}})});
    expected.deadline = std::nullopt;
    EXPECT_THAT(effects(kContracts, kNew, by_hash), ElementsAre(Effect{expected}));
}

TEST(swap_router_02, one_trade_over_two_routes_is_one_swap) {
    const auto first = new_single(
        "exactInputSingle", {.out = kWrapped, .recipient = kAddressThis, .amount = 60, .limit = 0});
    const auto second =
        new_path("exactInput", path({kToken, kThird, kWrapped}), kAddressThis, 40, 0);
    auto expected = swap(kNew, asset(kToken), 100, native(), 95);
    expected.via = {asset(kThird)};
    EXPECT_THAT(run(kNew, {first, second, unwrap(95, kSelf)}), ElementsAre(Effect{expected}));
}

TEST(swap_router_02, trades_of_different_tokens_stay_apart) {
    const auto first =
        new_single("exactInputSingle", {.out = kWrapped, .recipient = kAddressThis, .limit = 30});
    const auto second = new_single(
        "exactInputSingle",
        {.in = kOther, .out = kWrapped, .recipient = kAddressThis, .limit = 40});
    EXPECT_THAT(
        run(kNew, {first, second, unwrap(95, kSelf)}),
        ElementsAre(
            Effect{swap(kNew, asset(kToken), 100, native(), 30)},
            Effect{swap(kNew, asset(kOther), 100, native(), 40)}));
}

TEST(swap_router_02, tokens_pulled_in_go_back_or_are_a_transfer) {
    const auto pull = call_of("pull(address,uint256)", {{kToken}, number(50)});
    const auto mine = call_of("sweepToken(address,uint256)", {{kToken}, number(0)});
    EXPECT_THAT(run(kNew, {pull, mine}), IsEmpty());
    EXPECT_THAT(
        run(kNew, {pull, sweep(kToken, 0, kStranger)}),
        ElementsAre(transfer(asset(kToken), kSelf, kStranger, U256{50})));
    EXPECT_THAT(run(kNew, {pull}), ElementsAre(transfer(asset(kToken), kSelf, kNew, U256{50})));
    auto expected = swap(kNew, asset(kToken), 50, asset(kOther), 90);
    EXPECT_THAT(
        run(kNew, {pull, new_single("exactInputSingle", {.amount = 0})}),
        ElementsAre(Effect{expected}));
}

TEST(swap_router_02, coins_may_be_wrapped_and_unwrapped) {
    const auto wrap = call_of("wrapETH(uint256)", {number(100)});
    EXPECT_THAT(
        run(kNew, {wrap, sweep(kWrapped, 0, kSelf)}, 100),
        ElementsAre(Effect{Wrap{asset(kWrapped), Wrap::Direction::wrap, kSelf, U256{100}}}));
    EXPECT_THAT(
        run(kNew, {wrap, sweep(kWrapped, 0, kStranger)}, 100),
        ElementsAre(transfer(native(), kSelf, kStranger, U256{100})));
    const auto pull = call_of("pull(address,uint256)", {{kWrapped}, number(50)});
    const auto back = call_of("unwrapWETH9(uint256)", {number(0)});
    EXPECT_THAT(
        run(kNew, {pull, back}),
        ElementsAre(Effect{Wrap{asset(kWrapped), Wrap::Direction::unwrap, kSelf, U256{50}}}));
    EXPECT_EQ(refusal(run(kNew, {wrap}, 99)), Reason::unsupported);
}

}  // namespace
}  // namespace chela::policy::test::calls::swap_router
