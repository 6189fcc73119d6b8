#include "tests/policy/decide/build.hpp"

#include <gtest/gtest.h>

namespace chela::policy {
namespace {

using chains::simulation::BalanceChange;
using chains::simulation::Outcome;

const std::optional<Address> kUsdcToken = kUsdc.contract;

BalanceChange loss(
    const Address& account, const std::optional<Address>& token, std::uint64_t amount) {
    return {.account = account, .token = token, .is_increase = false, .amount = U256{amount}};
}
BalanceChange gain(
    const Address& account, const std::optional<Address>& token, std::uint64_t amount) {
    return {.account = account, .token = token, .is_increase = true, .amount = U256{amount}};
}

/// Everything is permitted: only simulations decide.
class Simulated {
public:
    Simulated() {
        auto all = permit("all", EffectKind::transfer);
        all.effects = {EffectKind::transfer, EffectKind::grant,  EffectKind::swap,
                       EffectKind::wrap,     EffectKind::deploy, EffectKind::userop,
                       EffectKind::call,     EffectKind::message};
        policy = document({all});
    }
    Policy policy;
    std::optional<SimulationFacts> simulation = SimulationFacts{
        .id = "s",
        .outcome = Outcome::success,
        .is_degraded = false,
        .age_blocks = 0,
        .changes = {}};

    [[nodiscard]] std::string answered(const EffectTree& tree) const {
        auto facts = facts_of(tree);
        facts.simulation = simulation;
        return answer(policy, facts);
    }
    [[nodiscard]] std::string answered(std::vector<Effect> effects) const {
        return answered(tree_of(std::move(effects)));
    }
    [[nodiscard]] std::string when(
        std::vector<Effect> effects, std::vector<BalanceChange> changes) {
        simulation->changes = std::move(changes);
        return answered(std::move(effects));
    }
};

TEST(simulation, that_is_required_must_be_there_and_show_what_moves) {
    Simulated scene;
    scene.policy.simulation.require = true;
    EXPECT_EQ(scene.answered({pay(5)}), "allow");
    scene.simulation->is_degraded = true;
    EXPECT_EQ(scene.answered({pay(5)}), "deny E_SIMULATION_REQUIRED");
    scene.simulation.reset();
    EXPECT_EQ(scene.answered({pay(5)}), "deny E_SIMULATION_REQUIRED");
    scene.policy.simulation.require = false;
    EXPECT_EQ(scene.answered({pay(5)}), "allow");
}

TEST(simulation, is_asked_of_the_operations_that_are_listed) {
    Simulated scene;
    scene.policy.simulation.require = true;
    scene.simulation.reset();
    scene.policy.simulation.operations = {Operation::typed_data};
    EXPECT_EQ(scene.answered({pay(5)}), "allow");
    scene.policy.simulation.operations = {Operation::typed_data, Operation::transaction};
    EXPECT_EQ(scene.answered({pay(5)}), "deny E_SIMULATION_REQUIRED");
}

TEST(simulation, is_left_out_of_a_look_ahead_which_approves_nothing) {
    Simulated scene;
    scene.policy.simulation.require = true;
    scene.policy.simulation.max_outflow = {{kUsdc, U256{1}}};
    scene.policy.rules[0].charge = {"day"};
    scene.policy.budgets = {budget("day", kUsdc, 100)};
    const auto tree = tree_of({pay(5)});
    auto facts = facts_of(tree);
    facts.is_before_simulation = true;
    const auto bound = bind(scene.policy);
    const auto ahead = decide({&bound, 1}, facts);
    EXPECT_EQ(answer(ahead), "allow");
    EXPECT_TRUE(ahead.charges.empty()) << "nothing to reserve, whoever takes it for an approval";
    facts.is_before_simulation = false;
    EXPECT_EQ(answer(scene.policy, facts), "deny E_SIMULATION_REQUIRED");
    facts.is_before_simulation = true;
    facts.simulation = scene.simulation;
    facts.simulation->is_degraded = true;
    EXPECT_EQ(answer(scene.policy, facts), "deny E_SIMULATION_REQUIRED") << "it was made";
    facts.simulation->is_degraded = false;
    facts.simulation->changes = {loss(kSelf, kUsdcToken, 2)};
    EXPECT_EQ(answer(scene.policy, facts), "deny E_SIMULATED_OUTFLOW");
}

TEST(simulation, is_not_asked_of_text_that_moves_nothing) {
    Simulated scene;
    scene.policy.simulation.require = true;
    scene.simulation.reset();
    EXPECT_EQ(scene.answered({Message{{'h'}, std::nullopt}}), "allow");
    EXPECT_EQ(scene.answered({Message{{'h'}, std::nullopt}, pay(5)}), "deny E_SIMULATION_REQUIRED");
}

TEST(simulation, must_succeed) {
    Simulated scene;
    for (const auto outcome : {Outcome::reverted, Outcome::error}) {
        scene.simulation->outcome = outcome;
        scene.policy.simulation.must_not_revert = true;
        EXPECT_EQ(scene.answered({pay(5)}), "deny E_WOULD_REVERT");
        scene.policy.simulation.must_not_revert = false;
        EXPECT_EQ(scene.answered({pay(5)}), "allow");
    }
}

TEST(simulation, grows_stale) {
    Simulated scene;
    scene.policy.simulation.max_age_blocks = 3;
    scene.simulation->age_blocks = 3;
    EXPECT_EQ(scene.answered({pay(5)}), "allow");
    scene.simulation->age_blocks = 4;
    EXPECT_EQ(scene.answered({pay(5)}), "deny E_SIMULATION_STALE");
}

TEST(simulation, must_not_take_more_than_the_document_lets_it) {
    Simulated scene;
    scene.policy.simulation.max_outflow = {
        {kUsdc, U256{5}}, {Asset{ChainId{1}, kUsdcToken}, U256{0}}};
    scene.policy.simulation.max_native_outflow = U256{2};
    const std::vector<Effect> effects{pay(9), pay(9, kNative)};
    EXPECT_EQ(scene.when(effects, {loss(kSelf, kUsdcToken, 5), loss(kSelf, {}, 2)}), "allow");
    EXPECT_EQ(scene.when(effects, {loss(kSelf, kUsdcToken, 6)}), "deny E_SIMULATED_OUTFLOW");
    EXPECT_EQ(scene.when(effects, {loss(kSelf, {}, 3)}), "deny E_SIMULATED_OUTFLOW");
    EXPECT_EQ(scene.when(effects, {gain(kSelf, {}, 3), loss(kBob, kUsdcToken, 6)}), "allow");
    EXPECT_EQ(
        scene.when(effects, {loss(kSelf, kUsdcToken, 3), loss(kSelf, kUsdcToken, 3)}),
        "deny E_SIMULATED_OUTFLOW")
        << "two losses add up";
    scene.simulation.reset();
    EXPECT_EQ(scene.answered(effects), "deny E_SIMULATION_REQUIRED")
        << "a limit that cannot be looked at does not hold";
}

TEST(witness, lets_an_account_lose_what_the_effects_declare) {
    Simulated scene;
    EXPECT_EQ(
        scene.when({pay(5)}, {loss(kSelf, kUsdcToken, 5), gain(kAlice, kUsdcToken, 5)}), "allow");
    EXPECT_EQ(scene.when({pay(5)}, {loss(kSelf, kUsdcToken, 4)}), "allow");
    EXPECT_EQ(scene.when({pay(5)}, {}), "allow");
    EXPECT_EQ(scene.when({pay(5), pay(6)}, {loss(kSelf, kUsdcToken, 11)}), "allow");
    EXPECT_EQ(scene.when({pay(Bound{})}, {loss(kSelf, kUsdcToken, 999)}), "allow");
}

TEST(witness, refuses_a_loss_that_is_more_or_of_something_else) {
    Simulated scene;
    EXPECT_EQ(scene.when({pay(5)}, {loss(kSelf, kUsdcToken, 6)}), "deny E_SIMULATION_MISMATCH");
    EXPECT_EQ(scene.when({pay(5)}, {loss(kSelf, {}, 1)}), "deny E_SIMULATION_MISMATCH");
    EXPECT_EQ(
        scene.when({pay(5)}, {loss(kSelf, kWeth.contract, 1), loss(kSelf, {}, 1)}),
        "deny E_SIMULATION_MISMATCH E_SIMULATION_MISMATCH");
    EXPECT_EQ(
        scene.when({grant(U256{5})}, {loss(kSelf, kUsdcToken, 1)}), "deny E_SIMULATION_MISMATCH")
        << "to let somebody take is not yet to give";
    EXPECT_EQ(
        scene.when({pay(5)}, {loss(kSelf, kUsdcToken, 4), loss(kSelf, kUsdcToken, 2)}),
        "deny E_SIMULATION_MISMATCH");
    auto foreign = pay(5);
    foreign.from = kAlice;
    EXPECT_EQ(scene.when({foreign}, {loss(kSelf, kUsdcToken, 5)}), "deny E_SIMULATION_MISMATCH")
        << "declared for another account";
    EXPECT_EQ(scene.when({pay(U256::max()), pay(1)}, {loss(kSelf, kUsdcToken, 9)}), "allow")
        << "a sum over 256 bits is no bound";
}

BalanceChange of_id(BalanceChange change, std::uint64_t id) {
    change.token_id = U256{id};
    return change;
}
Transfer pay_id(std::uint64_t amount, std::uint64_t id) {
    auto out = pay(amount);
    out.token_id = U256{id};
    return out;
}

TEST(witness, knows_one_id_of_a_token_from_another) {
    Simulated scene;
    EXPECT_EQ(scene.when({pay_id(5, 1)}, {of_id(loss(kSelf, kUsdcToken, 5), 1)}), "allow");
    EXPECT_EQ(
        scene.when({pay_id(5, 1)}, {of_id(loss(kSelf, kUsdcToken, 6), 1)}),
        "deny E_SIMULATION_MISMATCH");
    EXPECT_EQ(
        scene.when({pay_id(5, 1)}, {of_id(loss(kSelf, kUsdcToken, 1), 2)}),
        "deny E_SIMULATION_MISMATCH")
        << "another id was declared";
    EXPECT_EQ(
        scene.when(
            {pay_id(5, 1), pay_id(5, 2)},
            {of_id(loss(kSelf, kUsdcToken, 5), 1), of_id(loss(kSelf, kUsdcToken, 6), 2)}),
        "deny E_SIMULATION_MISMATCH");
    EXPECT_EQ(
        scene.when(
            {pay_id(2, 1), pay_id(3, 1)},
            {of_id(loss(kSelf, kUsdcToken, 2), 1), of_id(loss(kSelf, kUsdcToken, 3), 1)}),
        "allow");
}

TEST(witness, of_an_id_that_comes_back_as_another_sees_the_loss) {
    Simulated scene;
    EXPECT_EQ(
        scene.when(
            {grant(U256{5})},
            {of_id(loss(kSelf, kUsdcToken, 1), 1), of_id(gain(kSelf, kUsdcToken, 1), 2)}),
        "deny E_SIMULATION_MISMATCH");
}

TEST(witness, lets_an_amount_without_id_stand_for_any_token_once) {
    Simulated scene;
    // transferFrom carries an id where it is not known to count.
    EXPECT_EQ(scene.when({pay(2)}, {of_id(loss(kSelf, kUsdcToken, 1), 77)}), "allow");
    EXPECT_EQ(
        scene.when(
            {pay(2)},
            {of_id(loss(kSelf, kUsdcToken, 1), 77), of_id(loss(kSelf, kUsdcToken, 1), 8)}),
        "allow");
    EXPECT_EQ(
        scene.when(
            {pay(1)},
            {of_id(loss(kSelf, kUsdcToken, 1), 77), of_id(loss(kSelf, kUsdcToken, 1), 8)}),
        "deny E_SIMULATION_MISMATCH");
    EXPECT_EQ(
        scene.when({pay(1)}, {of_id(loss(kSelf, kUsdcToken, 1), 77), loss(kSelf, kUsdcToken, 1)}),
        "deny E_SIMULATION_MISMATCH");
    EXPECT_EQ(scene.when({pay_id(1, 7)}, {loss(kSelf, kUsdcToken, 1)}), "allow")
        << "a loss without id may be of the one declared";
    EXPECT_EQ(
        scene.when(
            {pay_id(1, 7)}, {of_id(loss(kSelf, kUsdcToken, 1), 7), loss(kSelf, kUsdcToken, 1)}),
        "deny E_SIMULATION_MISMATCH")
        << "but not twice";
}

TEST(witness, counts_every_id_towards_an_outflow_limit) {
    Simulated scene;
    scene.policy.simulation.max_outflow = {{kUsdc, U256{5}}};
    const std::vector<Effect> effects{pay_id(3, 1), pay_id(3, 2)};
    EXPECT_EQ(
        scene.when(
            effects, {of_id(loss(kSelf, kUsdcToken, 3), 1), of_id(loss(kSelf, kUsdcToken, 2), 2)}),
        "allow");
    EXPECT_EQ(
        scene.when(
            effects, {of_id(loss(kSelf, kUsdcToken, 3), 1), of_id(loss(kSelf, kUsdcToken, 3), 2)}),
        "deny E_SIMULATED_OUTFLOW");
}

TEST(witness, holds_without_a_rule_that_asks_for_it_but_not_when_degraded) {
    Simulated scene;
    scene.policy.simulation = {};
    EXPECT_EQ(scene.when({pay(5)}, {loss(kSelf, {}, 1)}), "deny E_SIMULATION_MISMATCH");
    scene.simulation->is_degraded = true;
    EXPECT_EQ(scene.answered({pay(5)}), "allow");
}

TEST(witness, knows_what_swaps_wraps_and_creations_give) {
    Simulated scene;
    const Swap swap{
        .venue = {"uniswap-v3", kChain, kBob},
        .asset_in = kUsdc,
        .max_in = U256{50},
        .asset_out = kWeth,
        .min_out = U256{1},
        .payer = kSelf,
        .recipient = kSelf,
        .deadline = {},
        .via = {}};
    EXPECT_EQ(
        scene.when({swap}, {loss(kSelf, kUsdcToken, 50), gain(kSelf, kWeth.contract, 1)}), "allow");
    EXPECT_EQ(scene.when({swap}, {loss(kSelf, kUsdcToken, 51)}), "deny E_SIMULATION_MISMATCH");
    auto of_others = swap;
    of_others.payer = kAlice;
    EXPECT_EQ(scene.when({of_others}, {loss(kSelf, kUsdcToken, 1)}), "deny E_SIMULATION_MISMATCH");
    const Wrap wrap{kWeth, Wrap::Direction::wrap, kSelf, U256{7}};
    EXPECT_EQ(scene.when({wrap}, {loss(kSelf, {}, 7)}), "allow");
    EXPECT_EQ(scene.when({wrap}, {loss(kSelf, kWeth.contract, 7)}), "deny E_SIMULATION_MISMATCH");
    const Wrap unwrap{kWeth, Wrap::Direction::unwrap, kSelf, U256{7}};
    EXPECT_EQ(scene.when({unwrap}, {loss(kSelf, kWeth.contract, 7), gain(kSelf, {}, 7)}), "allow");
    EXPECT_EQ(scene.when({unwrap}, {loss(kSelf, {}, 7)}), "deny E_SIMULATION_MISMATCH");
    EXPECT_EQ(scene.when({Deploy{kChain, kSelf, wei(3), {}}}, {loss(kSelf, {}, 3)}), "allow");
    EXPECT_EQ(
        scene.when({Deploy{kChain, kSelf, wei(3), {}}}, {loss(kSelf, {}, 4)}),
        "deny E_SIMULATION_MISMATCH");
}

TEST(witness, a_pinned_call_declares_nothing_that_moves) {
    Simulated scene;
    const Call mint{
        .chain = kChain,
        .actor = kSelf,
        .target = kBob,
        .signature = "mint()",
        .parameters = {},
        .arguments = {}};
    EXPECT_EQ(scene.when({mint}, {gain(kSelf, kWeth.contract, 1)}), "allow");
    EXPECT_EQ(scene.when({mint}, {loss(kSelf, kUsdcToken, 1)}), "deny E_SIMULATION_MISMATCH");
}

TEST(witness, holds_the_accounts_that_the_signer_acts_through) {
    Simulated scene;
    auto from_safe = pay(5);
    from_safe.from = kSafe;
    EffectTree tree;
    tree.roots = {node(from_safe, kSafe)};
    scene.simulation->changes = {loss(kSafe, kUsdcToken, 5)};
    EXPECT_EQ(scene.answered(tree), "allow");
    scene.simulation->changes = {loss(kSafe, kUsdcToken, 6)};
    EXPECT_EQ(scene.answered(tree), "deny E_SIMULATION_MISMATCH");
    scene.simulation->changes = {loss(kSafe, kUsdcToken, 5), loss(kBob, {}, 9)};
    EXPECT_EQ(scene.answered(tree), "allow") << "nobody acts for Bob";
}

TEST(witness, of_a_user_operation_lets_the_sender_pay_for_gas_and_no_more) {
    Simulated scene;
    UserOp operation{
        .chain = kChain,
        .entry_point = kBob,
        .sender = kSafe,
        .prefund = wei(9),
        .paymaster = {},
        .factory = {}};
    auto from_safe = pay(5);
    from_safe.from = kSafe;
    const auto tree = [&] {
        EffectTree out;
        auto root = node(operation);
        root.inner = {node(from_safe, kSafe), node(Deploy{kChain, kSafe, wei(0), {}}, kBob)};
        out.roots = {root};
        return out;
    };
    scene.simulation->changes = {
        loss(kSafe, {}, 9), loss(kSafe, kUsdcToken, 5), loss(kBob, {}, 99)};
    EXPECT_EQ(scene.answered(tree()), "allow") << "the entry point pays out what others deposited";
    scene.simulation->changes = {loss(kSafe, {}, 10)};
    EXPECT_EQ(scene.answered(tree()), "deny E_SIMULATION_MISMATCH");
    operation.paymaster = kAlice;
    scene.simulation->changes = {loss(kSafe, {}, 1)};
    EXPECT_EQ(scene.answered(tree()), "deny E_SIMULATION_MISMATCH");
}

TEST(witness, lets_unknown_calls_of_guardrails_take_granted_tokens_and_no_coins) {
    Simulated scene;
    scene.policy.is_compiled = true;
    scene.policy.rules[0].effects.push_back(EffectKind::opaque);
    EXPECT_EQ(scene.when({opaque()}, {loss(kSelf, kUsdcToken, 5)}), "allow");
    EXPECT_EQ(scene.when({opaque()}, {loss(kSelf, {}, 5)}), "deny E_SIMULATION_MISMATCH");
    EXPECT_EQ(scene.when({opaque(), pay(5, kNative)}, {loss(kSelf, {}, 5)}), "allow");
}

}  // namespace
}  // namespace chela::policy
