#include "chains/crypto/keccak.hpp"
#include "tests/bench/comparison.hpp"
#include "tests/integration/signer/soft_token.hpp"
#include "tests/support/approve.hpp"

#include <memory>
#include <vector>

#include <benchmark/benchmark.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace chela::bench {
namespace {

constexpr std::size_t kBatch = 16;

/// libsecp256k1 alone, with a key in this process: what a signature costs without a token.
class RawSigner {
public:
    RawSigner() { key_.fill(0x42); }
    void operator()(const SigningHash& digest) const {
        secp256k1_ecdsa_recoverable_signature signature;
        if (secp256k1_ecdsa_sign_recoverable(
                context_.get(), &signature, digest.bytes.data(), key_.data(), nullptr, nullptr) !=
            1) {
            bug("libsecp256k1 did not sign");
        }
        benchmark::DoNotOptimize(signature);
    }

private:
    std::array<std::uint8_t, 32> key_{};
    std::unique_ptr<secp256k1_context, decltype(&secp256k1_context_destroy)> context_{
        secp256k1_context_create(SECP256K1_CONTEXT_SIGN), &secp256k1_context_destroy};
};

// Ours hashes the preimage, signs in the token and proves the signature by recovering the key; the
// baseline signs a digest that is there already.
void sign_with_softhsm(benchmark::State& state) {
    const test::SoftToken soft;
    const auto token = test::open_token(soft.config());
    const auto made = test::make_key(*token, "bench");
    const RawSigner raw;
    std::vector<chains::ApprovedPreimage> approved;
    std::vector<SigningHash> digests;
    for (std::size_t i = 0; i < kBatch; ++i) {
        approved.push_back(test::approve_transfer(made.info.address, i));
        digests.push_back(approved.back().preimage().signing_hash());
    }
    const auto first = made.key->sign(approved.front());
    if (!first) bug(first.error().detail);
    if (!test::is_good_signature(approved.front(), *first, made.info.public_key)) {
        bug("the signature that is measured is not good");
    }

    Comparison comparison{state, kBatch};
    for (auto _ : state) {
        comparison.time_ours([&](std::size_t i) {
            const auto signature = made.key->sign(approved[i]);
            if (!signature) bug(signature.error().detail);
            benchmark::DoNotOptimize(*signature);
        });
        comparison.time_baseline([&](std::size_t i) { raw(digests[i]); });
    }
    comparison.report("libsecp256k1");
}
BENCHMARK(sign_with_softhsm)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chela::bench
