#include "policy/decode/roots.hpp"

#include <utility>

namespace chela::policy {

EffectTree single_root(const Address& signer, const std::optional<Address>& target, Effect effect) {
    EffectNode node{
        .what = std::move(effect), .actor = signer, .target = target, .range = {}, .inner = {}};
    EffectTree out;
    out.roots.push_back(std::move(node));
    return out;
}

EffectTree refused_root(
    const Address& signer,
    const std::optional<Address>& target,
    ChainId chain,
    Opaque::Reason reason,
    std::string detail) {
    return single_root(
        signer, target,
        Opaque{
            .reason = reason,
            .chain = chain,
            .target = target,
            .selector = std::nullopt,
            .detail = std::move(detail)});
}

}  // namespace chela::policy
