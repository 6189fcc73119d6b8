#include "policy/gate/snapshot.hpp"

#include "policy/decide/window.hpp"
#include "tests/policy/build.hpp"
#include "tests/support/fake_ledger.hpp"

#include <random>

#include <gmock/gmock.h>

namespace chela::policy {
namespace {

using namespace std::chrono_literals;
using test::kNow;

Budget budget_of(std::string meter, Budget::Window window, std::chrono::milliseconds length = {}) {
    Budget budget;
    budget.id = budget.meter = std::move(meter);
    budget.window = window;
    budget.length = length;
    return budget;
}

MeterKey key_of(std::string meter) {
    return {Budget::Scope::agent, "agent-1", std::move(meter)};
}

BoundPolicy bound_to(std::vector<Budget> budgets) {
    auto policy = std::make_shared<Policy>();
    policy->id = "p";
    policy->budgets = std::move(budgets);
    return {std::move(policy), "agent-1"};
}

/// What counts of a budget's meter on one chain, added up one by one.
U256 sum_of(
    const std::vector<SpentCharge>& spent, const Budget& budget, ChainId chain, TimePoint start) {
    U256 sum;
    for (const auto& one : spent) {
        if (one.charge.key == key_of(budget.meter) && one.at >= start && one.charge.chain == chain)
            sum = *add(sum, one.charge.amount);
    }
    return sum;
}

class SnapshotTest : public testing::Test {
protected:
    void spend(
        const std::string& meter, unsigned amount, TimePoint at, ChainId chain = test::kChain) {
        ledger.state.spent.push_back(
            {{key_of(meter), chain, U256{amount}},
             "slot-" + std::to_string(ledger.state.spent.size()),
             at});
        if (at != kStillOpen) ledger.state.high_water = std::max(ledger.state.high_water, at);
    }
    LedgerSnapshot take(const std::vector<BoundPolicy>& policies, std::string slot = "mine") {
        LedgerSnapshot out;
        const auto status = ledger.transact([&](LedgerTransaction& transaction) -> Status {
            auto taken = snapshot(transaction, policies, std::move(slot), kNow);
            if (!taken) return std::unexpected{taken.error()};
            out = *std::move(taken);
            return {};
        });
        if (!status) bug("the test's ledger fails");
        return out;
    }
    test::FakeLedger ledger;
};

TEST_F(SnapshotTest, what_all_windows_hold_is_one_sum) {
    for (unsigned i = 1; i <= 100; ++i)
        spend("day", i, kNow - std::chrono::minutes{i});
    const auto taken = take({bound_to({budget_of("day", Budget::Window::sliding, 24h)})});
    ASSERT_EQ(taken.spent.size(), 1U);
    EXPECT_EQ(taken.spent[0].charge.amount, U256{5050});
    EXPECT_EQ(taken.spent[0].charge.key, key_of("day"));
    EXPECT_EQ(taken.spent[0].slot, "");
    EXPECT_EQ(taken.spent[0].at, kNow - 1min);
    EXPECT_EQ(taken.high_water, kNow - 1min);
}

TEST_F(SnapshotTest, what_a_window_holds_and_another_does_not_stays_apart) {
    spend("m", 1, kNow - 24h);
    spend("m", 2, kNow - 24h - 1ms);
    spend("m", 4, kNow - 1h);
    spend("m", 8, kNow - 1h - 1ms);
    spend("m", 16, kStillOpen);
    const auto taken = take(
        {bound_to({budget_of("m", Budget::Window::sliding, 24h)}),
         bound_to({budget_of("m", Budget::Window::sliding, 1h)})});
    std::vector<U256> amounts;
    for (const auto& one : taken.spent)
        amounts.push_back(one.charge.amount);
    EXPECT_EQ(amounts, (std::vector<U256>{U256{9}, U256{4}, U256{16}}));
    EXPECT_EQ(taken.spent[2].at, kStillOpen);
}

TEST_F(SnapshotTest, the_slot_itself_and_each_chain_stay_apart) {
    spend("m", 1, kNow, ChainId{1});
    spend("m", 2, kNow, ChainId{2});
    spend("m", 4, kNow, ChainId{1});
    const auto mine = ledger.state.spent.back().slot;
    const auto taken = take({bound_to({budget_of("m", Budget::Window::sliding, 1h)})}, mine);
    ASSERT_EQ(taken.spent.size(), 3U);
    EXPECT_EQ(taken.spent[0].slot, mine);
    EXPECT_EQ(taken.spent[0].charge.amount, U256{4});
    EXPECT_EQ(taken.spent[1].charge.chain, ChainId{1});
    EXPECT_EQ(taken.spent[2].charge.chain, ChainId{2});
}

TEST_F(SnapshotTest, a_sum_that_does_not_fit_is_the_largest_number) {
    spend("m", 1, kNow);
    ledger.state.spent.back().charge.amount = U256::max();
    spend("m", 1, kNow);
    const auto taken = take({bound_to({budget_of("m", Budget::Window::unlimited)})});
    ASSERT_EQ(taken.spent.size(), 1U);
    EXPECT_EQ(taken.spent[0].charge.amount, U256::max());
}

TEST_F(SnapshotTest, meters_without_a_window_and_unknown_ones_are_left_out) {
    spend("other", 1, kNow);
    spend("once", 1, kNow);
    EXPECT_TRUE(take({bound_to({budget_of("once", Budget::Window::signature)})}).spent.empty());
    EXPECT_TRUE(take({bound_to({})}).spent.empty());
    EXPECT_TRUE(take({}).spent.empty());
}

TEST_F(SnapshotTest, every_budget_counts_the_same_as_of_the_whole_log) {
    std::mt19937_64 random{7};
    const auto below = [&](std::uint64_t end) {
        return std::uniform_int_distribution<std::uint64_t>{0, end - 1}(random);
    };
    for (int round = 0; round < 50; ++round) {
        ledger.state = {};
        std::vector<Budget> budgets{
            budget_of("a", Budget::Window::utc_day), budget_of("b", Budget::Window::unlimited)};
        for (int i = 0; i < 4; ++i)
            budgets.push_back(budget_of(
                below(2) == 0 ? "a" : "b", Budget::Window::sliding,
                std::chrono::minutes{below(3000)}));
        for (int i = 0; i < 60; ++i) {
            const auto at =
                below(10) == 0 ? kStillOpen : kNow + 2h - std::chrono::minutes{below(4000)};
            spend(
                below(2) == 0 ? "a" : "b", static_cast<unsigned>(below(1000)), at,
                ChainId{below(2)});
        }
        const auto taken = take({bound_to(budgets)});
        EXPECT_LE(taken.spent.size(), 2U * 2U * 7U);
        for (const auto& budget : budgets) {
            const auto start = window_start(budget, taken.high_water, kNow);
            ASSERT_TRUE(start.has_value());
            for (const auto chain : {ChainId{0}, ChainId{1}})
                EXPECT_EQ(
                    sum_of(taken.spent, budget, chain, *start),
                    sum_of(ledger.state.spent, budget, chain, *start));
        }
    }
}

TEST_F(SnapshotTest, a_ledger_that_fails_gives_no_snapshot) {
    for (const int call : {1, 2}) {
        ledger.fail_at = call;
        const auto status = ledger.transact([&](LedgerTransaction& transaction) -> Status {
            const auto taken = snapshot(
                transaction, std::vector{bound_to({budget_of("m", Budget::Window::utc_day)})},
                "mine", kNow);
            EXPECT_FALSE(taken.has_value());
            return taken ? Status{} : std::unexpected{taken.error()};
        });
        EXPECT_FALSE(status.has_value());
    }
}

}  // namespace
}  // namespace chela::policy
