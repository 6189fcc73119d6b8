#include "tests/policy/decode/universal_router_calls.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test::calls::universal_router {
namespace {

using testing::ElementsAre;
using Reason = Opaque::Reason;

TEST(universal_router, swaps_that_the_caller_pays) {
    const SwapInput output{.first = U256{90}, .second = U256{100}};
    EXPECT_THAT(run({v3(0x00, {})}), ElementsAre(kPlain));
    EXPECT_THAT(run({v2(0x08, {})}), ElementsAre(kPlain));
    EXPECT_THAT(run({v2(0x09, output)}), ElementsAre(kPlain));
    auto backwards = output;
    backwards.path = {kOther, kToken};
    EXPECT_THAT(run({v3(0x01, backwards)}), ElementsAre(kPlain));
    EXPECT_EQ(
        refusal(effects(kContracts, kStranger, execute({v3(0x00, {})}))),
        Reason::untrusted_contract);
}

TEST(universal_router, without_a_deadline_there_is_none) {
    const auto command = v3(0x00, {});
    const auto data =
        call_of("execute(bytes,bytes[])", {{Bytes{command.code}}, list({{command.input}})});
    auto expected = std::get<Swap>(kPlain);
    expected.deadline = std::nullopt;
    EXPECT_THAT(effects(kContracts, kRouter, data), ElementsAre(Effect{expected}));
}

TEST(universal_router, recipients_are_resolved) {
    const auto recipient = [](const Address& to) {
        return std::get<Swap>(run({v3(0x00, {.recipient = to})}).at(0)).recipient;
    };
    EXPECT_EQ(recipient(kMsgSender), kSelf);
    EXPECT_EQ(recipient(kAddressThis), kRouter);
    EXPECT_EQ(recipient(kStranger), kStranger);
    EXPECT_EQ(recipient(Address{}), Address{});
}

TEST(universal_router, an_exact_output_for_coins_unwraps_the_rest) {
    const SwapInput out{
        .path = {kOther, kWrapped}, .first = U256{90}, .second = U256{100}, .payer = Payer::router};
    const auto expected = Effect{swap(native(), 100, asset(kOther), 90)};
    EXPECT_THAT(run({wrap(U256{100}), v3(0x01, out), unwrap(0)}, 100), ElementsAre(expected));
    // For a stranger it is money that leaves, and how much is not known.
    EXPECT_THAT(
        run({wrap(U256{100}), v3(0x01, out), unwrap(0, kStranger)}, 100),
        ElementsAre(expected, transfer(native(), kRouter, kStranger, std::nullopt)));
}

TEST(universal_router, a_swap_to_the_router_then_unwrapped_or_swept_is_one_swap) {
    const SwapInput in{.path = {kToken, kWrapped}, .recipient = kAddressThis};
    EXPECT_THAT(
        run({v3(0x00, in), unwrap(95)}),
        ElementsAre(Effect{swap(asset(kToken), 100, native(), 95)}));
    EXPECT_THAT(
        run({v3(0x00, in), unwrap(0)}),
        ElementsAre(Effect{swap(asset(kToken), 100, native(), 90)}));
    EXPECT_THAT(
        run({v3(0x00, in), sweep(kWrapped, kMsgSender, 95)}),
        ElementsAre(Effect{swap(asset(kToken), 100, asset(kWrapped), 95)}));
    EXPECT_THAT(
        run({v3(0x00, in), unwrap(95, kAddressThis), sweep(kCoins, kMsgSender, 0)}),
        ElementsAre(Effect{swap(asset(kToken), 100, native(), 95)}));
    auto stays = swap(asset(kToken), 100, asset(kWrapped), 90);
    stays.recipient = kRouter;
    EXPECT_THAT(run({v3(0x00, in)}), ElementsAre(Effect{stays}));
    EXPECT_THAT(run({unwrap(0), v3(0x00, in)}), ElementsAre(Effect{stays}));
    auto stolen = swap(asset(kToken), 100, native(), 95);
    stolen.recipient = kStranger;
    EXPECT_THAT(run({v3(0x00, in), unwrap(95, kStranger)}), ElementsAre(Effect{stolen}));
}

TEST(universal_router, swaps_one_after_another_are_one_swap) {
    const SwapInput first{.path = {kToken, kThird}, .recipient = kAddressThis, .second = U256{0}};
    const SwapInput second{
        .path = {kThird, kOther}, .first = kContractBalance, .payer = Payer::router};
    auto expected = swap(asset(kToken), 100, asset(kOther), 90);
    expected.via = {asset(kThird)};
    EXPECT_THAT(run({v3(0x00, first), v2(0x08, second)}), ElementsAre(Effect{expected}));
    // With a number instead of all of it, what is left over is not known.
    auto part = second;
    part.first = U256{50};
    EXPECT_EQ(refusal(run({v3(0x00, first), v2(0x08, part)})), Reason::unsupported);
    // An exact output takes what it needs.
    const SwapInput output{
        .path = {kOther, kThird}, .first = U256{90}, .second = U256{100}, .payer = Payer::router};
    EXPECT_EQ(refusal(run({v3(0x00, first), v3(0x01, output)})), Reason::unsupported);
}

TEST(universal_router, one_trade_over_two_routes_is_one_swap) {
    const SwapInput first{.recipient = kAddressThis, .first = U256{60}, .second = U256{0}};
    const SwapInput second{
        .path = {kToken, kThird, kOther},
        .recipient = kAddressThis,
        .first = U256{40},
        .second = U256{10}};
    auto expected = swap(asset(kToken), 100, asset(kOther), 95);
    expected.via = {asset(kThird)};
    EXPECT_THAT(
        run({v3(0x00, first), v2(0x08, second), sweep(kOther, kMsgSender, 95)}),
        ElementsAre(Effect{expected}));
}

TEST(universal_router, a_sentinel_makes_the_input_unbounded) {
    auto expected = std::get<Swap>(kPlain);
    expected.max_in = std::nullopt;
    EXPECT_THAT(run({v3(0x00, {.first = kContractBalance})}), ElementsAre(Effect{expected}));
    // Paid already, by nobody knows whom.
    EXPECT_EQ(refusal(run({v2(0x08, {.first = U256{0}})})), Reason::unsupported);
    // What newer routers read from a register.
    for (const auto& in :
         {SwapInput{.first = U256{{0, 1ULL << 63U, 0, 0}}},
          SwapInput{.second = U256{{0, 1ULL << 63U, 0, 0}}}}) {
        EXPECT_EQ(refusal(run({v3(0x00, in)})), Reason::unsupported);
    }
}

TEST(universal_router, a_token_on_the_way_may_keep_an_exact_output_of_v2) {
    const SwapInput in{.path = {kToken, kStranger, kOther}, .first = U256{90}, .second = U256{100}};
    auto expected = swap(asset(kToken), 100, asset(kOther), 0);
    expected.via = {asset(kStranger)};
    EXPECT_THAT(run({v2(0x09, in)}), ElementsAre(Effect{expected}));
}

TEST(universal_router, every_other_command_refuses_the_call) {
    const std::vector<std::uint8_t> known{0,    1,    2,    3,    4,    5,    6,
                                          0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e};
    for (unsigned code = 0; code < 256; ++code) {
        const auto byte = static_cast<std::uint8_t>(code);
        const bool may_fail = byte == 0x83 || byte == 0x8a || byte == 0x8e;
        const auto found = run({v3(0x00, {}), {byte, {}}});
        const bool is_read = may_fail || std::ranges::find(known, byte) != known.end();
        EXPECT_EQ(refusal(found), is_read ? Reason::non_canonical : Reason::unsupported) << code;
    }
}

TEST(universal_router, a_step_that_may_fail_is_refused_when_others_rest_on_it) {
    auto command = v3(0x00, {});
    command.code |= 0x80;
    EXPECT_EQ(refusal(run({command})), Reason::unsupported);
    EXPECT_EQ(refusal(run({{0x8b, wrap(U256{5}).input}}, 5)), Reason::unsupported);
}

TEST(universal_router, inputs_must_be_canonical_and_as_many_as_commands) {
    auto trailing = v3(0x00, {});
    trailing.input.push_back(0);
    auto dirty_bool = v3(0x00, {});
    dirty_bool.input[4 * 32 + 31] = 2;
    auto shifted = v3(0x00, {});
    shifted.input[3 * 32 + 31] += 32;
    auto wide_minimum = sweep(kToken, kMsgSender, 0);
    wide_minimum.input[2 * 32] = 1;
    auto short_path = v3(0x00, {.path = {kToken}});
    for (const auto& broken : {trailing, dirty_bool, shifted, wide_minimum, short_path}) {
        EXPECT_EQ(refusal(run({broken})), Reason::non_canonical);
    }
    EXPECT_EQ(refusal(run({v2(0x08, {.path = {kToken}})})), Reason::non_canonical);
    const auto command = v3(0x00, {});
    for (const auto& codes : {Bytes{}, Bytes{0, 0}}) {
        const auto data = call_of(
            "execute(bytes,bytes[],uint256)",
            {{codes}, list({{command.input}}), number(kDeadline)});
        EXPECT_EQ(refusal(effects(kContracts, kRouter, data)), Reason::non_canonical);
    }
}

TEST(universal_router, commands_are_bounded) {
    const auto check = payment(0x0e, kSelf, kToken, U256{5});
    EXPECT_EQ(refusal(run(std::vector<Command>(255, check))), std::nullopt);
    EXPECT_EQ(refusal(run(std::vector<Command>(256, check))), Reason::limit);
    const auto details = list({{kToken}, number(5), number(77), number(0)});
    const auto grants = [&](std::size_t count) {
        return run(
            {{0x03, arguments_of(
                        "(((address,uint160,uint48,uint48)[],address,uint256),bytes)",
                        {list({list(List(count, details)), {kFriend}, number(kDeadline)}),
                         {Bytes(65, 7)}})}});
    };
    EXPECT_EQ(grants(255).size(), 255U);
    EXPECT_EQ(refusal(grants(256)), Reason::limit);
    const auto transfer_in_batch = list({{kSelf}, {kFriend}, number(5), {kToken}});
    EXPECT_EQ(
        refusal(run(
            {{0x0d, arguments_of(
                        "((address,address,uint160,address)[])",
                        {list(List(256, transfer_in_batch))})}})),
        Reason::limit);
}

TEST(universal_router, ranges_lead_to_the_inputs) {
    const std::vector<Command> commands{
        permit(kRouter, U256{100}, 77),
        v3(0x00, {.path = {kToken, kWrapped}, .recipient = kAddressThis}), unwrap(95)};
    const auto data = execute(commands);
    const auto nodes = decode(kContracts, kRouter, data);
    ASSERT_EQ(nodes.size(), 1U);
    EXPECT_EQ(std::get<Wrapper>(nodes[0].what), (Wrapper{"UniversalRouter.execute", kRouter}));
    ASSERT_EQ(nodes[0].inner.size(), 2U);
    const auto begin_of = [&](const Bytes& input) {
        const auto found = std::ranges::search(data, input);
        return static_cast<std::size_t>(found.begin() - data.begin());
    };
    const auto first = begin_of(commands[0].input);
    EXPECT_EQ(nodes[0].inner[0].range, (ByteRange{first, first + commands[0].input.size()}));
    const auto second = begin_of(commands[1].input);
    const auto third = begin_of(commands[2].input);
    EXPECT_EQ(nodes[0].inner[1].range, (ByteRange{second, third + commands[2].input.size()}));
}

}  // namespace
}  // namespace chela::policy::test::calls::universal_router
