#include "policy/rules/load/context.hpp"
#include "policy/rules/load/values.hpp"

#include <fmt/format.h>

namespace chela::policy::load {
namespace {

struct Written {
    std::string number;
    std::string unit;
};

std::optional<Written> split(const Node& node) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    const auto space = text->find(' ');
    const auto unit = space == std::string::npos ? std::string{} : text->substr(space + 1);
    if (!unit.empty() && unit.find(' ') == std::string::npos) {
        return Written{text->substr(0, space), unit};
    }
    node.refuse(
        fmt::format("expected an amount with its unit such as \"100 USDC\", found \"{}\"", *text));
    return std::nullopt;
}

/// Decimals of the smaller units of any native currency.
std::optional<unsigned> sub_unit(std::string_view unit) {
    if (unit == "wei") return 0;
    if (unit == "gwei") return 9;
    return std::nullopt;
}

std::optional<unsigned> decimals_in(const AssetDefinition& asset, std::string_view unit) {
    if (upper_case(unit) == asset.symbol || unit == asset.name) return asset.decimals;
    if (!asset.asset.contract) return sub_unit(unit);
    return std::nullopt;
}

std::optional<U256> read_number(const Node& node, const Written& written, unsigned decimals) {
    const auto value = parse_units(written.number, decimals);
    if (value) return *value;
    node.refuse(fmt::format("\"{}\": {}", written.number, value.error().detail));
    return std::nullopt;
}

std::optional<AssetAmount> amount_of(
    const Node& node, const Written& written, const AssetDefinition& asset) {
    const auto decimals = decimals_in(asset, written.unit);
    if (!decimals) {
        node.refuse(fmt::format(
            "an amount in {} where one of {} is meant; write \"{} {}\"", written.unit, asset.name,
            written.number, asset.symbol));
        return std::nullopt;
    }
    const auto number = read_number(node, written, *decimals);
    if (!number) return std::nullopt;
    return AssetAmount{*number, asset.asset};
}

}  // namespace

std::optional<AssetAmount> read_amount(
    const Node& node, const Context& context, const std::optional<Asset>& expected) {
    const auto written = split(node);
    if (!written) return std::nullopt;
    if (expected) {
        const auto* asset = context.policy.find_asset(*expected);
        if (asset == nullptr) bug("an amount of an asset that was not declared");
        return amount_of(node, *written, *asset);
    }
    std::vector<const AssetDefinition*> meant;
    for (const auto& asset : context.policy.assets)
        if (decimals_in(asset, written->unit)) meant.push_back(&asset);
    if (meant.size() == 1) return amount_of(node, *written, *meant.front());
    if (meant.empty()) {
        std::vector<std::string_view> units;
        for (const auto& asset : context.policy.assets)
            if (std::ranges::find(units, asset.symbol) == units.end())
                units.push_back(asset.symbol);
        node.refuse(fmt::format(
            "unknown unit \"{}\"; declare its asset under assets{}", written->unit,
            choice_of(units)));
    } else {
        node.refuse(fmt::format(
            "\"{}\" may be {} or {}; add the asset to the clause, or write \"{} {}\"",
            written->unit, meant[0]->name, meant[1]->name, written->number, meant[0]->name));
    }
    return std::nullopt;
}

std::optional<Wei> read_wei(const Node& node, const Context& context) {
    const auto written = split(node);
    if (!written) return std::nullopt;
    auto decimals = sub_unit(written->unit);
    if (upper_case(written->unit) == "ETH") decimals = kNativeDecimals;
    for (const auto& asset : context.policy.assets)
        if (!asset.asset.contract && !decimals) decimals = decimals_in(asset, written->unit);
    if (!decimals) {
        node.refuse(fmt::format(
            "expected an amount of native currency in ETH, gwei or wei, found the unit \"{}\"; "
            "another symbol is declared as `symbol:` of a native@CHAIN asset",
            written->unit));
        return std::nullopt;
    }
    const auto number = read_number(node, *written, *decimals);
    if (!number) return std::nullopt;
    return Wei{*number};
}

}  // namespace chela::policy::load
