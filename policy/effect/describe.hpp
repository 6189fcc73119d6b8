#pragma once

#include "policy/effect/effect.hpp"

#include <functional>
#include <optional>
#include <string>

namespace chela::policy {

/// How people write amounts of an asset: 6 usdc@8453 for 6000000 base units.
struct AssetName {
    std::string name;
    unsigned decimals{};
};
/// @return nothing: nobody named the asset. An empty function knows none.
using AssetNames = std::function<std::optional<AssetName>(const Asset& asset)>;

/// The effect as one sentence for a person: "transfer 6 usdc@8453 from 0x… to 0x…", or of an asset
/// without a name, in base units, "transfer 5 of token 0x… on chain 8453 from 0x… to 0x…". Foreign
/// text in it is made printable, and cut where it is long.
[[nodiscard]] std::string describe(const Effect& effect, const AssetNames& names = {});

}  // namespace chela::policy
