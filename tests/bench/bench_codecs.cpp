#include "chains/crypto/keccak.hpp"
#include "chains/preimage/preimage.hpp"
#include "chains/tx/transaction.hpp"
#include "tests/bench/comparison.hpp"
#include "tests/bench/raw_signer.hpp"
#include "tests/policy/build.hpp"

#include <memory>

#include <benchmark/benchmark.h>
#include <openssl/evp.h>

namespace chela::bench {
namespace {

constexpr std::size_t kBatch = 256;

/// OpenSSL's SHA3-256 at its best: the algorithm fetched once, the context used again.
class Sha3 {
public:
    Hash256 operator()(BytesView data) const {
        Hash256 digest;
        unsigned size = 0;
        if (EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) != 1 ||
            EVP_DigestUpdate(context_.get(), data.data(), data.size()) != 1 ||
            EVP_DigestFinal_ex(context_.get(), digest.bytes.data(), &size) != 1 ||
            size != Hash256::kSize) {
            bug("OpenSSL's SHA3-256 failed");
        }
        return digest;
    }

private:
    std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm_{
        EVP_MD_fetch(nullptr, "SHA3-256", nullptr), &EVP_MD_free};
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{
        EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

// The two differ in one byte of padding, so both do the same number of permutations.
void keccak256(benchmark::State& state) {
    const Bytes input(static_cast<std::size_t>(state.range(0)), 0x5a);
    const Sha3 sha3;
    Comparison comparison{state, kBatch};
    for (auto _ : state) {
        comparison.time_ours(
            [&](std::size_t) { benchmark::DoNotOptimize(chains::keccak256(input)); });
        comparison.time_baseline([&](std::size_t) { benchmark::DoNotOptimize(sha3(input)); });
    }
    comparison.report("openssl");
    state.SetBytesProcessed(
        state.iterations() * static_cast<std::int64_t>(kBatch) * state.range(0));
}
BENCHMARK(keccak256)->Arg(32)->Arg(136)->Arg(1024)->Arg(4096)->UseManualTime();

/// An ERC-20 transfer, the commonest transaction of all: 68 bytes of data.
Bytes transfer() {
    const auto transaction = test::transaction_to(
        test::address(0x70), {}, "a9059cbb" + test::word(test::address(0xa1)) + test::word(1'000));
    if (transaction.data.size() != 68) bug("the benchmark's calldata is misshapen");
    return chains::encode_unsigned(transaction);
}

// Beside the signature that follows it, which nobody can do without.
void decode_and_hash_eip1559(benchmark::State& state) {
    const Bytes encoded = transfer();
    const SigningHash digest{chains::keccak256(encoded).bytes};
    const RawSigner signer{{0x42}};
    Comparison comparison{state, kBatch};
    for (auto _ : state) {
        comparison.time_ours([&](std::size_t) {
            const auto decoded = chains::decode_unsigned(encoded);
            if (!decoded) bug(decoded.error().detail);
            benchmark::DoNotOptimize(chains::Preimage{*decoded}.signing_hash());
        });
        comparison.time_baseline(
            [&](std::size_t) { benchmark::DoNotOptimize(signer.sign(digest)); });
    }
    comparison.report("libsecp256k1_sign");
}
BENCHMARK(decode_and_hash_eip1559)->UseManualTime();

}  // namespace
}  // namespace chela::bench
