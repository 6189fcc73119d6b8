#include "chains/simulation/state_diff.hpp"

#include "chains/base/hex.hpp"
#include "tests/chains/node/answers.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

using Texts = std::vector<std::string>;

StateDiff read(const std::string& name) {
    const auto diff = read_state_diff(test::node_result(name));
    EXPECT_TRUE(diff) << name << ": " << (diff ? "" : diff.error().detail);
    return diff ? *diff : StateDiff{};
}

AccountChange of(const StateDiff& diff, std::string_view last_byte) {
    const auto found = std::ranges::find_if(diff, [&](const AccountChange& change) {
        return to_hex(change.account).ends_with(last_byte);
    });
    if (found == diff.end()) bug("the test's account did not change");
    return *found;
}

/// "slot: before > after", the last byte of each.
Texts slots(const AccountChange& change) {
    Texts out;
    for (const auto& slot : change.storage) {
        out.push_back(fmt::format(
            "{}: {} > {}", slot.slot.bytes[31], slot.value.before.bytes[31],
            slot.value.after.bytes[31]));
    }
    return out;
}

std::string balance(const AccountChange& change) {
    if (!change.balance) return "same";
    return to_decimal(change.balance->before.value) + " > " +
           to_decimal(change.balance->after.value);
}

TEST(state_diff, a_slot_that_is_left_out_on_one_side_is_zero_there) {
    EXPECT_EQ(
        slots(of(read("anvil-1.7.1/diff_storage"), "09")),
        (Texts{"0: 0 > 9", "1: 5 > 0", "2: 7 > 8"}));
    EXPECT_EQ(
        slots(of(read("geth/diff_create_delete_and_zero"), "b2")),
        (Texts{"1: 5 > 0", "2: 7 > 0", "3: 0 > 9"}));
}

TEST(state_diff, what_post_leaves_out_did_not_change) {
    const auto& contract = of(read("anvil-1.7.1/diff_storage"), "09");
    EXPECT_EQ(balance(contract), "same");
    EXPECT_FALSE(contract.nonce);
    EXPECT_FALSE(contract.code);
    EXPECT_FALSE(contract.is_created);
    EXPECT_FALSE(contract.is_deleted);
}

TEST(state_diff, an_account_in_post_alone_was_created) {
    const auto diff = read("anvil-1.7.1/diff_creation");
    const auto created = std::ranges::find_if(diff, &AccountChange::is_created);
    ASSERT_NE(created, diff.end());
    EXPECT_EQ(balance(*created), "0 > 3");
    ASSERT_TRUE(created->nonce);
    EXPECT_EQ(created->nonce->after, Nonce{1});
    const auto& with_code = of(read("geth/diff_create_delete_and_zero"), "c4");
    EXPECT_TRUE(with_code.is_created);
    ASSERT_TRUE(with_code.code);
    EXPECT_EQ(with_code.code->after, (Bytes{0x60, 0x01}));
}

TEST(state_diff, an_account_in_pre_alone_was_deleted_with_all_it_had) {
    const auto& gone = of(read("geth/diff_create_delete_and_zero"), "d3");
    EXPECT_TRUE(gone.is_deleted);
    EXPECT_EQ(balance(gone), "7 > 0");
    ASSERT_TRUE(gone.code);
    EXPECT_TRUE(gone.code->after.empty());
    EXPECT_EQ(slots(gone), (Texts{"1: 1 > 0"}));
}

TEST(state_diff, every_client_says_the_same_of_a_payment) {
    for (const char* client : {"reth", "nethermind"}) {
        const auto diff = read(std::string{client} + "/diff_transfer");
        ASSERT_EQ(diff.size(), 2U) << client;
        EXPECT_EQ(balance(diff[0]), "200 > 100") << client;
        ASSERT_TRUE(diff[0].nonce) << client;
        EXPECT_EQ(diff[0].nonce->after, Nonce{6}) << client;
        EXPECT_EQ(balance(diff[1]), "0 > 100") << client;
    }
}

TEST(state_diff, accounts_come_in_order) {
    EXPECT_TRUE(std::ranges::is_sorted(
        read("geth/diff_create_delete_and_zero"), {}, &AccountChange::account));
}

TEST(state_diff, more_slots_than_can_change_are_refused) {
    Json storage = Json::object();
    for (std::size_t i = 0; i <= kMaxChangedSlots; ++i)
        storage[fmt::format("0x{:064x}", i)] = fmt::format("0x{:064x}", 1);
    const Json result = {
        {"pre", Json::object()},
        {"post", {{"0x" + std::string(40, 'a'), {{"storage", std::move(storage)}}}}}};
    const auto diff = read_state_diff(result);
    ASSERT_FALSE(diff);
    EXPECT_EQ(diff.error().code, ErrorCode::bad_response);
}

}  // namespace
}  // namespace chela::chains::simulation
