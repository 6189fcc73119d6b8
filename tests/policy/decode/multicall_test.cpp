#include "tests/policy/decode/calls.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test::calls {
namespace {

using testing::ElementsAre;
using Reason = Opaque::Reason;

const Address kMulticall = address(0xca);
const Contracts kContracts = [] {
    Contracts out;
    out.declare(kChain, kMulticall, ContractKind::multicall3);
    return out;
}();

Value call3(const Address& target, Bytes data) {
    return list({{target}, {true}, {std::move(data)}});
}
Value call3_value(const Address& target, std::uint64_t value, Bytes data) {
    return list({{target}, {false}, number(value), {std::move(data)}});
}
Bytes aggregate3(List calls) {
    return call_of("aggregate3((address,bool,bytes)[])", {list(std::move(calls))});
}
Bytes aggregate3_value(List calls) {
    return call_of("aggregate3Value((address,bool,uint256,bytes)[])", {list(std::move(calls))});
}
Bytes multicall(List calls) {
    return call_of("multicall(bytes[])", {list(std::move(calls))});
}

TEST(multicall3, its_calls_are_made_by_the_multicall_contract) {
    const auto two = list({{kToken}, {transfer_of(kFriend, 5)}});
    const auto other = list({{kToken}, {transfer_of(kStranger, 6)}});
    const std::vector<Bytes> forms{
        call_of("aggregate((address,bytes)[])", {list({two, other})}),
        call_of("tryAggregate(bool,(address,bytes)[])", {{false}, list({two, other})}),
        call_of("blockAndAggregate((address,bytes)[])", {list({two, other})}),
        call_of("tryBlockAndAggregate(bool,(address,bytes)[])", {{true}, list({two, other})}),
        aggregate3(
            {call3(kToken, transfer_of(kFriend, 5)), call3(kToken, transfer_of(kStranger, 6))}),
    };
    for (const auto& form : forms) {
        EXPECT_THAT(
            effects(kContracts, kMulticall, form),
            ElementsAre(
                transfer(asset(kToken), kMulticall, kFriend, U256{5}),
                transfer(asset(kToken), kMulticall, kStranger, U256{6})));
    }
}

TEST(multicall3, is_understood_only_where_it_is_known) {
    const auto data = aggregate3({call3(kToken, transfer_of(kFriend, 5))});
    EXPECT_EQ(refusal(effects(kContracts, kStranger, data)), Reason::untrusted_contract);
}

TEST(multicall3, ranges_lead_to_the_inner_calldata) {
    const auto inner = transfer_of(kFriend, 5);
    const auto data = aggregate3({call3(kToken, {}), call3(kToken, inner)});
    const auto nodes = decode(kContracts, kMulticall, data);
    ASSERT_EQ(nodes.size(), 1U);
    EXPECT_EQ(std::get<Wrapper>(nodes[0].what), (Wrapper{"Multicall3.aggregate3", kMulticall}));
    EXPECT_EQ(nodes[0].range, (ByteRange{0, data.size()}));
    ASSERT_EQ(nodes[0].inner.size(), 2U);
    const auto range = nodes[0].inner[1].range;
    ASSERT_LE(range.end, data.size());
    EXPECT_EQ(
        Bytes(
            data.begin() + static_cast<std::ptrdiff_t>(range.begin),
            data.begin() + static_cast<std::ptrdiff_t>(range.end)),
        inner);
}

TEST(multicall3, coins_that_are_passed_on_leave_the_caller_once) {
    const auto data =
        aggregate3_value({call3_value(kFriend, 3, {}), call3_value(kStranger, 4, {})});
    EXPECT_THAT(
        effects(kContracts, kMulticall, data, wei(7)),
        ElementsAre(
            transfer(native(), kSelf, kFriend, U256{3}),
            transfer(native(), kSelf, kStranger, U256{4})));
}

TEST(multicall3, coins_that_are_not_passed_on_go_to_the_contract) {
    const auto data = aggregate3_value({call3_value(kFriend, 3, {})});
    EXPECT_THAT(
        effects(kContracts, kMulticall, data, wei(7)),
        ElementsAre(
            transfer(native(), kSelf, kMulticall, U256{4}),
            transfer(native(), kSelf, kFriend, U256{3})));
    EXPECT_THAT(
        effects(
            kContracts, kMulticall, aggregate3({call3(kToken, transfer_of(kFriend, 5))}), wei(7)),
        ElementsAre(
            transfer(native(), kSelf, kMulticall, U256{7}),
            transfer(asset(kToken), kMulticall, kFriend, U256{5})));
}

TEST(multicall3, passes_on_no_more_than_there_is) {
    const auto more = aggregate3_value({call3_value(kFriend, 3, {}), call3_value(kFriend, 5, {})});
    EXPECT_EQ(refusal(effects(kContracts, kMulticall, more, wei(7))), Reason::non_canonical);
    const auto wrapping = call_of(
        "aggregate3Value((address,bool,uint256,bytes)[])",
        {list(
            {list({{kFriend}, {false}, {U256::max()}, {Bytes{}}}),
             list({{kFriend}, {false}, number(2), {Bytes{}}})})});
    EXPECT_EQ(refusal(effects(kContracts, kMulticall, wrapping, wei(7))), Reason::non_canonical);
}

TEST(multicall3, an_unknown_inner_call_is_opaque) {
    const auto data =
        aggregate3({call3(kToken, transfer_of(kFriend, 5)), call3(kToken, {1, 2, 3, 4})});
    EXPECT_EQ(refusal(effects(kContracts, kMulticall, data)), Reason::unknown_selector);
}

TEST(multicall, its_calls_keep_the_actor_and_count_the_value_once) {
    const auto data = multicall({{transfer_of(kFriend, 5)}, {transfer_of(kStranger, 6)}});
    const auto effects_with_value = effects(kContracts, kToken, data, wei(9));
    EXPECT_THAT(
        effects_with_value, ElementsAre(
                                transfer(native(), kSelf, kToken, U256{9}),
                                transfer(asset(kToken), kSelf, kFriend, U256{5}),
                                transfer(asset(kToken), kSelf, kStranger, U256{6})));
    for (const auto& form :
         {call_of("multicall(uint256,bytes[])", {number(99), list({{transfer_of(kFriend, 5)}})}),
          call_of(
              "multicall(bytes32,bytes[])", {{Bytes(32, 1)}, list({{transfer_of(kFriend, 5)}})})}) {
        EXPECT_THAT(
            effects(kContracts, kToken, form),
            ElementsAre(transfer(asset(kToken), kSelf, kFriend, U256{5})));
    }
}

TEST(multicall, nested_more_than_eight_deep_is_refused) {
    auto data = transfer_of(kFriend, 5);
    for (std::size_t depth = 1; depth <= kMaxDepth; ++depth)
        data = multicall({{data}});
    EXPECT_THAT(
        effects(kContracts, kToken, data),
        ElementsAre(transfer(asset(kToken), kSelf, kFriend, U256{5})));
    EXPECT_EQ(refusal(effects(kContracts, kToken, multicall({{data}}))), Reason::limit);
}

TEST(multicall, with_more_than_256_nodes_is_refused_and_stays_small) {
    List calls(kMaxNodes - 1, Value{transfer_of(kFriend, 5)});
    EXPECT_EQ(refusal(effects(kContracts, kToken, multicall(calls))), std::nullopt);
    EXPECT_EQ(effects(kContracts, kToken, multicall(calls)).size(), kMaxNodes - 1);
    calls.push_back({transfer_of(kFriend, 5)});
    EXPECT_EQ(refusal(effects(kContracts, kToken, multicall(calls))), Reason::limit);
    const List many(1500, Value{Bytes{}});
    const auto nodes = decode(kContracts, kToken, multicall(many));
    EXPECT_EQ(refusal(effects_of(nodes)), Reason::limit);
    EXPECT_LE(count_nodes(nodes), kMaxNodes + 1);
}

TEST(multicall, over_128_kib_is_refused) {
    EXPECT_EQ(
        refusal(effects(kContracts, kToken, multicall({{Bytes(kMaxCalldata, 0)}}))), Reason::limit);
}

TEST(multicall, smuggled_offsets_and_trailing_bytes_are_refused) {
    // The offset of the second call leads to the first: the same bytes, read twice.
    auto shared = multicall({{transfer_of(kFriend, 5)}, {transfer_of(kStranger, 6)}});
    shared[4 + 64 + 32 + 31] = shared[4 + 64 + 31];
    EXPECT_EQ(refusal(effects(kContracts, kToken, shared)), Reason::non_canonical);
    auto trailing = multicall({{transfer_of(kFriend, 5)}});
    trailing.push_back(0);
    EXPECT_EQ(refusal(effects(kContracts, kToken, trailing)), Reason::non_canonical);
    auto inner = transfer_of(kFriend, 5);
    inner.push_back(0);
    EXPECT_EQ(refusal(effects(kContracts, kToken, multicall({{inner}}))), Reason::non_canonical);
}

}  // namespace
}  // namespace chela::policy::test::calls
