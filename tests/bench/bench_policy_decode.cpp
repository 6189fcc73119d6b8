#include "chains/abi/signature.hpp"
#include "policy/decode/decoder.hpp"
#include "tests/policy/build.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>

#include <benchmark/benchmark.h>

namespace chela::bench {
namespace {

namespace abi = chains::abi;
using abi::Value;

constexpr std::size_t kBatch = 64;
constexpr double kLimit = 20;  ///< µs for one swap

const Address kSelf = test::address(0x51);
const Address kRouter = test::address(0x66);
const Address kToken = test::address(0x70);
const Address kWrapped = test::address(0xee);
constexpr Address kMsgSender{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
constexpr Address kAddressThis{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};

Value number(std::uint64_t value) {
    return {U256{value}};
}

Bytes call_of(std::string_view signature, const Value::List& arguments) {
    const auto parsed = abi::parse_signature(signature);
    const auto encoded = parsed ? abi::encode_call(*parsed, arguments) : Result<Bytes>{Bytes{}};
    if (!encoded || encoded->empty()) bug("the benchmark's calldata is misshapen");
    return *encoded;
}
Value input_of(std::string_view signature, const Value::List& arguments) {
    const auto call = call_of(signature, arguments);
    return {Bytes{call.begin() + 4, call.end()}};
}

/// The commonest sale of a token: permit, a V3 swap over two pools to the router, unwrapped for the
/// caller.
Bytes sale() {
    Bytes path(20 + 23 + 23, 0);
    std::ranges::copy(kToken.bytes, path.begin());
    std::ranges::copy(kWrapped.bytes, path.end() - 20);
    const Value details{Value::List{{kToken}, number(100), number(77), number(0)}};
    const Value permit{Value::List{details, {kRouter}, number(77)}};
    const Value::List inputs{
        input_of(
            "f(((address,uint160,uint48,uint48),address,uint256),bytes)", {permit, {Bytes(65, 7)}}),
        input_of(
            "f(address,uint256,uint256,bytes,bool)",
            {{kAddressThis}, number(100), number(0), {path}, {true}}),
        input_of("f(address,uint256)", {{kMsgSender}, number(90)})};
    return call_of(
        "execute(bytes,bytes[],uint256)", {{Bytes{0x0a, 0x00, 0x0c}}, {inputs}, number(77)});
}

void decode_universal_router_swap(benchmark::State& state) {
    policy::Contracts contracts;
    contracts.declare(test::kChain, kRouter, policy::ContractKind::universal_router);
    contracts.declare(test::kChain, kWrapped, policy::ContractKind::wrapped_native);
    const auto data = sale();
    const policy::Frame frame{
        .chain = test::kChain,
        .actor = kSelf,
        .target = kRouter,
        .value = {},
        .data = data,
        .at = 0,
        .depth = 0};
    std::chrono::duration<double, std::micro> spent{};
    for (auto _ : state) {
        const auto begin = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < kBatch; ++i) {
            policy::Decoder decoder{kSelf, contracts};
            auto nodes = decoder.call(frame);
            if (nodes.size() != 1 || nodes.front().inner.size() != 2) bug("not the swap it was");
            benchmark::DoNotOptimize(nodes);
        }
        const auto batch = std::chrono::steady_clock::now() - begin;
        spent += batch;
        state.SetIterationTime(std::chrono::duration<double>{batch}.count());
    }
    const auto decoded = static_cast<double>(state.iterations()) * static_cast<double>(kBatch);
    state.counters["us_per_swap"] = spent.count() / decoded;
    state.counters["limit_us"] = kLimit;
}
BENCHMARK(decode_universal_router_swap)->UseManualTime();

}  // namespace
}  // namespace chela::bench
