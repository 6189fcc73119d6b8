#include "policy/rules/load/context.hpp"

#include "chains/base/address.hpp"
#include "policy/rules/load/values.hpp"

#include <limits>

#include <fmt/format.h>

namespace chela::policy::load {
namespace {

constexpr std::size_t kMaxAddresses = 100'000;

template <class T>
const T* find_by(const std::vector<T>& all, std::string T::* member, std::string_view name) {
    const auto found = std::ranges::find(all, name, member);
    return found == all.end() ? nullptr : &*found;
}

std::string or_one_of(const std::vector<std::string_view>& words) {
    auto choice = choice_of(words);
    return choice.empty() ? choice : ", or" + choice.substr(1);
}

/// Of an address whose capitals alone are wrong: how it is written. Empty: more is wrong.
std::string spelling_of(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    const auto address = parse_address(text);
    if (!address) return {};
    return fmt::format("; if every digit is right, write {}", to_checksum(*address));
}

}  // namespace

const AssetDefinition* Context::find_asset(std::string_view name) const {
    return find_by(policy.assets, &AssetDefinition::name, name);
}
const ContractDeclaration* Context::find_contract(std::string_view name) const {
    return find_by(policy.declared_contracts, &ContractDeclaration::name, name);
}
const Budget* Context::find_budget(std::string_view id) const {
    return find_by(policy.budgets, &Budget::id, id);
}

void refuse_budget(const Node& node, const std::string& id, const Context& context) {
    std::vector<std::string_view> ids;
    for (const auto& budget : context.policy.budgets)
        ids.push_back(budget.id);
    node.refuse(
        fmt::format("unknown budget \"{}\"; declare it under budgets{}", id, or_one_of(ids)));
}

std::optional<Asset> read_asset(const Node& node, const Context& context) {
    const auto name = node.text();
    if (!name) return std::nullopt;
    if (const auto* found = context.find_asset(*name)) return found->asset;
    if (const auto parts = split_asset_name(*name); parts && parts->first == "native") {
        node.refuse(fmt::format(
            "unknown asset \"{}\": envelope.chains does not list {}; add it there", *name,
            parts->second.value));
        return std::nullopt;
    }
    std::vector<std::string_view> names;
    for (const auto& asset : context.policy.assets)
        names.push_back(asset.name);
    node.refuse(
        fmt::format("unknown asset \"{}\"; declare it under assets{}", *name, or_one_of(names)));
    return std::nullopt;
}

std::optional<Address> read_address(const Node& node, Context& context) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    if (++context.addresses > kMaxAddresses) {
        node.refuse("more than 100000 addresses; split the document");
        return std::nullopt;
    }
    const auto address = parse_address(*text);
    if (address) return *address;
    node.refuse(fmt::format("\"{}\": {}{}", *text, address.error().detail, spelling_of(*text)));
    return std::nullopt;
}

std::optional<ChainId> read_chain(const Node& node) {
    const auto number = node.number(1, std::numeric_limits<std::int64_t>::max());
    if (!number) return std::nullopt;
    return ChainId{*number};
}

std::optional<std::pair<std::string, ChainId>> split_asset_name(std::string_view name) {
    const auto at = name.find('@');
    if (at == std::string_view::npos || !is_id(name.substr(0, at))) return std::nullopt;
    const auto number = parse_decimal(name.substr(at + 1));
    const auto chain = number ? number->to_uint64() : std::nullopt;
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    if (!chain || *chain == 0 || *chain > kMost) return std::nullopt;
    return std::pair{std::string{name.substr(0, at)}, ChainId{*chain}};
}

std::vector<Operation> read_operations(const Node& node) {
    auto operations = read_words<Operation>(
        node, parse_operation,
        "transaction, typed_data, personal_message, authorization or user_operation");
    if (operations.empty()) {
        node.refuse("lists nothing, and none listed means all; leave it out if that is meant");
    }
    return operations;
}

}  // namespace chela::policy::load
