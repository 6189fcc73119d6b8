#include "policy/decide/asset_names.hpp"

namespace chela::policy {
namespace {

std::optional<AssetName> name_in(const Policy& policy, const Asset& asset) {
    const auto* const known = policy.find_asset(asset);
    if (known == nullptr) return std::nullopt;
    return AssetName{known->name, known->decimals};
}

}  // namespace

AssetNames asset_names(const Policy& policy) {
    return [&policy](const Asset& asset) { return name_in(policy, asset); };
}

AssetNames asset_names(std::span<const BoundPolicy> policies) {
    return [policies](const Asset& asset) -> std::optional<AssetName> {
        for (const auto& bound : policies)
            if (auto name = name_in(*bound.policy, asset)) return name;
        return std::nullopt;
    };
}

}  // namespace chela::policy
