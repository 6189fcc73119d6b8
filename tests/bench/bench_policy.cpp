#include "policy/decide/envelope_facts.hpp"
#include "policy/decide/record.hpp"
#include "policy/decode/preimage.hpp"
#include "tests/policy/decide/build.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include <benchmark/benchmark.h>

namespace chela::bench {
namespace {

using namespace policy;

constexpr double kLimit = 50;  // microseconds, of the slowest of a hundred decisions
constexpr std::size_t kRules = 100;
constexpr std::size_t kAddresses = 5'000;
constexpr std::size_t kSpent = 200;

Address numbered(std::size_t number) {
    Address out = test::address(0x0d);
    for (std::size_t i = 0; i < 8; ++i)
        out.bytes[i] = static_cast<std::uint8_t>(number * 0x9e3779b97f4a7c15ULL >> 8 * i);
    return out;
}

std::shared_ptr<const AddressSet> payees() {
    AddressSet out{.name = "payees", .addresses = {kAlice}, .where = {}};
    while (out.addresses.size() < kAddresses)
        out.addresses.push_back(numbered(out.addresses.size()));
    std::ranges::sort(out.addresses);
    return std::make_shared<const AddressSet>(std::move(out));
}

/// Every rule speaks of transfers, so that none is passed over: permits by payee that charge,
/// forbids by amount with alternatives, reviews that ask about two assets.
policy::Policy hundred_rules() {
    const auto set = payees();
    auto out = document();
    for (std::size_t i = 0; i < kRules; ++i) {
        const auto id = fmt::format("rule-{}", i);
        const auto to = clause(Field::to, Comparison::in, set);
        const auto amount = over(Field::amount, 1'000'000'000 + i, kUsdc);
        if (i % 10 == 0) {
            out.rules.push_back(charging(
                permit(id, EffectKind::transfer, {{is(Field::asset, kUsdc), to}, {}}), {"day"}));
        } else if (i % 2 == 0) {
            out.rules.push_back(
                review(id, EffectKind::transfer, {{is(Field::asset, kUsdc), to, amount}, {}}));
        } else {
            out.rules.push_back(forbid(
                id, EffectKind::transfer,
                {{to}, {{{{amount}, {}}, {{is(Field::asset, kWeth)}, {}}}}}));
        }
    }
    out.budgets = {budget("day", kUsdc, 1'000'000'000)};
    return out;
}

/// Decides on an ERC-20 transfer, trace included.
class Scene {
public:
    Scene()
        : bound_{bind(hundred_rules())},
          preimage_{chains::Transaction{test::transaction_to(
              kUsdc.contract, {}, "a9059cbb" + test::word(kAlice) + test::word(1'000))}},
          tree_{decode_preimage(preimage_.content(), kSelf, contracts_of({&bound_, 1}).value())} {
        facts_ = facts_of(tree_);
        facts_.envelope = envelope_facts(preimage_.content());
        const MeterKey key{Budget::Scope::agent, kAgent, "day"};
        for (std::size_t i = 0; i < kSpent; ++i) {
            facts_.ledger.spent.push_back(
                {{key, kChain, U256{1}}, fmt::format("tx/8453/self/{}", i), kNow - 1h});
        }
        if (decide().verdict != Verdict::allow) bug("the benchmark's payment is not allowed");
        if (decide().trace.policies[0].rules.size() != kRules) bug("a rule was passed over");
    }
    [[nodiscard]] Decision decide() const { return policy::decide({&bound_, 1}, facts_); }
    [[nodiscard]] std::string record(const Decision& decision) const {
        return to_record(preimage_, {&bound_, 1}, facts_, decision);
    }

private:
    BoundPolicy bound_;
    chains::Preimage preimage_;
    EffectTree tree_;
    Facts facts_;
};

double at(std::vector<double>& samples, double part) {
    const auto position = static_cast<std::size_t>(part * static_cast<double>(samples.size() - 1));
    std::ranges::nth_element(samples, samples.begin() + static_cast<std::ptrdiff_t>(position));
    return samples[position];
}

/// Each call by itself: an average would hide the slow ones.
template <class Call>
void time_each(benchmark::State& state, const Call& call) {
    std::vector<double> samples;
    for (auto _ : state) {
        const auto begin = std::chrono::steady_clock::now();
        benchmark::DoNotOptimize(call());
        const std::chrono::duration<double, std::micro> spent =
            std::chrono::steady_clock::now() - begin;
        samples.push_back(spent.count());
        state.SetIterationTime(spent.count() / 1e6);
    }
    state.counters["p50_us"] = at(samples, 0.50);
    state.counters["p99_us"] = at(samples, 0.99);
}

void decide_with_100_rules_and_5000_addresses(benchmark::State& state) {
    const Scene scene;
    time_each(state, [&] { return scene.decide(); });
    state.counters["limit_p99_us"] = kLimit;
}
BENCHMARK(decide_with_100_rules_and_5000_addresses)->UseManualTime()->MinTime(2);

void write_the_record_of_it(benchmark::State& state) {
    const Scene scene;
    const auto decision = scene.decide();
    time_each(state, [&] { return scene.record(decision); });
    state.counters["record_bytes"] = static_cast<double>(scene.record(decision).size());
}
BENCHMARK(write_the_record_of_it)->UseManualTime();

}  // namespace
}  // namespace chela::bench
