#include "tests/policy/decode/calls.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test::calls {
namespace {

using testing::ElementsAre;
using Reason = Opaque::Reason;

const Address kAccount = address(0xac);
const Contracts kContracts;

Value tuple(const Address& target, std::uint64_t value, Bytes data) {
    return list({{target}, number(value), {std::move(data)}});
}
const List kTwo{tuple(kToken, 0, transfer_of(kFriend, 5)), tuple(kStranger, 7, {})};
const List kToZero{tuple(Address{}, 7, {})};

/// @param selector  of the mode, as in "78210001"
Bytes mode(std::uint8_t call_type, std::uint8_t execution_type, const std::string& selector = {}) {
    Bytes out(32, 0);
    out[0] = call_type;
    out[1] = execution_type;
    if (!selector.empty()) std::ranges::copy(chela::test::from_digits(selector), &out[6]);
    return out;
}
Bytes batch(const List& calls) {
    return arguments_of("((address,uint256,bytes)[])", {list(calls)});
}
Bytes batch_with_data(const List& calls, const Bytes& data) {
    return arguments_of("((address,uint256,bytes)[],bytes)", {list(calls), {data}});
}
Bytes single(const Address& target, std::uint64_t value, const Bytes& data) {
    return joined({bytes_of(target), word_of(U256{value}), data});
}
std::vector<Effect> execute(const Bytes& execution_mode, const Bytes& data) {
    return effects(
        kContracts, kAccount, call_of("execute(bytes32,bytes)", {{execution_mode}, {data}}));
}

const auto kIsTwo = ElementsAre(
    transfer(asset(kToken), kAccount, kFriend, U256{5}),
    transfer(native(), kAccount, kStranger, U256{7}));

TEST(account, what_it_executes_is_done_by_the_account) {
    const auto one =
        call_of("execute(address,uint256,bytes)", {{kToken}, number(0), {transfer_of(kFriend, 5)}});
    EXPECT_THAT(
        effects(kContracts, kAccount, one),
        ElementsAre(transfer(asset(kToken), kAccount, kFriend, U256{5})));
    EXPECT_THAT(
        effects(
            kContracts, kAccount, call_of("executeBatch((address,uint256,bytes)[])", {list(kTwo)})),
        kIsTwo);
}

TEST(account, of_the_signer_itself_acts_as_the_signer) {
    const auto data =
        call_of("execute(address,uint256,bytes)", {{kToken}, number(0), {transfer_of(kFriend, 5)}});
    EXPECT_THAT(
        effects(kContracts, kSelf, data),
        ElementsAre(transfer(asset(kToken), kSelf, kFriend, U256{5})));
}

TEST(account, lists_of_targets_values_and_data_belong_together) {
    const auto lists = [](List targets, List values, List data) {
        return effects(
            kContracts, kAccount,
            call_of(
                "executeBatch(address[],uint256[],bytes[])",
                {list(std::move(targets)), list(std::move(values)), list(std::move(data))}));
    };
    const List targets{{kToken}, {kStranger}};
    const List data{{transfer_of(kFriend, 5)}, {Bytes{}}};
    EXPECT_THAT(lists(targets, {number(0), number(7)}, data), kIsTwo);
    EXPECT_THAT(
        lists(targets, {}, data), ElementsAre(
                                      transfer(asset(kToken), kAccount, kFriend, U256{5}),
                                      transfer(native(), kAccount, kStranger, U256{})));
    EXPECT_EQ(refusal(lists(targets, {number(7)}, data)), Reason::non_canonical);
    EXPECT_EQ(refusal(lists({{kToken}}, {}, data)), Reason::non_canonical);
    EXPECT_EQ(refusal(lists({{kToken}}, {number(1), number(2)}, data)), Reason::non_canonical);
    const auto without_values = call_of(
        "executeBatch(address[],bytes[])", {list({{kToken}}), list({{transfer_of(kFriend, 5)}})});
    EXPECT_THAT(
        effects(kContracts, kAccount, without_values),
        ElementsAre(transfer(asset(kToken), kAccount, kFriend, U256{5})));
}

TEST(account, executes_in_the_modes_of_erc7579_and_erc7821) {
    EXPECT_THAT(
        execute(mode(0, 0), single(kToken, 0, transfer_of(kFriend, 5))),
        ElementsAre(transfer(asset(kToken), kAccount, kFriend, U256{5})));
    EXPECT_THAT(
        execute(mode(0, 1), single(kStranger, 7, {})),
        ElementsAre(transfer(native(), kAccount, kStranger, U256{7})));
    EXPECT_THAT(execute(mode(1, 0), batch(kTwo)), kIsTwo);
    EXPECT_THAT(execute(mode(1, 1), batch(kTwo)), kIsTwo);
    EXPECT_THAT(execute(mode(1, 0, "78210001"), batch(kTwo)), kIsTwo);
    EXPECT_THAT(execute(mode(1, 0, "78210001"), batch_with_data(kTwo, {1, 2, 3})), kIsTwo);
    const auto batches = arguments_of(
        "(bytes[])", {list({{batch({kTwo[0]})}, {batch_with_data({kTwo[1]}, Bytes(65, 1))}})});
    EXPECT_THAT(execute(mode(1, 0, "78210002"), batches), kIsTwo);
    const auto from_executor =
        call_of("executeFromExecutor(bytes32,bytes)", {{mode(1, 0)}, {batch(kTwo)}});
    EXPECT_THAT(effects(kContracts, kAccount, from_executor), kIsTwo);
}

TEST(account, ranges_lead_to_the_inner_calldata) {
    const auto inner = transfer_of(kFriend, 5);
    const auto batches = arguments_of("(bytes[])", {list({{batch({})}, {batch(kTwo)}})});
    const auto data = call_of("execute(bytes32,bytes)", {{mode(1, 0, "78210002")}, {batches}});
    const auto nodes = decode(kContracts, kAccount, data);
    ASSERT_EQ(nodes.size(), 1U);
    ASSERT_EQ(nodes[0].inner.size(), 2U);
    const auto range = nodes[0].inner[0].range;
    ASSERT_LE(range.end, data.size());
    EXPECT_EQ(
        Bytes(
            data.begin() + static_cast<std::ptrdiff_t>(range.begin),
            data.begin() + static_cast<std::ptrdiff_t>(range.end)),
        inner);
}

TEST(account, a_delegatecall_mode_is_a_delegatecall) {
    EXPECT_THAT(
        execute(mode(0xff, 0), joined({bytes_of(kToken), transfer_of(kFriend, 5)})),
        ElementsAre(Effect{Delegatecall{kChain, kAccount, kToken}}));
    EXPECT_EQ(refusal(execute(mode(0xff, 0), Bytes(19, 0))), Reason::non_canonical);
}

TEST(account, other_modes_are_refused) {
    auto unused = mode(1, 0);
    unused[3] = 1;
    auto payload = mode(1, 0);
    payload[31] = 1;
    for (const auto& other :
         {mode(0xfe, 0), mode(2, 0), mode(1, 2), mode(1, 0, "78210003"), mode(1, 0, "78210000"),
          mode(1, 1, "78210001"), mode(0, 0, "78210001"), mode(1, 0, "00000001"),
          mode(0xff, 0, "78210001"), unused, payload}) {
        EXPECT_EQ(refusal(execute(other, batch(kTwo))), Reason::unsupported);
    }
}

TEST(account, a_zero_target_is_the_account_where_erc7821_says_so) {
    EXPECT_THAT(
        execute(mode(1, 0, "78210001"), batch(kToZero)),
        ElementsAre(transfer(native(), kAccount, kAccount, U256{7})));
    // Which of the two standards holds is not known: coins would be lost under the other.
    EXPECT_EQ(refusal(execute(mode(1, 0), batch(kToZero))), Reason::non_canonical);
    EXPECT_THAT(
        execute(mode(1, 0), batch({tuple(Address{}, 0, {})})),
        ElementsAre(transfer(native(), kAccount, kAccount, U256{})));
    const auto owner = call_of("changeThreshold(uint256)", {number(1)});
    EXPECT_THAT(
        execute(mode(1, 0), batch({tuple(Address{}, 0, owner)})),
        ElementsAre(Effect{Authority{kChain, kAccount, Authority::Kind::threshold, std::nullopt}}));
    EXPECT_THAT(
        execute(mode(0, 0), single(Address{}, 7, {})),
        ElementsAre(transfer(native(), kAccount, Address{}, U256{7})));
}

TEST(account, broken_execution_data_is_refused) {
    auto trailing = batch(kTwo);
    trailing.push_back(0);
    auto dirty = batch(kTwo);
    dirty[32 + 32 + 64] = 1;
    for (const auto& broken :
         {Bytes{}, Bytes(31, 0), trailing, dirty, batch_with_data(kTwo, {1}), Bytes(64, 0xff)}) {
        EXPECT_EQ(refusal(execute(mode(1, 0), broken)), Reason::non_canonical);
    }
    for (const auto& broken : {Bytes{}, trailing, dirty, Bytes(96, 0xff)}) {
        EXPECT_EQ(refusal(execute(mode(1, 0, "78210001"), broken)), Reason::non_canonical);
        const auto batches = arguments_of("(bytes[])", {list({{batch(kTwo)}, {broken}})});
        EXPECT_EQ(refusal(execute(mode(1, 0, "78210002"), batches)), Reason::non_canonical);
    }
    EXPECT_EQ(refusal(execute(mode(1, 0, "78210002"), batch(kTwo))), Reason::non_canonical);
    EXPECT_EQ(refusal(execute(mode(0, 0), Bytes(51, 0))), Reason::non_canonical);
}

TEST(account, a_stranger_within_a_batch_is_seen) {
    auto calls = List(5, tuple(kToken, 0, transfer_of(kFriend, 5)));
    calls[3] = tuple(kToken, 0, transfer_of(kStranger, 5));
    const auto found = execute(mode(1, 0), batch(calls));
    ASSERT_EQ(found.size(), 5U);
    EXPECT_EQ(found[3], transfer(asset(kToken), kAccount, kStranger, U256{5}));
}

TEST(account, more_calls_than_nodes_are_refused_and_stay_small) {
    const auto many = List(600, tuple(kStranger, 0, {}));
    const auto in_batches = arguments_of("(bytes[])", {list(List(300, Value{batch({kTwo[1]})}))});
    for (const auto& data :
         {call_of("execute(bytes32,bytes)", {{mode(1, 0)}, {batch(many)}}),
          call_of("execute(bytes32,bytes)", {{mode(1, 0, "78210002")}, {in_batches}}),
          call_of("executeBatch((address,uint256,bytes)[])", {list(many)}),
          call_of(
              "executeBatch(address[],bytes[])",
              {list(List(600, Value{kStranger})), list(List(600, Value{Bytes{}}))})}) {
        const auto nodes = decode(kContracts, kAccount, data);
        EXPECT_EQ(refusal(effects_of(nodes)), Reason::limit);
        EXPECT_LE(count_nodes(nodes), kMaxNodes + 1);
    }
}

TEST(account, an_operation_handed_over_by_an_entry_point_is_refused) {
    const auto word = Value{Bytes(32, 0)};
    const auto operation = list(
        {{kAccount}, number(0), {Bytes{}}, {Bytes{}}, word, number(0), word, {Bytes{}}, {Bytes{}}});
    const auto data = call_of(
        "executeUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),bytes32)",
        {operation, word});
    EXPECT_EQ(refusal(effects(kContracts, kAccount, data)), Reason::unsupported);
}

}  // namespace
}  // namespace chela::policy::test::calls
