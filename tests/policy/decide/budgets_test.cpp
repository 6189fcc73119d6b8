#include "tests/policy/decide/build.hpp"

#include <gtest/gtest.h>

namespace chela::policy {
namespace {

const MeterKey kDay{Budget::Scope::agent, kAgent, "day"};

/// A document whose payments charge a budget of 100 a day, and a ledger to fill.
class Spending {
public:
    Spending() {
        policy = document({charging(permit("pay", EffectKind::transfer), {"day"})});
        policy.budgets = {budget("day", kUsdc, 100)};
    }
    Policy policy;
    LedgerSnapshot ledger{.slot = "tx/now", .spent = {}, .high_water = {}};
    TimePoint now = kNow;

    void spend(std::uint64_t amount, TimePoint at, std::string slot = "tx/before") {
        spend(kDay, amount, at, std::move(slot));
    }
    void spend(
        const MeterKey& key, std::uint64_t amount, TimePoint at, std::string slot = "tx/before") {
        ledger.spent.push_back({{key, kChain, U256{amount}}, std::move(slot), at});
    }
    [[nodiscard]] Decision decided(std::vector<Effect> effects) const {
        const auto tree = tree_of(std::move(effects));
        auto facts = facts_of(tree);
        facts.ledger = ledger;
        facts.now = now;
        const auto bound = bind(policy);
        auto decision = decide({&bound, 1}, facts);
        decision.trace = {};
        return decision;
    }
    [[nodiscard]] std::string paying(std::uint64_t amount) const {
        return answer(decided({pay(amount)}));
    }
};

TEST(budget, is_full_at_its_limit_and_over_one_past_it) {
    Spending spending;
    EXPECT_EQ(spending.paying(100), "allow");
    EXPECT_EQ(spending.paying(101), "deny E_BUDGET");
    spending.spend(60, kNow - 1h);
    EXPECT_EQ(spending.paying(40), "allow");
    EXPECT_EQ(spending.paying(41), "deny E_BUDGET");
}

TEST(budget, gives_what_to_reserve) {
    Spending spending;
    const auto decision = spending.decided({pay(30), pay(12)});
    ASSERT_EQ(decision.charges.size(), 1U);
    EXPECT_EQ(decision.charges[0], (Charge{kDay, kChain, U256{42}})) << "one a meter, the sum";
    EXPECT_TRUE(spending.decided({pay(101)}).charges.empty()) << "nothing when it is refused";
}

TEST(budget, adds_up_all_effects_and_all_permits_that_charge_it) {
    Spending spending;
    EXPECT_EQ(answer(spending.decided({pay(60), pay(41)})), "deny E_BUDGET");
    spending.policy.rules.push_back(charging(permit("twice", EffectKind::transfer), {"day"}));
    EXPECT_EQ(spending.paying(50), "allow");
    EXPECT_EQ(spending.paying(51), "deny E_BUDGET") << "two rules charge one budget";
}

TEST(budget, takes_every_effect_at_its_worst) {
    Spending spending;
    spending.policy.rules.push_back(charging(permit("let", EffectKind::grant), {"day"}));
    spending.policy.rules.push_back(charging(permit("swap", EffectKind::swap), {"day"}));
    EXPECT_EQ(answer(spending.decided({grant(U256{100})})), "allow");
    EXPECT_EQ(answer(spending.decided({grant(U256{101})})), "deny E_BUDGET");
    EXPECT_EQ(answer(spending.decided({grant({})})), "deny E_BUDGET") << "no bound is over";
    const Swap swap{
        .venue = {"uniswap-v3", kChain, kBob},
        .asset_in = kUsdc,
        .max_in = U256{90},
        .asset_out = kWeth,
        .min_out = U256{1},
        .payer = kSelf,
        .recipient = kSelf,
        .deadline = {},
        .via = {}};
    EXPECT_EQ(answer(spending.decided({swap, pay(10)})), "allow");
    EXPECT_EQ(answer(spending.decided({swap, pay(11)})), "deny E_BUDGET");
}

TEST(budget, counts_native_coins_of_wraps_and_creations) {
    Spending spending;
    spending.policy.rules = {
        charging(permit("wrap", EffectKind::wrap), {"day"}),
        charging(permit("deploy", EffectKind::deploy), {"day"})};
    spending.policy.budgets = {budget("day", kNative, 100)};
    const Wrap wrap{kWeth, Wrap::Direction::wrap, kSelf, U256{60}};
    EXPECT_EQ(answer(spending.decided({wrap, Deploy{kChain, kSelf, wei(40), {}}})), "allow");
    EXPECT_EQ(
        answer(spending.decided({wrap, Deploy{kChain, kSelf, wei(41), {}}})), "deny E_BUDGET");
    spending.policy.budgets = {budget("day", kWeth, 59)};
    EXPECT_EQ(answer(spending.decided({wrap})), "deny E_BUDGET") << "both forms have one unit";
}

TEST(budget, does_not_add_up_past_256_bits) {
    Spending spending;
    EXPECT_EQ(answer(spending.decided({pay(U256::max()), pay(1)})), "deny E_BUDGET");
    spending.policy.budgets[0].limit = U256::max();
    EXPECT_EQ(answer(spending.decided({pay(U256::max())})), "allow");
    EXPECT_EQ(answer(spending.decided({pay(U256::max()), pay(1)})), "deny E_BUDGET");
    spending.ledger.spent.push_back({{kDay, kChain, U256::max()}, "tx/a", kNow});
    EXPECT_EQ(spending.paying(1), "deny E_BUDGET");
    spending.ledger.spent.push_back({{kDay, kChain, U256::max()}, "tx/b", kNow});
    EXPECT_EQ(spending.paying(1), "deny E_BUDGET");
}

TEST(budget, refuses_what_it_cannot_count) {
    Spending spending;
    EXPECT_EQ(answer(spending.decided({pay(1, kWeth)})), "deny E_BUDGET_ASSET");
    spending.policy.rules.push_back(charging(permit("own", EffectKind::authority), {"day"}));
    const Authority change{kChain, kBob, Authority::Kind::owner, kAlice};
    EXPECT_EQ(answer(spending.decided({change})), "deny E_BUDGET_ASSET");
    spending.policy.rules.back().charge = {"no-such-budget"};
    EXPECT_EQ(answer(spending.decided({change})), "deny E_BUDGET_ASSET");
    spending.policy.budgets[0].counts = Budget::Counts::signatures;
    EXPECT_EQ(spending.paying(1), "deny E_BUDGET_ASSET");
}

TEST(budget, shows_its_limit_to_agents_where_the_document_says_so) {
    Spending spending;
    const auto hidden = spending.decided({pay(101)}).violations.at(0);
    EXPECT_EQ(hidden.detail.find("a limit of"), std::string::npos) << hidden.detail;
    EXPECT_NE(hidden.limits.find("a limit of"), std::string::npos) << hidden.limits;
    spending.policy.shows_limits_to_agents = true;
    const auto shown = spending.decided({pay(101)}).violations.at(0);
    EXPECT_EQ(shown.detail, hidden.limits);
}

TEST(budget, of_effects_counts_each_that_is_claimed_however_they_are_wrapped) {
    Spending spending;
    spending.policy.budgets[0].counts = Budget::Counts::effects;
    spending.policy.budgets[0].asset.reset();
    spending.policy.budgets[0].limit = U256{2};
    const auto decision = spending.decided({pay(1), pay(1'000'000)});
    EXPECT_EQ(answer(decision), "allow");
    ASSERT_EQ(decision.charges.size(), 1U);
    EXPECT_EQ(decision.charges[0].amount, U256{2});
    EXPECT_EQ(answer(spending.decided({pay(1), pay(1), pay(1)})), "deny E_BUDGET");
    spending.ledger.spent.push_back({{kDay, kChain, U256{1}}, "tx/a", kNow});
    EXPECT_EQ(spending.paying(1), "allow");
    EXPECT_EQ(answer(spending.decided({pay(1), pay(1)})), "deny E_BUDGET");
}

TEST(budget, of_effects_counts_calls_that_take_no_amount) {
    Spending spending;
    spending.policy.budgets[0].counts = Budget::Counts::effects;
    spending.policy.budgets[0].limit = U256{1};
    spending.policy.rules.push_back(charging(permit("own", EffectKind::authority), {"day"}));
    const Authority change{kChain, kBob, Authority::Kind::owner, kAlice};
    EXPECT_EQ(answer(spending.decided({change})), "allow");
    EXPECT_EQ(answer(spending.decided({change, change})), "deny E_BUDGET");
}

TEST(budget, of_income_and_revokes_is_not_charged) {
    Spending spending;
    spending.policy.rules.push_back(charging(permit("clean", EffectKind::revoke), {"day"}));
    auto income = pay(1'000);
    std::swap(income.from, income.to);
    const auto decision = spending.decided({income, Revoke{kUsdc, kSelf, kBob}});
    EXPECT_EQ(answer(decision), "allow");
    EXPECT_TRUE(decision.charges.empty());
}

TEST(window, that_slides_counts_what_is_as_old_as_it_is_long) {
    Spending spending;
    spending.spend(60, kNow - 24h);
    EXPECT_EQ(spending.paying(41), "deny E_BUDGET") << "the edge is inside";
    spending.ledger.spent[0].at = kNow - 24h - 1ms;
    EXPECT_EQ(spending.paying(100), "allow");
    spending.ledger.spent[0].at = kNow + 240h;
    EXPECT_EQ(spending.paying(41), "deny E_BUDGET") << "what is in the future counts";
    spending.policy.budgets[0].length = std::chrono::milliseconds::max();
    spending.ledger.spent[0].at = TimePoint{};
    EXPECT_EQ(spending.paying(41), "deny E_BUDGET") << "a window longer than time";
}

TEST(window, is_not_moved_by_a_clock_that_was_moved_back) {
    Spending spending;
    spending.spend(60, kNow);
    spending.ledger.high_water = kNow;
    for (const auto back :
         {1ms, std::chrono::milliseconds{24h}, std::chrono::milliseconds{9000h}}) {
        spending.now = kNow - back;
        EXPECT_EQ(spending.paying(41), "deny E_BUDGET") << back.count();
    }
    spending.now = kNow + 24h + 1ms;
    EXPECT_EQ(spending.paying(100), "allow");
}

TEST(window, of_a_utc_day_starts_at_midnight) {
    Spending spending;
    spending.policy.budgets[0].window = Budget::Window::utc_day;
    const TimePoint midnight = std::chrono::floor<std::chrono::days>(kNow);
    spending.spend(60, midnight - 1ms);
    EXPECT_EQ(spending.paying(100), "allow");
    spending.ledger.spent[0].at = midnight;
    EXPECT_EQ(spending.paying(41), "deny E_BUDGET");
    spending.now = midnight + 24h - 1ms;
    EXPECT_EQ(spending.paying(41), "deny E_BUDGET");
    spending.now = midnight + 24h;
    EXPECT_EQ(spending.paying(100), "allow");
    spending.now = midnight - 1h;
    spending.ledger.high_water = midnight;
    EXPECT_EQ(spending.paying(41), "deny E_BUDGET") << "yesterday does not come back";
}

TEST(window, without_end_counts_for_ever_and_of_one_signature_never) {
    Spending spending;
    spending.policy.budgets[0].window = Budget::Window::unlimited;
    spending.spend(60, TimePoint{});
    EXPECT_EQ(spending.paying(40), "allow");
    EXPECT_EQ(spending.paying(41), "deny E_BUDGET");
    spending.policy.budgets[0].window = Budget::Window::signature;
    EXPECT_EQ(spending.paying(100), "allow");
    EXPECT_EQ(spending.paying(101), "deny E_BUDGET");
}

TEST(window, counts_what_can_still_take_effect_whatever_its_age) {
    Spending spending;
    spending.spend(60, kStillOpen);
    for (const auto window :
         {Budget::Window::sliding, Budget::Window::utc_day, Budget::Window::unlimited}) {
        spending.policy.budgets[0].window = window;
        EXPECT_EQ(spending.paying(40), "allow");
        EXPECT_EQ(spending.paying(41), "deny E_BUDGET");
    }
}

TEST(slot, counts_once_at_its_maximum) {
    Spending spending;
    spending.spend(60, kNow - 1h, "tx/now");
    EXPECT_EQ(spending.paying(100), "allow") << "it replaces what it took before";
    spending.spend(30, kNow - 1h);
    EXPECT_EQ(spending.paying(70), "allow");
    EXPECT_EQ(spending.paying(71), "deny E_BUDGET");
    const auto cheaper = spending.decided({pay(1)});
    EXPECT_EQ(cheaper.charges.at(0).amount, U256{60})
        << "the first may still be the one that lands";
    spending.ledger.spent[0].charge.amount = U256{71};
    EXPECT_EQ(spending.paying(1), "deny E_BUDGET");
}

TEST(meter, belongs_to_agent_policy_or_organization) {
    for (const auto& [scope, owner] : std::vector<std::pair<Budget::Scope, std::string>>{
             {Budget::Scope::agent, kAgent},
             {Budget::Scope::policy, "treasury"},
             {Budget::Scope::organization, ""}}) {
        Spending spending;
        spending.policy.budgets[0].scope = scope;
        spending.spend({scope, owner, "day"}, 60, kNow);
        spending.spend({scope, "somebody else", "day"}, 60, kNow);
        spending.spend({scope, owner, "another"}, 60, kNow);
        EXPECT_EQ(spending.paying(40), "allow");
        EXPECT_EQ(spending.paying(41), "deny E_BUDGET");
        EXPECT_EQ(spending.decided({pay(1)}).charges.at(0).key, (MeterKey{scope, owner, "day"}));
    }
}

TEST(meter, of_one_chain_counts_that_chain) {
    Spending spending;
    auto here = budget("day-here", kUsdc, 50);
    here.meter = "day";
    here.chain = kChain;
    here.code = "E_DAY_HERE";
    spending.policy.budgets.push_back(here);
    EXPECT_EQ(spending.paying(51), "deny E_DAY_HERE");
    spending.spend(45, kNow);
    spending.ledger.spent[0].charge.chain = ChainId{1};
    EXPECT_EQ(spending.paying(50), "allow");
    EXPECT_EQ(spending.paying(56), "deny E_BUDGET E_DAY_HERE");
    spending.policy.budgets[1].chain = ChainId{1};
    EXPECT_EQ(spending.paying(55), "allow") << "the limit of another chain";
}

TEST(meter, without_a_limit_is_charged_for_later) {
    Spending spending;
    spending.policy.budgets[0].limit.reset();
    const auto decision = spending.decided({pay(1'000)});
    EXPECT_EQ(answer(decision), "allow");
    EXPECT_EQ(decision.charges.at(0).amount, U256{1'000});
}

TEST(envelope_budget, counts_fees_and_signatures) {
    Spending spending;
    spending.policy.rules = {permit("pay", EffectKind::transfer)};
    spending.policy.envelope.charge = {"gas", "count"};
    auto gas = budget("gas", kNative, 0);
    gas.counts = Budget::Counts::max_fee;
    gas.limit = ether("0.001").value;
    auto count = budget("count", kNative, 2);
    count.counts = Budget::Counts::signatures;
    count.asset.reset();
    spending.policy.budgets = {gas, count};
    const auto decision = spending.decided({pay(5)});
    EXPECT_EQ(answer(decision), "allow");
    ASSERT_EQ(decision.charges.size(), 2U);
    EXPECT_EQ(decision.charges[0].amount, U256{1}) << "count";
    EXPECT_EQ(decision.charges[1].amount, ether("0.001").value) << "gas";
    spending.spend({Budget::Scope::agent, kAgent, "gas"}, 1, kNow);
    spending.spend({Budget::Scope::agent, kAgent, "count"}, 2, kNow);
    EXPECT_EQ(spending.paying(5), "deny E_BUDGET E_BUDGET");
    spending.policy.budgets[0].counts = Budget::Counts::amount;
    EXPECT_EQ(spending.paying(5), "deny E_BUDGET_ASSET E_BUDGET");
}

TEST(guardrail_budget, counts_native_coins_of_any_chain_and_nothing_else) {
    Spending spending;
    spending.policy.is_compiled = true;
    spending.policy.rules.push_back(charging(permit("any", EffectKind::opaque), {"day"}));
    spending.policy.budgets[0].asset.reset();
    EXPECT_EQ(answer(spending.decided({pay(5), opaque()})), "allow");
    EXPECT_EQ(answer(spending.decided({pay(100, kNative), pay(500)})), "allow");
    EXPECT_EQ(answer(spending.decided({pay(101, kNative)})), "deny E_BUDGET");
}

TEST(budget, says_its_own_code_and_hint) {
    Spending spending;
    spending.policy.budgets[0].code = "E_DAILY_LIMIT";
    spending.policy.budgets[0].hint = "{charge} is too much for a day";
    const auto decision = spending.decided({pay(1'500'000)});
    ASSERT_EQ(codes_of(decision), Codes{"E_DAILY_LIMIT"});
    EXPECT_EQ(decision.violations[0].detail, "1.5 usdc@8453 is too much for a day");
}

// Two policies that name one meter speak of one count: an effect stands on it once, and in full.
TEST(policies, charge_a_meter_that_they_share_once_an_effect) {
    auto first = document({charging(permit("all", EffectKind::transfer), {"day"})});
    first.budgets = {budget("day", kUsdc, 100)};
    auto second = first;
    second.id = "organization";
    const auto to_alice =
        charging(permit("alice", EffectKind::transfer, {{is(Field::to, kAlice)}, {}}), {"day"});
    second.rules = {permit("all", EffectKind::transfer), to_alice, to_alice};
    const auto tree = tree_of({pay(20), pay(30, kUsdc, kBob)});
    const auto facts = facts_of(tree);
    const std::vector bound{bind(first), bind(second)};
    const auto decision = decide(bound, facts);
    EXPECT_EQ(answer(decision), "allow");
    ASSERT_EQ(decision.charges.size(), 1U);
    EXPECT_EQ(decision.charges[0].amount, U256{70})
        << "Alice's twice, as the second policy has it, and Bob's once, as the first has";
    auto less = first;
    less.budgets[0].limit = U256{69};
    const std::vector tight{bind(less), bind(second)};
    EXPECT_EQ(answer(decide(tight, facts)), "deny E_BUDGET") << "all of it counts for both";
}

TEST(policies, that_count_different_things_on_one_meter_are_refused) {
    auto first = document({charging(permit("all", EffectKind::transfer), {"day"})});
    first.budgets = {budget("day", kUsdc, 100)};
    auto second = document({permit("all", EffectKind::transfer)});
    second.id = "organization";
    second.budgets = {budget("day", kWeth, 100)};
    const auto tree = tree_of({pay(5)});
    const std::vector bound{bind(first), bind(second)};
    EXPECT_EQ(answer(decide(bound, facts_of(tree))), "deny E_BUDGET_CONFLICT");
    second.budgets[0].scope = Budget::Scope::policy;
    const std::vector apart{bind(first), bind(second)};
    EXPECT_EQ(answer(decide(apart, facts_of(tree))), "allow");
}

}  // namespace
}  // namespace chela::policy
