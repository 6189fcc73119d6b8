#include "tests/support/fake_node/chain/replacement.hpp"

#include "tests/integration/support/fake_node/fixture.hpp"

namespace chela::test::fake_node {
namespace {

struct Row {
    std::uint64_t old;
    std::uint64_t now;
    bool is_enough;
};

// floor(old × 110 / 100), and strictly above the old one.
constexpr Row kRows[] = {
    {0, 0, false},    {0, 1, true},    {1, 1, false},     {1, 2, true},     {9, 9, false},
    {9, 10, true},    {10, 10, false}, {10, 11, true},    {11, 11, false},  {11, 12, true},
    {19, 20, true},   {20, 21, false}, {20, 22, true},    {29, 31, true},   {29, 30, false},
    {99, 107, false}, {99, 108, true}, {100, 109, false}, {100, 110, true},
};

TEST(fake_node_replacement, needs_a_tip_above_the_old_one_and_of_its_floored_110_percent) {
    for (const Row& row : kRows) {
        const Offer old{wei(row.old), wei(1000), {}};
        const Offer now{wei(row.now), wei(2000), {}};
        EXPECT_EQ(replaces(old, now), row.is_enough) << row.old << " -> " << row.now;
    }
}

TEST(fake_node_replacement, needs_a_cap_above_the_old_one_and_of_its_floored_110_percent) {
    for (const Row& row : kRows) {
        const Offer old{wei(0), wei(row.old), {}};
        const Offer now{wei(1), wei(row.now), {}};
        EXPECT_EQ(replaces(old, now), row.is_enough) << row.old << " -> " << row.now;
    }
}

TEST(fake_node_replacement, near_the_largest_amount_the_threshold_does_not_wrap) {
    const Wei largest{U256::max()};
    const Wei below = minus(largest, wei(1));
    EXPECT_FALSE(replaces({wei(1), below, {}}, {wei(2), largest, {}}));
    // 10/11 of the largest: the last amount whose 110 percent fit.
    const Wei last{
        divide(multiply(divide(U256::max(), 11).quotient, U256{10}).value(), 1).quotient};
    const auto threshold = scaled(last, 110);
    ASSERT_TRUE(threshold);
    EXPECT_TRUE(replaces({wei(1), last, {}}, {wei(2), *threshold, {}}));
    EXPECT_FALSE(replaces({wei(1), last, {}}, {wei(2), minus(*threshold, wei(1)), {}}));
    EXPECT_FALSE(scaled(largest, 110));
}

TEST(fake_node_replacement, of_blobs_needs_each_of_three_prices_doubled) {
    const Offer old{wei(3), wei(10), wei(5)};
    EXPECT_FALSE(blob_replacement_problem(old, {wei(6), wei(20), wei(10)}));
    EXPECT_EQ(
        blob_replacement_problem(old, {wei(6), wei(10), wei(10)}).value_or(""),
        ": new tx gas fee cap 10 <= 10 queued");
    EXPECT_EQ(
        blob_replacement_problem(old, {wei(6), wei(19), wei(10)}).value_or(""),
        ": new tx gas fee cap 19 < 10 queued + 100% replacement penalty");
    EXPECT_EQ(
        blob_replacement_problem(old, {wei(5), wei(20), wei(10)}).value_or(""),
        ": new tx gas tip cap 5 < 3 queued + 100% replacement penalty");
    EXPECT_EQ(
        blob_replacement_problem(old, {wei(6), wei(20), wei(9)}).value_or(""),
        ": new tx blob gas fee cap 9 < 5 queued + 100% replacement penalty");
}

}  // namespace
}  // namespace chela::test::fake_node
