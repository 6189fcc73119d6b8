#include "chains/crypto/ecdsa.hpp"
#include "signer/software/key.hpp"
#include "tests/bench/comparison.hpp"
#include "tests/bench/raw_module.hpp"
#include "tests/bench/raw_signer.hpp"
#include "tests/integration/signer/soft_token.hpp"
#include "tests/support/approve.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

namespace chela::bench {
namespace {

constexpr std::size_t kBatch = 16;

std::vector<chains::ApprovedPreimage> approvals(const Address& signer) {
    std::vector<chains::ApprovedPreimage> out;
    for (std::size_t i = 0; i < kBatch; ++i)
        out.push_back(test::approve_transfer(signer, i));
    return out;
}

std::vector<SigningHash> digests_of(const std::vector<chains::ApprovedPreimage>& approved) {
    std::vector<SigningHash> out;
    for (const auto& each : approved)
        out.push_back(each.preimage().signing_hash());
    return out;
}

void sign_once(signer::Key& key, const chains::ApprovedPreimage& approved) {
    const auto signature = key.sign(approved);
    if (!signature) bug(signature.error().detail);
    benchmark::DoNotOptimize(*signature);
}

void check(signer::Key& key, const chains::ApprovedPreimage& approved) {
    const auto signature = key.sign(approved);
    if (!signature) bug(signature.error().detail);
    if (!test::is_good_signature(approved, *signature, key.public_key()))
        bug("the signature that is measured is not good");
}

// Ours hashes the preimage, signs and compares the recovered key; the baseline signs a digest that
// is there already, and recovers.
void sign_in_software(benchmark::State& state) {
    const std::array<std::uint8_t, 32> secret{0x42};
    const std::string_view bytes{reinterpret_cast<const char*>(secret.data()), secret.size()};
    const auto key = signer::software::SoftwareKey::make(signer::Secret{bytes}, "bench");
    if (!key) bug(key.error().detail);
    const auto approved = approvals((*key)->address());
    const auto digests = digests_of(approved);
    check(**key, approved.front());
    const RawSigner raw{secret};
    Comparison comparison{state, kBatch};
    for (auto _ : state) {
        comparison.time_ours([&](std::size_t i) { sign_once(**key, approved[i]); });
        comparison.time_baseline([&](std::size_t i) {
            benchmark::DoNotOptimize(raw.recover(digests[i], raw.sign(digests[i])));
        });
    }
    comparison.report("libsecp256k1_sign_and_recover");
}
BENCHMARK(sign_in_software)->UseManualTime();

constexpr unsigned kCallersForOne = 4;  ///< session

/// Runs `call(thread, i)` `each` times in each of `threads` threads at once.
template <class Call>
void burst(unsigned threads, std::size_t each, const Call& call) {
    std::vector<std::jthread> running;
    for (unsigned thread = 0; thread < threads; ++thread) {
        running.emplace_back([&call, each, thread] {
            for (std::size_t i = 0; i < each; ++i)
                call(thread, i);
        });
    }
}

enum class Baseline : std::int64_t {
    module = 0,           ///< C_SignInit and C_Sign
    module_and_check = 1  ///< and the recovery that nobody may leave out
};

// Through the pool, from more callers than it has sessions as under load, and straight at the
// module, a thread for each session.
void sign_in_softhsm(benchmark::State& state) {
    const auto threads = static_cast<unsigned>(state.range(0));
    const auto baseline = static_cast<Baseline>(state.range(1));
    const test::SoftToken soft;
    auto config = soft.config();
    config.max_sessions = threads;
    const auto token = test::open_token(config);
    const auto made = test::make_key(*token, "bench");
    const auto approved = approvals(made.info.address);
    const auto digests = digests_of(approved);
    check(*made.key, approved.front());
    RawModule module{soft.label(), made.info.id, threads};

    Comparison comparison{state, 1};
    for (auto _ : state) {
        comparison.time_ours([&](std::size_t) {
            burst(kCallersForOne * threads, kBatch / kCallersForOne, [&](unsigned, std::size_t i) {
                sign_once(*made.key, approved[i]);
            });
        });
        comparison.time_baseline([&](std::size_t) {
            burst(threads, kBatch, [&](unsigned thread, std::size_t i) {
                const auto raw = module.sign(thread, digests[i]);
                if (baseline == Baseline::module) return;
                const auto checked =
                    chains::make_recoverable(digests[i], raw, made.info.public_key);
                if (!checked) bug(checked.error().detail);
            });
        });
    }
    comparison.report(baseline == Baseline::module ? "module" : "module_and_check");
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(threads * kBatch));
}
BENCHMARK(sign_in_softhsm)
    ->ArgNames({"sessions", "checked"})
    ->ArgsProduct({{1, 2}, {0, 1}})
    ->UseManualTime()
    ->MinTime(2.0)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chela::bench
