#include "policy/decide/judgement.hpp"
#include "tests/policy/decide/build.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace chela::policy {
namespace {

constexpr int kRounds = 1'000;

/// Small worlds, so that rules and effects often meet.
class World {
public:
    explicit World(std::uint64_t seed) : random_{seed} {}

    std::size_t below(std::size_t end) {
        return std::uniform_int_distribution<std::size_t>{0, end - 1}(random_);
    }
    template <class T>
    T one_of(std::vector<T> choices) {
        return choices[below(choices.size())];
    }
    Address account() { return one_of(std::vector{kSelf, kAlice, kBob, kSafe}); }
    Asset asset() { return one_of(std::vector{kUsdc, kWeth, kNative}); }
    Bound amount() {
        if (below(8) == 0) return std::nullopt;
        return U256{below(200)};
    }

    Effect effect() {
        switch (below(12)) {
            case 0:
                return grant(amount(), asset());
            case 1:
                return Revoke{asset(), kSelf, account()};
            case 2:
                return Swap{
                    .venue = {"uniswap-v3", kChain, kBob},
                    .asset_in = asset(),
                    .max_in = amount(),
                    .asset_out = asset(),
                    .min_out = U256{below(3)},
                    .payer = account(),
                    .recipient = account(),
                    .deadline = std::nullopt,
                    .via = {asset()}};
            case 3:
                return Wrap{kWeth, Wrap::Direction::wrap, account(), amount()};
            case 4:
                return Message{{'h', 'i'}, std::nullopt};
            case 5:
                return opaque();
            default:
                return Transfer{asset(), account(), account(), amount(), std::nullopt};
        }
    }
    EffectTree tree(std::size_t most) {
        EffectTree out;
        const auto count = 1 + below(most);
        for (std::size_t i = 0; i < count; ++i)
            out.roots.push_back(node(effect(), one_of(std::vector{kSelf, kSelf, kSafe})));
        return out;
    }

    Clause any_clause() {
        const auto comparison =
            one_of(std::vector{Comparison::in, Comparison::not_in, Comparison::equal});
        switch (below(5)) {
            case 0:
                return clause(
                    one_of(std::vector{Field::asset, Field::asset_in}), comparison,
                    std::vector<Asset>{asset()});
            case 1:
                return clause(
                    Field::amount,
                    one_of(std::vector{Comparison::greater, Comparison::less_or_equal}),
                    AssetAmount{U256{below(150)}, asset()});
            case 2:
                return clause(Field::amount, Comparison::is_unbounded);
            default:
                return clause(
                    one_of(std::vector{Field::to, Field::from, Field::spender, Field::recipient}),
                    comparison, std::vector<AddressPattern>{account(), Self{}});
        }
    }
    Condition condition(std::size_t depth = 2) {
        Condition out;
        for (auto left = below(3); left > 0; --left)
            out.clauses.push_back(any_clause());
        if (depth > 0 && below(3) == 0) {
            out.any.emplace_back();
            for (auto left = below(3); left > 0; --left)
                out.any.back().push_back(condition(depth - 1));
        }
        return out;
    }
    Rule any_rule(Rule::Kind kind) {
        auto out = rule(kind, fmt::format("r{}", ++rules_), EffectKind::transfer, condition());
        for (const auto effect :
             {EffectKind::grant, EffectKind::swap, EffectKind::wrap, EffectKind::message,
              EffectKind::opaque}) {
            if (below(2) == 0) out.effects.push_back(effect);
        }
        if (below(6) == 0) out.operations = {Operation::typed_data};
        return out;
    }
    Policy policy() {
        std::vector<Rule> rules;
        // Most worlds allow something to begin with.
        if (below(4) != 0) {
            rules.push_back(permit("wide", EffectKind::transfer));
            rules.back().effects = {
                EffectKind::transfer, EffectKind::grant, EffectKind::swap, EffectKind::wrap,
                EffectKind::message};
        }
        for (auto left = below(5); left > 0; --left) {
            rules.push_back(any_rule(one_of(std::vector{
                Rule::Kind::permit, Rule::Kind::permit, Rule::Kind::permit, Rule::Kind::forbid,
                Rule::Kind::review})));
            if (rules.back().kind == Rule::Kind::permit && below(3) == 0)
                rules.back().charge = {"day"};
        }
        auto out = document(std::move(rules));
        out.budgets = {budget("day", kUsdc, 300)};
        return out;
    }
    /// Somebody has agreed, in half of all worlds.
    Facts facts(const EffectTree& tree) {
        auto out = facts_of(tree);
        if (below(2) == 0) out.approvals.approvers = {"ana"};
        return out;
    }

private:
    std::mt19937_64 random_;
    int rules_ = 0;
};

Decision decided(const Policy& policy, const Facts& facts) {
    const auto bound = bind(policy);
    auto out = decide({&bound, 1}, facts);
    out.trace = {};
    return out;
}
Verdict verdict(const Policy& policy, const Facts& facts) {
    return decided(policy, facts).verdict;
}

/// How often each verdict came out: a property that never met one would prove nothing.
class Seen {
public:
    void count(Verdict verdict) { ++counts_[static_cast<std::size_t>(verdict)]; }
    ~Seen() {
        for (const auto count : counts_)
            EXPECT_GT(count, kRounds / 100);
    }

private:
    std::array<int, 3> counts_{};
};

TEST(any_policy, another_forbid_or_review_never_widens) {
    World world{1};
    Seen seen;
    for (int i = 0; i < kRounds; ++i) {
        auto policy = world.policy();
        const auto tree = world.tree(3);
        const auto facts = world.facts(tree);
        const auto before = verdict(policy, facts);
        seen.count(before);
        policy.rules.push_back(
            world.any_rule(world.one_of(std::vector{Rule::Kind::forbid, Rule::Kind::review})));
        EXPECT_LE(verdict(policy, facts), before) << i;
    }
}

TEST(any_policy, another_permit_narrows_only_by_what_it_charges) {
    World world{2};
    Seen seen;
    int charged = 0;
    for (int i = 0; i < kRounds; ++i) {
        auto policy = world.policy();
        const auto tree = world.tree(3);
        const auto facts = world.facts(tree);
        const auto before = verdict(policy, facts);
        seen.count(before);
        policy.rules.push_back(world.any_rule(Rule::Kind::permit));
        EXPECT_GE(verdict(policy, facts), before) << i;
        policy.rules.back().charge = {"day"};
        const auto after = decided(policy, facts);
        if (after.verdict >= before) continue;
        ++charged;
        for (const auto& code : codes_of(after))
            EXPECT_TRUE(code == "E_BUDGET" || code == "E_BUDGET_ASSET") << code;
    }
    EXPECT_GT(charged, kRounds / 100);
}

TEST(any_policy, the_order_of_rules_changes_nothing_that_counts) {
    World world{3};
    Seen seen;
    for (int i = 0; i < kRounds; ++i) {
        auto policy = world.policy();
        const auto tree = world.tree(4);
        const auto facts = world.facts(tree);
        const auto before = decided(policy, facts);
        seen.count(before.verdict);
        for (std::size_t left = policy.rules.size(); left > 1; --left)
            std::swap(policy.rules[left - 1], policy.rules[world.below(left)]);
        const auto after = decided(policy, facts);
        EXPECT_EQ(after.verdict, before.verdict) << i;
        EXPECT_EQ(after.charges, before.charges) << i;
        EXPECT_EQ(after.quorum, before.quorum) << i;
        auto codes = codes_of(before);
        auto shuffled = codes_of(after);
        std::ranges::sort(codes);
        std::ranges::sort(shuffled);
        EXPECT_EQ(shuffled, codes) << i;
    }
}

TEST(any_policy, never_allows_what_is_opaque_or_claimed_by_nobody) {
    World world{4};
    int allowed = 0;
    for (int i = 0; i < kRounds; ++i) {
        const auto policy = world.policy();
        const auto tree = world.tree(3);
        const auto facts = world.facts(tree);
        const auto bound = bind(policy);
        const auto decision = decide({&bound, 1}, facts);
        if (decision.verdict != Verdict::allow) continue;
        ++allowed;
        const auto effects = effects_of(tree);
        for (std::size_t at = 0; at < effects.size(); ++at) {
            EXPECT_FALSE(std::holds_alternative<Opaque>(effect_of(*effects[at])));
            EXPECT_TRUE(
                !decision.trace.policies[0].coverage[at].empty() ||
                !needs_claim(*effects[at], kSelf, effects));
        }
        EXPECT_TRUE(decision.violations.empty());
    }
    EXPECT_GT(allowed, kRounds / 50);
}

/// The policy with clause number `at` of its traced rules always true or always false.
Policy resolved(const Policy& policy, const std::vector<RuleTrace>& rules, Truth truth) {
    auto out = policy;
    const auto decides = clause(
        Field::actor, truth == Truth::yes ? Comparison::not_in : Comparison::in,
        std::vector<AddressPattern>{});
    std::set<const Clause*> unknown;
    for (const auto& rule : rules)
        for (const auto& each : rule.clauses)
            if (each.truth == Truth::unknown) unknown.insert(each.clause);
    const std::function<void(const Condition&, Condition&)> replace = [&](const Condition& from,
                                                                          Condition& to) {
        for (std::size_t i = 0; i < from.clauses.size(); ++i)
            if (unknown.contains(&from.clauses[i])) to.clauses[i] = decides;
        for (std::size_t i = 0; i < from.any.size(); ++i)
            for (std::size_t j = 0; j < from.any[i].size(); ++j)
                replace(from.any[i][j], to.any[i][j]);
    };
    for (std::size_t i = 0; i < policy.rules.size(); ++i)
        replace(policy.rules[i].condition, out.rules[i].condition);
    return out;
}

// Whatever the unknown turns out to be, the answer was not too wide.
TEST(any_policy, what_is_unknown_never_widens) {
    World world{5};
    int unknowns = 0;
    int narrowed = 0;
    for (int i = 0; i < kRounds; ++i) {
        const auto bound = bind(world.policy());
        const auto tree = world.tree(1);
        const auto facts = world.facts(tree);
        const auto decision = decide({&bound, 1}, facts);
        const auto& rules = decision.trace.policies[0].rules;
        const bool has_unknown = std::ranges::any_of(
            rules, [](const RuleTrace& rule) { return rule.truth == Truth::unknown; });
        unknowns += has_unknown ? 1 : 0;
        for (const auto truth : {Truth::no, Truth::yes}) {
            const auto after = decided(resolved(*bound.policy, rules, truth), facts);
            const bool is_budget = std::ranges::any_of(
                codes_of(after),
                [](const std::string& code) { return code.starts_with("E_BUDGET"); });
            // A permit that turns out to hold may charge; that is not the unknown's doing.
            if (!is_budget) EXPECT_GE(after.verdict, decision.verdict) << i;
            narrowed += after.verdict > decision.verdict ? 1 : 0;
        }
    }
    EXPECT_GT(unknowns, kRounds / 20);
    EXPECT_GT(narrowed, kRounds / 100);
}

TEST(any_policy, earlier_spending_never_widens) {
    World world{6};
    Seen seen;
    int refused = 0;
    for (int i = 0; i < kRounds; ++i) {
        auto policy = world.policy();
        policy.rules.push_back(charging(
            permit("usdc", EffectKind::transfer, {{is(Field::asset, kUsdc)}, {}}), {"day"}));
        const auto tree = world.tree(3);
        auto facts = world.facts(tree);
        const auto before = verdict(policy, facts);
        seen.count(before);
        const MeterKey key{Budget::Scope::agent, kAgent, "day"};
        facts.ledger.spent.push_back(
            {{key, kChain, U256{200 + world.below(200)}},
             "tx/before",
             kNow - std::chrono::hours{1}});
        const auto after = verdict(policy, facts);
        EXPECT_LE(after, before) << i;
        refused += after < before ? 1 : 0;
    }
    EXPECT_GT(refused, kRounds / 100);
}

TEST(any_policy, of_two_the_answer_is_no_wider_than_of_each) {
    World world{7};
    Seen seen;
    for (int i = 0; i < kRounds; ++i) {
        const auto first = world.policy();
        const auto second = world.policy();
        const auto tree = world.tree(2);
        const auto facts = world.facts(tree);
        const std::vector both{bind(first), bind(second)};
        const auto verdict_of_both = decide(both, facts).verdict;
        seen.count(verdict_of_both);
        EXPECT_LE(verdict_of_both, std::min(verdict(first, facts), verdict(second, facts))) << i;
    }
}

}  // namespace
}  // namespace chela::policy
