#include "chains/abi/signature.hpp"
#include "policy/rules/load/operands.hpp"

namespace chela::policy::load {
namespace {

namespace abi = chains::abi;

/// `asset: usdc@8453` alone fixes the asset; a list or a comparison does not.
void fix_asset(
    const Node& node, std::string_view key, const Context& context, std::optional<Asset>& out) {
    const auto found = node.find(key);
    if (!found) return;
    // An asset that an outer clause fixed no longer says what this one speaks of.
    out.reset();
    if (!found->is_scalar()) return;
    if (const auto* asset = context.find_asset(found->tree().text)) out = asset->asset;
}

/// Those of the functions whose text is what `function:` says.
std::vector<const abi::Signature*> narrowed(
    const std::vector<const abi::Signature*>& functions, const Node& node) {
    std::vector<const abi::Signature*> found;
    for (const auto& item : node.one_or_more()) {
        const auto text = item.text();
        const auto wanted =
            text ? abi::parse_signature(*text) : Result<abi::Signature>{std::unexpected{Error{}}};
        if (!wanted) continue;
        for (const auto* function : functions)
            if (abi::canonical_text(*function) == abi::canonical_text(*wanted))
                found.push_back(function);
    }
    return found;
}

}  // namespace

void look_around(Surroundings& around, const Node& node, const Context& context) {
    fix_asset(node, "asset", context, around.asset);
    fix_asset(node, "asset_in", context, around.asset_in);
    fix_asset(node, "asset_out", context, around.asset_out);
    const auto contract = node.find("contract");
    if (contract && contract->is_scalar()) {
        if (const auto* named = context.find_contract(contract->tree().text)) {
            around.functions.clear();
            for (const auto& function : named->functions)
                around.functions.push_back(&function);
            around.called = around.functions;
        }
    }
    const auto function = node.find("function");
    if (function && function->kind() != yaml::Tree::Kind::map) {
        around.called = narrowed(around.functions, *function);
    }
}

std::vector<ChainId> chains_of_named(
    const Subject& subject, const Node& node, const Context& context) {
    std::vector<ChainId> chains;
    const bool is_address =
        subject.field_class == FieldClass::address ||
        (subject.type && subject.type->kind() == chains::abi::Type::Kind::address);
    // A set is a list of addresses, whatever the chain.
    if (!is_address || (node.is_scalar() && context.sets.contains(node.tree().text))) return chains;
    const auto items = node.one_or_more();
    for (const auto& item : items)
        if (const auto* contract = context.find_contract(item.tree().text))
            chains.push_back(contract->chain);
    if (!chains.empty() && chains.size() != items.size()) {
        node.refuse(
            "names of contracts, which hold on their chain, and addresses, which hold on every "
            "chain, in one list; write two alternatives under any");
    }
    return chains;
}

}  // namespace chela::policy::load
