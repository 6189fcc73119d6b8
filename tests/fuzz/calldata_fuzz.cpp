#include "policy/decode/decoder.hpp"
#include "policy/decode/preimage.hpp"

#include <algorithm>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace chela;

constexpr ChainId kChain{1};
constexpr Address kTarget{{0x70}};
constexpr int kKinds = static_cast<int>(policy::ContractKind::entry_point) + 1;

policy::EffectTree decode(const Bytes& data, const policy::Contracts& contracts) {
    const chains::LegacyTransaction transaction{
        .chain_id = kChain,
        .nonce = {},
        .gas_price = {},
        .gas_limit = {},
        .to = kTarget,
        .value = Wei{U256{1}},
        .data = data};
    return policy::decode_transaction(transaction, Address{}, contracts);
}

bool is_understood(const policy::EffectTree& tree) {
    return std::ranges::none_of(policy::effects_of(tree), [](const auto* node) {
        return policy::kind_of(policy::effect_of(*node)) == policy::EffectKind::opaque;
    });
}

void check(const Bytes& data, const policy::Contracts& contracts, bool takes_any_length) {
    const auto tree = decode(data, contracts);
    if (tree.roots.empty()) bug("calldata without a root");
    if (policy::effects_of(tree).size() > 4 * policy::kMaxNodes) bug("a tree without bounds");
    if (takes_any_length || data.size() < 4 || !is_understood(tree)) return;
    auto longer = data;
    longer.push_back(0);
    if (is_understood(decode(longer, contracts))) {
        bug("a call is understood with and without a trailing byte");
    }
}

}  // namespace

/// Any calldata at any kind of contract decodes to a bounded tree that is not empty, and no byte
/// can be added to a call that was understood, but for a CREATE2 factory's initcode.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes bytes(data, data + size);
    check(bytes, {}, false);
    for (int i = 0; i < kKinds; ++i) {
        const auto kind = static_cast<policy::ContractKind>(i);
        policy::Contracts contracts;
        contracts.declare(kChain, kTarget, kind);
        check(bytes, contracts, kind == policy::ContractKind::create2_factory);
    }
    return 0;
}
