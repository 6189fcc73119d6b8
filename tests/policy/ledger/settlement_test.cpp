#include "policy/ledger/settlement.hpp"

#include <gtest/gtest.h>

namespace chela::policy {
namespace {

using enum Budget::Counts;

Charge charge_of(std::string meter, Budget::Counts counts, std::uint64_t of) {
    return {{Budget::Scope::agent, "a", std::move(meter)}, ChainId{1}, U256{of}, counts};
}

std::vector<Charge> all() {
    return {
        charge_of("value", amount, 100), charge_of("transfers", effects, 3),
        charge_of("fees", max_fee, 50), charge_of("times", signatures, 1)};
}

std::vector<U256> amounts(const std::vector<Charge>& charges) {
    std::vector<U256> out;
    for (const auto& charge : charges)
        out.push_back(charge.amount);
    return out;
}

TEST(settled, what_took_effect_stays_charged_and_the_fee_is_what_was_paid) {
    const auto charges = settled(all(), {.took_effect = true, .fee = Wei{U256{20}}});
    EXPECT_EQ(amounts(charges), (std::vector{U256{100}, U256{3}, U256{20}, U256{1}}));
}

TEST(settled, what_never_takes_effect_costs_its_fee_and_counts_as_signed) {
    const auto charges = settled(all(), {.took_effect = false, .fee = Wei{U256{20}}});
    EXPECT_EQ(amounts(charges), (std::vector{U256{}, U256{}, U256{20}, U256{1}}));
}

TEST(settled, a_fee_over_the_worst_case_is_charged_as_it_was) {
    const auto charges = settled(all(), {.took_effect = true, .fee = Wei{U256{70}}});
    EXPECT_EQ(charges[2].amount, U256{70}) << "a rollup's fee for its data comes on top";
}

TEST(settled, meters_stay_what_they_were) {
    auto before = all();
    const auto after = settled(before, {.took_effect = false, .fee = {}});
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_EQ(after[i].key, before[i].key);
        EXPECT_EQ(after[i].counts, before[i].counts);
        EXPECT_EQ(after[i].chain, before[i].chain);
    }
}

}  // namespace
}  // namespace chela::policy
