#include "chains/abi/signature.hpp"
#include "chains/base/json.hpp"
#include "policy/rules/load/sections.hpp"
#include "policy/rules/load/values.hpp"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::policy::load {
namespace {

namespace abi = chains::abi;
using Functions = std::vector<abi::Signature>;

// Words that mean something else where a name may stand.
constexpr std::array<std::string_view, 4> kReserved{"self", "actor", "none", "unbounded"};

bool check_name(const Node& node, std::string_view name, const Context& context) {
    if (!is_id(name) || std::ranges::find(kReserved, name) != kReserved.end()) {
        node.refuse(
            "a name has 1 to 64 characters of a-z, 0-9 and -, and is not self, actor, none or "
            "unbounded");
        return false;
    }
    if (context.sets.contains(name) || context.find_contract(name) != nullptr) {
        node.refuse("this name is taken by a set; use one name for one thing");
        return false;
    }
    return true;
}

void pin(const Node& node, abi::Signature signature, Functions& functions) {
    if (signature.kind != abi::Signature::Kind::function) {
        return node.refuse("expected a function; events and errors are not called");
    }
    signature.outputs.clear();
    const auto selector = abi::selector(signature);
    for (const auto& earlier : functions) {
        if (abi::selector(earlier) != selector) continue;
        return node.refuse(fmt::format(
            "{} has the selector of {}; keep one", abi::canonical_text(signature),
            abi::canonical_text(earlier)));
    }
    functions.push_back(std::move(signature));
}

void pin_all(const Node& node, const Json& json, Functions& functions) {
    auto parsed = abi::parse_json_abi(json);
    if (!parsed) return node.refuse(parsed.error().detail);
    for (auto& signature : parsed->signatures)
        if (signature.kind == abi::Signature::Kind::function)
            pin(node, std::move(signature), functions);
}

/// An entry of a JSON ABI that is part of the document.
Json to_json(const yaml::Tree& tree) {
    switch (tree.kind) {
        case yaml::Tree::Kind::nothing:
            return nullptr;
        case yaml::Tree::Kind::scalar:
            if (tree.text == "true" || tree.text == "false") return tree.text == "true";
            return tree.text;
        case yaml::Tree::Kind::list: {
            auto list = Json::array();
            for (const auto& item : tree.items)
                list.push_back(to_json(item));
            return list;
        }
        case yaml::Tree::Kind::map: {
            auto map = Json::object();
            for (const auto& [key, value] : tree.members)
                map[key] = to_json(value);
            return map;
        }
    }
    bug("a yaml::Tree::Kind that does not exist");
}

void pin_text(const Node& node, Functions& functions) {
    const auto text = node.text();
    if (!text) return;
    auto signature = abi::parse_signature(*text);
    if (signature) return pin(node, *std::move(signature), functions);
    node.refuse(fmt::format(
        "{}; write a function such as \"mint(address to, uint256 id)\"", signature.error().detail));
}

Functions read_abi(const Node& node) {
    Functions functions;
    // The whole of a JSON ABI as one text, as compilers write it.
    const auto text = node.is_scalar() ? node.text() : std::nullopt;
    if (text && text->starts_with('[')) {
        const auto json = parse_json(*text);
        if (json) {
            pin_all(node, *json, functions);
        } else {
            node.refuse(json.error().detail);
        }
        return functions;
    }
    for (const auto& item : node.one_or_more()) {
        if (item.kind() == yaml::Tree::Kind::map) {
            pin_all(item, Json::array({to_json(item.tree())}), functions);
        } else {
            pin_text(item, functions);
        }
    }
    return functions;
}

std::optional<ContractKind> read_kind(const Node& node) {
    const auto word = node.text();
    if (!word) return std::nullopt;
    auto kind = parse_contract_kind(*word);
    if (!kind) {
        node.refuse(fmt::format(
            "unknown kind \"{}\"; write one such as uniswap-v3-router, safe or wrapped-native",
            *word));
    }
    return kind;
}

void read_contract(const std::string& name, const Node& node, Context& context) {
    if (!check_name(node, name, context)) return;
    if (!node.check_keys({"chain", "address", "kind", "abi"})) return;
    const auto chain_node = node.require("chain", "the id of its chain");
    const auto address_node = node.require("address", "the contract's address");
    const auto kind_node = node.find("kind");
    const auto abi_node = node.find("abi");
    if (!kind_node && !abi_node) {
        return node.refuse("says nothing of the contract; write kind, abi, or both");
    }
    if (!chain_node || !address_node) return;
    const auto chain = read_chain(*chain_node);
    const auto address = read_address(*address_node, context);
    if (!chain || !address) return;
    for (const auto& earlier : context.policy.declared_contracts) {
        if (earlier.chain != *chain || earlier.address != *address) continue;
        return address_node->refuse(
            fmt::format("{} is this contract already; keep one", earlier.name));
    }
    context.policy.declared_contracts.push_back(
        {name, *chain, *address, kind_node ? read_kind(*kind_node) : std::nullopt,
         abi_node ? read_abi(*abi_node) : Functions{}, node.where()});
}

}  // namespace

void read_sets(const Node& document, Context& context) {
    const auto section = document.find("sets");
    if (!section) return;
    for (const auto& [name, node] : section->entries()) {
        if (!check_name(node, name, context)) continue;
        AddressSet set{name, {}, node.where()};
        for (const auto& item : node.items())
            if (const auto address = read_address(item, context)) set.addresses.push_back(*address);
        std::ranges::sort(set.addresses);
        const auto doubles = std::ranges::unique(set.addresses);
        set.addresses.erase(doubles.begin(), doubles.end());
        context.sets.emplace(name, std::make_shared<const AddressSet>(set));
        context.policy.sets.push_back(std::move(set));
    }
}

void read_contracts(const Node& document, Context& context) {
    const auto section = document.find("contracts");
    if (!section) return;
    for (const auto& [name, node] : section->entries())
        read_contract(name, node, context);
}

}  // namespace chela::policy::load
