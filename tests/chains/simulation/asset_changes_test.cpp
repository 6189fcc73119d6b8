#include "chains/simulation/asset_changes.hpp"

#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "chains/simulation/methods.hpp"
#include "tests/chains/node/answers.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

using Texts = std::vector<std::string>;

Hash256 topic(std::string_view signature) {
    return keccak256(Bytes{signature.begin(), signature.end()});
}
Hash256 word(std::uint64_t number) {
    return Hash256{U256{number}.to_big_endian()};
}
Address account(std::uint8_t byte) {
    Address out;
    out.bytes[19] = byte;
    return out;
}

const Address kToken = account(0xc3);
const Hash256 kAlice = word(0xa1);
const Hash256 kBob = word(0xb2);
const Hash256 kSingle = topic("TransferSingle(address,address,address,uint256,uint256)");
const Hash256 kBatch = topic("TransferBatch(address,address,address,uint256[],uint256[])");

Bytes words(const std::vector<std::uint64_t>& numbers) {
    Bytes out;
    for (const auto number : numbers) {
        const auto bytes = word(number).bytes;
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
    return out;
}

SimulationResult success(std::vector<Log> logs) {
    SimulationResult out;
    out.outcome = Outcome::success;
    out.logs = std::move(logs);
    return out;
}

/// "erc1155 #7 5": kind, id and amount.
Texts texts(const Result<std::vector<AssetChange>>& changes) {
    EXPECT_TRUE(changes);
    Texts out;
    if (!changes) return out;
    for (const auto& change : *changes) {
        out.push_back(fmt::format(
            "{}{} {}", to_string(change.kind),
            change.token_id ? " #" + to_decimal(*change.token_id) : "", to_decimal(change.amount)));
    }
    return out;
}
Texts texts(const std::vector<Approval>& approvals) {
    Texts out;
    for (const auto& approval : approvals) {
        out.push_back(fmt::format(
            "{} {}{}{}", to_string(approval.kind), approval.is_granted ? "granted" : "revoked",
            approval.amount ? " " + to_decimal(*approval.amount) : "",
            approval.token_id ? " #" + to_decimal(*approval.token_id) : ""));
    }
    return out;
}

const Texts kAnvilMoves{"erc1155 #7 5", "erc1155 #1 10", "erc1155 #2 20", "erc721 #77 1"};
const Texts kAnvilApprovals{
    "allowance granted " + to_decimal(U256::max()), "token granted #77", "for_all granted"};

TEST(asset_changes, anvils_simulation_and_trace_show_the_same_events) {
    const PinnedBlock block{{}, {}, Pinning::by_number};
    const auto simulated =
        read_simulate_v1(test::node_result("anvil-1.7.1/simulate_token_events"), 1, block);
    const auto traced = read_trace_call(test::node_result("anvil-1.7.1/trace_token_events"));
    ASSERT_TRUE(simulated && traced);
    for (const auto& result : {simulated->at(0), *traced}) {
        EXPECT_EQ(texts(asset_changes(result)), kAnvilMoves);
        EXPECT_EQ(texts(approvals(result)), kAnvilApprovals);
    }
}

TEST(asset_changes, a_multi_token_counts_each_id_for_itself) {
    // What Alice loses of id 1 is not made up for by what she gains of id 2.
    const auto changes = balance_changes(success(
        {{kToken, {kSingle, kAlice, kAlice, kBob}, words({1, 5})},
         {kToken, {kSingle, kAlice, kBob, kAlice}, words({2, 5})}}));
    ASSERT_TRUE(changes);
    Texts out;
    for (const auto& change : *changes) {
        out.push_back(fmt::format(
            "{:02x} {}{} #{}", change.account.bytes[19], change.is_increase ? '+' : '-',
            to_decimal(change.amount), to_decimal(change.token_id.value_or(U256{99}))));
    }
    EXPECT_EQ(out, (Texts{"a1 -5 #1", "a1 +5 #2", "b2 +5 #1", "b2 -5 #2"}));
}

TEST(asset_changes, an_nft_that_comes_back_as_another_is_a_loss_and_a_gain) {
    const auto transfer = topic("Transfer(address,address,uint256)");
    const auto changes = balance_changes(success(
        {{kToken, {transfer, kAlice, kBob, word(1)}, {}},
         {kToken, {transfer, kBob, kAlice, word(2)}, {}}}));
    ASSERT_TRUE(changes);
    EXPECT_EQ(changes->size(), 4U);
}

TEST(asset_changes, mints_and_burns_of_a_multi_token_change_the_holder_alone) {
    const auto changes = balance_changes(success(
        {{kToken, {kBatch, kAlice, word(0), kAlice}, words({64, 128, 1, 3, 1, 4})},
         {kToken, {kSingle, kAlice, kBob, word(0)}, words({9, 1})}}));
    ASSERT_TRUE(changes);
    ASSERT_EQ(changes->size(), 2U);
    EXPECT_TRUE(changes->at(0).is_increase);
    EXPECT_FALSE(changes->at(1).is_increase);
}

TEST(asset_changes, a_multi_token_event_that_cannot_be_read_is_no_silence) {
    const std::vector<Log> broken{
        {kToken, {kSingle, kAlice, kAlice, kBob}, words({1})},
        {kToken, {kSingle, kAlice, kAlice, kBob}, words({1, 2, 3})},
        {kToken, {kBatch, kAlice, kAlice, kBob}, words({64, 128, 2, 3, 4, 1, 5})},
        {kToken, {kBatch, kAlice, kAlice, kBob}, words({64, 128, 1, 3})},
        {kToken, {kBatch, kAlice, kAlice, kBob}, {}}};
    for (const auto& log : broken) {
        const auto changes = asset_changes(success({log}));
        ASSERT_FALSE(changes) << log.data.size();
        EXPECT_EQ(changes.error().code, ErrorCode::bad_response);
        EXPECT_FALSE(balance_changes(success({log})));
    }
}

TEST(asset_changes, events_of_another_shape_move_nothing) {
    EXPECT_EQ(
        texts(asset_changes(success(
            {{kToken, {kSingle, kAlice, kAlice}, words({1, 5})},
             {kToken, {}, words({1, 5})},
             {kToken, {kSingle, kAlice, kSingle, kBob}, words({1, 5})}}))),
        Texts{});
}

TEST(approvals, that_are_taken_back_say_so) {
    const auto approval = topic("Approval(address,address,uint256)");
    const auto for_all = topic("ApprovalForAll(address,address,bool)");
    EXPECT_EQ(
        texts(approvals(success(
            {{kToken, {approval, kAlice, kBob}, words({0})},
             {kToken, {approval, kAlice, word(0), word(5)}, {}},
             {kToken, {for_all, kAlice, kBob}, words({0})},
             {kToken, {for_all, kAlice, kBob}, words({2})},
             {kToken, {for_all, kAlice, kBob, word(5)}, {}},
             {kToken, {approval, kAlice, kBob}, {}},
             {kToken, {kSingle, kAlice, kBob}, words({1})}}))),
        (Texts{"allowance revoked 0", "token revoked #5", "for_all revoked", "for_all granted"}));
}

TEST(approvals, of_a_call_that_did_not_succeed_are_none) {
    auto result =
        success({{kToken, {topic("Approval(address,address,uint256)"), kAlice, kBob}, words({1})}});
    EXPECT_EQ(approvals(result).size(), 1U);
    result.outcome = Outcome::reverted;
    EXPECT_TRUE(approvals(result).empty());
}

}  // namespace
}  // namespace chela::chains::simulation
