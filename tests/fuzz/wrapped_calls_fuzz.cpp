#include "chains/abi/encode.hpp"
#include "chains/abi/signature.hpp"
#include "policy/decode/decoder.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace chela;
namespace abi = chains::abi;

constexpr ChainId kChain{8453};
constexpr Address kSelf{{0x51}};
constexpr Address kRouter{{0x66}};
constexpr Address kSwapRouter{{0x68}};
constexpr Address kMultisend{{0x4d}};
constexpr Address kWrapped{};  // zeros are what a fuzzer writes first
constexpr Address kAccount{{0xac}};
// Most nodes that one counted node can stand for: value, two effects and a wrapper.
constexpr std::size_t kNodesOfOne = 4;

policy::Contracts contracts() {
    policy::Contracts out;
    out.declare(kChain, kRouter, policy::ContractKind::universal_router);
    out.declare(kChain, kSwapRouter, policy::ContractKind::swap_router_02);
    out.declare(kChain, kMultisend, policy::ContractKind::safe_multisend);
    out.declare(kChain, kWrapped, policy::ContractKind::wrapped_native);
    return out;
}

Bytes call_of(std::string_view signature, const abi::Value::List& arguments) {
    const auto parsed = abi::parse_signature(signature);
    const auto encoded = parsed ? abi::encode_call(*parsed, arguments) : Result<Bytes>{Bytes{}};
    if (!encoded || encoded->empty()) bug("a call of the table does not encode");
    return *encoded;
}

/// Commands are one byte, how many words they take, then their input: `head` bytes and the words.
struct Steps {
    Bytes codes;
    abi::Value::List inputs;

    Steps(BytesView rest, std::size_t head) {
        while (rest.size() >= 2) {
            const auto length = std::min(head + rest[1] % 16U * 32U, rest.size() - 2);
            const auto input = rest.subspan(2, length);
            codes.push_back(rest[0]);
            inputs.push_back({Bytes{input.begin(), input.end()}});
            rest = rest.subspan(2 + length);
        }
    }
};

struct Target {
    Address contract;
    Bytes data;
};

/// The first byte picks the wrapper, the second a mode, the rest is what it carries.
Target target_of(BytesView input) {
    const BytesView rest = input.subspan(2);
    const abi::Value content{Bytes{rest.begin(), rest.end()}};
    if (input[0] % 4 == 0) return {kMultisend, call_of("multiSend(bytes)", {content})};
    if (input[0] % 4 == 1) {
        constexpr std::array<std::array<std::uint8_t, 10>, 6> kModes{
            {{0x00},
             {0x01},
             {0xff},
             {0x01, 0, 0, 0, 0, 0, 0x78, 0x21, 0, 1},
             {0x01, 0, 0, 0, 0, 0, 0x78, 0x21, 0, 2},
             {0x01, 1}}};
        Bytes mode(32, 0);
        std::ranges::copy(kModes.at(input[1] % kModes.size()), mode.begin());
        return {kAccount, call_of("execute(bytes32,bytes)", {{mode}, content})};
    }
    if (input[0] % 4 == 2) {
        const Steps steps{rest, 0};
        return {kRouter, call_of("execute(bytes,bytes[])", {{steps.codes}, {steps.inputs}})};
    }
    const Steps calls{rest, abi::Selector::kSize};
    return {kSwapRouter, call_of("multicall(bytes[])", {{calls.inputs}})};
}

std::size_t count(const std::vector<policy::EffectNode>& nodes) {
    std::size_t out = nodes.size();
    for (const auto& node : nodes)
        out += count(node.inner);
    return out;
}

}  // namespace

/// Whatever a wrapper carries has a tree, which is not empty and stays within the bounds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    static const auto kContracts = contracts();
    const auto target = target_of({data, size});
    policy::Decoder decoder{kSelf, kContracts};
    const auto nodes = decoder.call(
        {.chain = kChain,
         .actor = kSelf,
         .target = target.contract,
         .value = Wei{U256{data[1]}},
         .data = target.data,
         .at = 0,
         .depth = 0});
    if (nodes.empty()) bug("a call without a node");
    if (count(nodes) > kNodesOfOne * (policy::kMaxNodes + 1)) bug("a tree past the bounds");
    return 0;
}
