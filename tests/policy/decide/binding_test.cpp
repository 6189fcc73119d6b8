#include "tests/policy/decide/build.hpp"

#include <gtest/gtest.h>

namespace chela::policy {
namespace {

using chains::simulation::Outcome;

Hash256 digest(std::uint8_t byte) {
    Hash256 out;
    out.bytes[0] = byte;
    return out;
}

class Bound {
public:
    Policy policy = document({permit("all", EffectKind::transfer)});
    std::optional<Hash256> of_transaction = digest(1);
    SimulationFacts simulation{
        .id = "s",
        .outcome = Outcome::success,
        .is_degraded = false,
        .age_blocks = 0,
        .changes = {},
        .transaction_digest = digest(1)};

    [[nodiscard]] std::string answered() const {
        const auto tree = tree_of({pay(5)});
        auto facts = facts_of(tree);
        facts.transaction_digest = of_transaction;
        facts.simulation = simulation;
        return answer(policy, facts);
    }
};

TEST(simulation_binding, lets_the_very_transaction_through) {
    EXPECT_EQ(Bound{}.answered(), "allow");
}

TEST(simulation_binding, refuses_another_or_none_whatever_the_policy_says) {
    Bound scene;
    scene.simulation.transaction_digest = digest(2);
    EXPECT_EQ(scene.answered(), "deny E_SIMULATION_OTHER");
    scene.simulation.transaction_digest = std::nullopt;
    EXPECT_EQ(scene.answered(), "deny E_SIMULATION_OTHER");
    scene.simulation.transaction_digest = digest(1);
    scene.of_transaction = std::nullopt;
    EXPECT_EQ(scene.answered(), "deny E_SIMULATION_OTHER") << "what is signed is no transaction";
}

TEST(simulation_binding, has_an_age_limit_where_no_policy_names_one) {
    Bound scene;
    scene.simulation.age_blocks = kMaxSimulationAge;
    EXPECT_EQ(scene.answered(), "allow");
    scene.simulation.age_blocks = kMaxSimulationAge + 1;
    EXPECT_EQ(scene.answered(), "deny E_SIMULATION_STALE");
    scene.policy.simulation.max_age_blocks = 10;
    EXPECT_EQ(scene.answered(), "allow");
    scene.policy.simulation.max_age_blocks = 2;
    scene.simulation.age_blocks = 3;
    EXPECT_EQ(scene.answered(), "deny E_SIMULATION_STALE");
}

TEST(simulation_binding, the_age_limit_is_the_lowest_that_a_policy_names) {
    Policy silent = document();
    Policy short_lived = document();
    short_lived.simulation.max_age_blocks = 5;
    Policy long_lived = document();
    long_lived.simulation.max_age_blocks = 50;
    const std::vector all{bind(silent), bind(long_lived), bind(short_lived)};
    EXPECT_EQ(max_simulation_age(all), 5U);
    EXPECT_EQ(max_simulation_age({&all[1], 1}), 50U);
    EXPECT_EQ(max_simulation_age({&all[0], 1}), kMaxSimulationAge);
    EXPECT_EQ(max_simulation_age({}), kMaxSimulationAge);
}

}  // namespace
}  // namespace chela::policy
