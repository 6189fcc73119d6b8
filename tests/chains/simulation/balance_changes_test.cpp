#include "chains/base/hex.hpp"
#include "chains/simulation/methods.hpp"
#include "tests/chains/node/answers.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

const PinnedBlock kBlock{BlockNumber{16}, {}, Pinning::by_number};

Address account(std::uint8_t byte) {
    Address out;
    out.bytes.fill(byte);
    return out;
}

Hash256 topic(const Address& address) {
    Hash256 out;
    std::copy(address.bytes.begin(), address.bytes.end(), out.bytes.begin() + 12);
    return out;
}

const Hash256 kTransfer =
    *parse_fixed<Hash256>("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
const Address kAlice = account(0xa1);
const Address kBob = account(0xb2);
const Address kToken = account(0xc3);

Log erc20(const Address& from, const Address& to, const U256& amount) {
    const auto data = amount.to_big_endian();
    return {kToken, {kTransfer, topic(from), topic(to)}, Bytes{data.begin(), data.end()}};
}

SimulationResult success(std::vector<Log> logs, std::vector<NativeMove> moves = {}) {
    SimulationResult out;
    out.outcome = Outcome::success;
    out.logs = std::move(logs);
    out.native_moves = std::move(moves);
    return out;
}

/// "ab +5 native": first byte of the account, signed change, asset.
std::vector<std::string> changes(
    const SimulationResult& result, const node::CallRequest* call = nullptr) {
    const auto all = balance_changes(result, call);
    EXPECT_TRUE(all);
    std::vector<std::string> out;
    if (!all) return out;
    for (const auto& change : *all) {
        out.push_back(fmt::format(
            "{:02x} {}{} {}", change.account.bytes[0], change.is_increase ? '+' : '-',
            to_decimal(change.amount),
            change.token ? fmt::format("{:02x}", change.token->bytes[0]) : "native"));
    }
    return out;
}

using Texts = std::vector<std::string>;

TEST(balance_changes, a_transfer_moves_from_one_to_the_other) {
    EXPECT_EQ(changes(success({erc20(kAlice, kBob, U256{5})})), (Texts{"a1 -5 c3", "b2 +5 c3"}));
    EXPECT_EQ(
        changes(success({}, {{kAlice, kBob, Wei{U256{7}}}})),
        (Texts{"a1 -7 native", "b2 +7 native"}));
}

TEST(balance_changes, transfers_of_one_token_are_netted) {
    EXPECT_EQ(
        changes(success({erc20(kAlice, kBob, U256{5}), erc20(kBob, kAlice, U256{8})})),
        (Texts{"a1 +3 c3", "b2 -3 c3"}));
}

TEST(balance_changes, what_comes_back_and_what_goes_to_oneself_is_no_change) {
    EXPECT_EQ(
        changes(success({erc20(kAlice, kBob, U256{5}), erc20(kBob, kAlice, U256{5})})), Texts{});
    EXPECT_EQ(changes(success({erc20(kAlice, kAlice, U256{5})})), Texts{});
}

TEST(balance_changes, tokens_and_native_value_stay_apart) {
    EXPECT_EQ(
        changes(success({erc20(kAlice, kBob, U256{5})}, {{kBob, kAlice, Wei{U256{1}}}})),
        (Texts{"a1 +1 native", "a1 -5 c3", "b2 -1 native", "b2 +5 c3"}));
}

TEST(balance_changes, mints_and_burns_change_the_holder_alone) {
    EXPECT_EQ(changes(success({erc20(Address{}, kBob, U256{5})})), (Texts{"b2 +5 c3"}));
    EXPECT_EQ(changes(success({erc20(kAlice, Address{}, U256{5})})), (Texts{"a1 -5 c3"}));
}

TEST(balance_changes, native_value_sent_to_the_zero_address_is_shown_on_both_sides) {
    EXPECT_EQ(
        changes(success({}, {{kAlice, Address{}, Wei{U256{2}}}})),
        (Texts{"00 +2 native", "a1 -2 native"}));
}

TEST(balance_changes, an_erc721_token_counts_one) {
    Log log = erc20(kAlice, kBob, U256{});
    log.topics.push_back(topic(account(0x77)));
    log.data.clear();
    EXPECT_EQ(changes(success({log})), (Texts{"a1 -1 c3", "b2 +1 c3"}));
}

TEST(balance_changes, other_logs_change_nothing) {
    Log other_event = erc20(kAlice, kBob, U256{5});
    other_event.topics[0].bytes[0] ^= 1;
    Log dirty_address = erc20(kAlice, kBob, U256{5});
    dirty_address.topics[1].bytes[0] = 1;
    Log short_data = erc20(kAlice, kBob, U256{5});
    short_data.data.pop_back();
    Log long_data = erc20(kAlice, kBob, U256{5});
    long_data.data.push_back(0);
    Log two_topics = erc20(kAlice, kBob, U256{5});
    two_topics.topics.pop_back();
    EXPECT_EQ(
        changes(success({other_event, dirty_address, short_data, long_data, two_topics, Log{}})),
        Texts{});
}

TEST(balance_changes, a_call_that_did_not_succeed_changes_nothing) {
    for (const auto outcome : {Outcome::reverted, Outcome::error}) {
        auto result = success({erc20(kAlice, kBob, U256{5})}, {{kAlice, kBob, Wei{U256{7}}}});
        result.outcome = outcome;
        EXPECT_EQ(changes(result), Texts{});
    }
}

TEST(balance_changes, sums_over_256_bits_are_refused) {
    const auto result = success({erc20(kAlice, kBob, U256::max()), erc20(kAlice, kBob, U256{1})});
    const auto all = balance_changes(result);
    ASSERT_FALSE(all);
    EXPECT_EQ(all.error().code, ErrorCode::out_of_range);
}

TEST(balance_changes, a_degraded_result_counts_the_calls_own_value_once_asked) {
    SimulationResult degraded = success({});
    degraded.degraded = true;
    node::CallRequest call;
    call.from = kAlice;
    call.to = kBob;
    call.value = Wei{U256{9}};
    EXPECT_EQ(changes(degraded), Texts{});
    EXPECT_EQ(changes(degraded, &call), (Texts{"a1 -9 native", "b2 +9 native"}));
    EXPECT_EQ(changes(success({}), &call), Texts{});
    call.to = std::nullopt;
    EXPECT_EQ(changes(degraded, &call), (Texts{"a1 -9 native"}));
}

TEST(balance_changes, anvils_simulation_gives_native_and_token_changes) {
    const auto results =
        read_simulate_v1(test::node_result("anvil-1.7.1/simulate_success"), 1, kBlock);
    ASSERT_TRUE(results);
    const auto all = balance_changes(results->at(0));
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 5U);
    EXPECT_EQ(to_hex(all->at(0).account), "0x000000000000000000000000000000000000beef");
    EXPECT_FALSE(all->at(0).token);
    EXPECT_EQ(all->at(0).amount, U256{50});
    EXPECT_EQ(all->at(1).amount, U256{1234});
}

}  // namespace
}  // namespace chela::chains::simulation
