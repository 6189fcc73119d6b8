#include "chains/crypto/keccak.hpp"
#include "policy/decode/decoder.hpp"

namespace chela::policy {
namespace {

constexpr std::size_t kSaltSize = 32;

}  // namespace

/// Source: deterministic-deployment-proxy (Arachnid), README: calldata is salt, then initcode.
Decoded decode_create2(const Frame& frame) {
    Decoded out;
    if (frame.data.size() < kSaltSize) {
        out.nodes.push_back(opaque_node(
            frame, Opaque::Reason::non_canonical, "a CREATE2 factory without a whole salt"));
        return out;
    }
    out.includes_value = true;
    // Who the new contract sees as its maker, and by whom its address is made, is the factory.
    out.nodes.push_back(effect_node(
        frame, Deploy{
                   .chain = frame.chain,
                   .creator = frame.target,
                   .value = frame.value,
                   .initcode_hash = chains::keccak256(frame.data.subspan(kSaltSize))}));
    return out;
}

}  // namespace chela::policy
