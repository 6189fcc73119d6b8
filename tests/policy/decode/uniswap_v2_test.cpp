#include "tests/policy/decode/calls.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test::calls {
namespace {

using testing::ElementsAre;
using Reason = Opaque::Reason;

const Address kRouter = address(0x2d);
const Address kCoinToken = address(0xee);
const Address kOther = address(0x71);
const Address kMulticall = address(0xca);
constexpr std::uint64_t kDeadline = 1'790'000'300;
const Contracts kContracts = [] {
    Contracts out;
    out.declare(kChain, kRouter, ContractKind::uniswap_v2_router);
    out.declare(kChain, kCoinToken, ContractKind::wrapped_native);
    out.declare(kChain, kMulticall, ContractKind::multicall3);
    return out;
}();

Swap swap(const Asset& in, std::uint64_t max_in, const Asset& out, std::uint64_t min_out) {
    return {
        .venue = {"uniswap-v2", kChain, kRouter},
        .asset_in = in,
        .max_in = U256{max_in},
        .asset_out = out,
        .min_out = U256{min_out},
        .payer = kSelf,
        .recipient = kFriend,
        .deadline = U256{kDeadline},
        .via = {}};
}
Value path(List tokens) {
    return list(std::move(tokens));
}

TEST(uniswap_v2, every_swap_of_tokens_is_a_swap_of_the_caller) {
    const auto tokens = path({{kToken}, {kOther}});
    const auto to_coins = path({{kToken}, {kCoinToken}});
    struct Line {
        std::string function;
        std::uint64_t first;
        std::uint64_t second;
        Value path;
        Swap swap;
    };
    const std::vector<Line> lines{
        {"swapExactTokensForTokens", 100, 90, tokens, swap(asset(kToken), 100, asset(kOther), 90)},
        {"swapExactTokensForTokensSupportingFeeOnTransferTokens", 100, 90, tokens,
         swap(asset(kToken), 100, asset(kOther), 90)},
        {"swapTokensForExactTokens", 90, 100, tokens, swap(asset(kToken), 100, asset(kOther), 90)},
        {"swapExactTokensForETH", 100, 90, to_coins, swap(asset(kToken), 100, native(), 90)},
        {"swapExactTokensForETHSupportingFeeOnTransferTokens", 100, 90, to_coins,
         swap(asset(kToken), 100, native(), 90)},
        {"swapTokensForExactETH", 90, 100, to_coins, swap(asset(kToken), 100, native(), 90)},
    };
    for (const auto& line : lines) {
        const auto data = call_of(
            line.function + "(uint256,uint256,address[],address,uint256)",
            {number(line.first), number(line.second), line.path, {kFriend}, number(kDeadline)});
        EXPECT_THAT(effects(kContracts, kRouter, data), ElementsAre(Effect{line.swap}))
            << line.function;
        // Coins sent to a function that takes none stay in the router.
        EXPECT_THAT(
            effects(kContracts, kRouter, data, wei(5)),
            ElementsAre(transfer(native(), kSelf, kRouter, U256{5}), Effect{line.swap}));
        EXPECT_EQ(refusal(effects(kContracts, kStranger, data)), Reason::untrusted_contract);
    }
}

TEST(uniswap_v2, swaps_of_coins_take_what_is_sent_along) {
    for (const std::string function :
         {"swapExactETHForTokens", "swapExactETHForTokensSupportingFeeOnTransferTokens",
          "swapETHForExactTokens"}) {
        const auto data = call_of(
            function + "(uint256,address[],address,uint256)",
            {number(90), path({{kCoinToken}, {kToken}}), {kFriend}, number(kDeadline)});
        EXPECT_THAT(
            effects(kContracts, kRouter, data, wei(100)),
            ElementsAre(Effect{swap(native(), 100, asset(kToken), 90)}));
    }
}

TEST(uniswap_v2, coins_that_a_multicall_passes_on_are_paid_by_its_caller) {
    const auto data = call_of(
        "swapExactETHForTokens(uint256,address[],address,uint256)",
        {number(90), path({{kCoinToken}, {kToken}}), {kFriend}, number(kDeadline)});
    const auto through = call_of(
        "aggregate3Value((address,bool,uint256,bytes)[])",
        {list({list({{kRouter}, {false}, number(100), {data}})})});
    EXPECT_THAT(
        effects(kContracts, kMulticall, through, wei(100)),
        ElementsAre(Effect{swap(native(), 100, asset(kToken), 90)}));
}

TEST(uniswap_v2, tokens_on_the_way_are_named) {
    const auto data = call_of(
        "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
        {number(100),
         number(90),
         path({{kToken}, {kStranger}, {kCoinToken}, {kOther}}),
         {kFriend},
         number(kDeadline)});
    auto expected = swap(asset(kToken), 100, asset(kOther), 90);
    expected.via = {asset(kStranger), asset(kCoinToken)};
    EXPECT_THAT(effects(kContracts, kRouter, data), ElementsAre(Effect{expected}));
}

TEST(uniswap_v2, there_are_no_stand_ins_for_recipients) {
    Address one{};
    one.bytes.back() = 1;
    const auto data = call_of(
        "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
        {number(100), number(90), path({{kToken}, {kOther}}), {one}, number(kDeadline)});
    auto expected = swap(asset(kToken), 100, asset(kOther), 90);
    expected.recipient = one;
    EXPECT_THAT(effects(kContracts, kRouter, data), ElementsAre(Effect{expected}));
}

TEST(uniswap_v2, refuses_paths_without_a_pair_and_liquidity) {
    for (const auto& tokens : {path({}), path({{kToken}})}) {
        const auto data = call_of(
            "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
            {number(100), number(90), tokens, {kFriend}, number(kDeadline)});
        EXPECT_EQ(refusal(effects(kContracts, kRouter, data)), Reason::non_canonical);
    }
    const auto liquidity = call_of(
        "addLiquidity(address,address,uint256,uint256,uint256,uint256,address,uint256)",
        {{kToken},
         {kOther},
         number(1),
         number(1),
         number(1),
         number(1),
         {kSelf},
         number(kDeadline)});
    EXPECT_EQ(refusal(effects(kContracts, kRouter, liquidity)), Reason::unknown_selector);
}

}  // namespace
}  // namespace chela::policy::test::calls
