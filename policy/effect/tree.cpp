#include "policy/effect/tree.hpp"

#include "chains/base/result.hpp"

namespace chela::policy {
namespace {

void collect(const std::vector<EffectNode>& nodes, std::vector<const EffectNode*>& out) {
    for (const auto& node : nodes) {
        if (std::holds_alternative<Effect>(node.what)) out.push_back(&node);
        collect(node.inner, out);
    }
}

}  // namespace

std::vector<const EffectNode*> effects_of(const EffectTree& tree) {
    std::vector<const EffectNode*> out;
    collect(tree.roots, out);
    return out;
}

const Effect& effect_of(const EffectNode& node) {
    const auto* effect = std::get_if<Effect>(&node.what);
    if (effect == nullptr) bug("a wrapper was asked for its effect");
    return *effect;
}

}  // namespace chela::policy
