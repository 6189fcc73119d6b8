#include "policy/rules/document.hpp"

#include <algorithm>

namespace chela::policy {

const AssetDefinition* Policy::find_asset(const Asset& asset) const {
    const auto found = std::ranges::find(assets, asset, &AssetDefinition::asset);
    return found == assets.end() ? nullptr : &*found;
}

const Budget* Policy::find_meter(std::string_view meter) const {
    const auto found = std::ranges::find(budgets, meter, &Budget::meter);
    return found == budgets.end() ? nullptr : &*found;
}

}  // namespace chela::policy
