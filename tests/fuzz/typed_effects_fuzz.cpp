#include "chains/message/typed_data.hpp"
#include "policy/decode/decoder.hpp"
#include "policy/decode/preimage.hpp"
#include "policy/effect/describe.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// Any JSON that reads as typed data decodes to a bounded tree that is not empty and has no byte
/// ranges; only a domain with a chain and a contract is ever understood; every effect has words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace chela;
    const auto parsed = chains::parse_typed_data(std::string(data, data + size));
    if (!parsed) return 0;
    const auto tree = policy::decode_typed_data(*parsed, Address{{0x51}}, {});
    const auto nodes = policy::effects_of(tree);
    if (tree.roots.empty()) bug("typed data without a root");
    if (nodes.size() > 4 * policy::kMaxNodes) bug("a tree without bounds");
    bool is_understood = true;
    for (const auto* node : nodes) {
        const auto& effect = policy::effect_of(*node);
        if (node->range != policy::ByteRange{}) bug("typed data with a byte range");
        if (policy::describe(effect).empty()) bug("an effect without words");
        if (policy::kind_of(effect) == policy::EffectKind::opaque) is_understood = false;
    }
    const auto& domain = parsed->domain();
    const bool is_bound =
        domain.chain_id && domain.verifying_contract && *domain.verifying_contract != Address{};
    if (is_understood && !is_bound) bug("typed data for anybody is understood");
    return 0;
}
