#pragma once

#include "policy/rules/document.hpp"
#include "policy/rules/load/node.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace chela::policy::load {

/// What a document has declared so far.
struct Context {
    Policy& policy;
    std::map<std::string, std::shared_ptr<const AddressSet>, std::less<>> sets;
    std::map<std::string, std::string, std::less<>> rules;  ///< by id: where it is written
    std::size_t addresses{};                                ///< written anywhere in the document

    [[nodiscard]] const AssetDefinition* find_asset(std::string_view name) const;
    [[nodiscard]] const ContractDeclaration* find_contract(std::string_view name) const;
    [[nodiscard]] const Budget* find_budget(std::string_view id) const;
};

/// A problem that lists the budgets which there are.
void refuse_budget(const Node& node, const std::string& id, const Context& context);
/// Declared, or a problem that lists what is.
[[nodiscard]] std::optional<Asset> read_asset(const Node& node, const Context& context);
/// An address in full, with a right checksum where its case is mixed. Counted against the limit.
[[nodiscard]] std::optional<Address> read_address(const Node& node, Context& context);
/// A chain id, not 0.
[[nodiscard]] std::optional<ChainId> read_chain(const Node& node);
/// "usdc@8453" → usdc and 8453.
[[nodiscard]] std::optional<std::pair<std::string, ChainId>> split_asset_name(
    std::string_view name);
/// Words of a closed list, one or several; a double is a problem.
template <class T, class Parse>
[[nodiscard]] std::vector<T> read_words(
    const Node& node, const Parse& parse, std::string_view examples);

/// One way of signing or several; an empty list is a problem.
[[nodiscard]] std::vector<Operation> read_operations(const Node& node);

/// An amount of one asset: "100 USDC", "100 usdc@8453", "0.1 ETH", "50 gwei".
/// @param expected  what it must be an amount of; empty: what its unit says, if only one asset does
[[nodiscard]] std::optional<AssetAmount> read_amount(
    const Node& node, const Context& context, const std::optional<Asset>& expected);
/// An amount of native currency, whichever chain's: "0.002 ETH", "50 gwei", "7 wei".
[[nodiscard]] std::optional<Wei> read_wei(const Node& node, const Context& context);

template <class T, class Parse>
std::vector<T> read_words(const Node& node, const Parse& parse, std::string_view examples) {
    std::vector<T> found;
    for (const auto& item : node.one_or_more()) {
        const auto word = item.text();
        if (!word) continue;
        const std::optional<T> value = parse(*word);
        if (!value) {
            item.refuse("unknown \"" + *word + "\"; write " + std::string{examples});
        } else if (std::ranges::find(found, *value) != found.end()) {
            item.refuse("\"" + *word + "\" is listed twice; keep one");
        } else {
            found.push_back(*value);
        }
    }
    return found;
}

}  // namespace chela::policy::load
