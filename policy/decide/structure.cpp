#include "policy/decide/judgement.hpp"

#include <fmt/format.h>

namespace chela::policy {
namespace {

std::string text_of_chain(const std::optional<ChainId>& chain) {
    return chain ? fmt::format("{}", chain->value) : "none";
}

/// The chain that an effect says it happens on; a message is on none.
std::optional<ChainId> chain_of(const EffectNode& node) {
    const auto value = field_value(node, Field::chain);
    const auto* chain = std::get_if<ChainId>(&value);
    return chain == nullptr ? std::nullopt : std::optional{*chain};
}

void check_chain_id(
    const Facts& facts, std::vector<CheckTrace>& trace, std::vector<Violation>& refusals) {
    const auto& chain = facts.envelope.chain;
    const bool is_zero = chain && chain->value == 0;
    trace.push_back(
        {.name = "chain_id",
         .expected = "not 0",
         .actual = text_of_chain(chain),
         .truth = is_zero ? Truth::no : Truth::yes});
    if (!is_zero) return;
    const std::string text = "chain id 0 is every chain: such a signature could be used anywhere";
    refusals.push_back({.code = "E_CHAIN_ZERO", .detail = text, .limits = text});
}

void check_node_chain(
    const Facts& facts, std::vector<CheckTrace>& trace, std::vector<Violation>& refusals) {
    const auto& chain = facts.envelope.chain;
    const auto& node = facts.envelope.node_chain;
    const bool differs = chain && node && *chain != *node;
    auto truth = Truth::yes;
    if (differs) truth = Truth::no;
    if (!node) truth = Truth::unknown;
    trace.push_back(
        {.name = "node_chain",
         .expected = text_of_chain(chain),
         .actual = text_of_chain(node),
         .truth = truth});
    if (!differs) return;
    const auto text = fmt::format(
        "the signature is for chain {}, and the node that would be used serves chain {}",
        chain->value, node->value);
    refusals.push_back({.code = "E_CHAIN_MISMATCH", .detail = text, .limits = text});
}

void check_effect_chain(
    const Facts& facts,
    const EffectNode& node,
    std::vector<CheckTrace>& trace,
    std::vector<Violation>& refusals) {
    const auto chain = chain_of(node);
    if (!chain) return;
    const bool is_delegation = std::holds_alternative<Delegate7702>(effect_of(node));
    if (is_delegation && chain->value == 0) {
        trace.push_back(
            {.name = "authorization_chain",
             .expected = "not 0",
             .actual = "0",
             .truth = Truth::no});
        const std::string text =
            "an EIP-7702 authorization for chain id 0 hands the account over on every chain; name "
            "one chain";
        refusals.push_back({.code = "E_AUTHORIZATION_CHAIN_ZERO", .detail = text, .limits = text});
        return;
    }
    // What is not understood names no chain where the data named none.
    if (std::holds_alternative<Opaque>(effect_of(node)) || chain == facts.envelope.chain) return;
    trace.push_back(
        {.name = "effect_chain",
         .expected = text_of_chain(facts.envelope.chain),
         .actual = text_of_chain(chain),
         .truth = Truth::no});
    const auto text = fmt::format(
        "a part of it is for chain {}, and the whole for chain {}", chain->value,
        text_of_chain(facts.envelope.chain));
    refusals.push_back({.code = "E_CHAIN_MISMATCH", .detail = text, .limits = text});
}

}  // namespace

void check_structure(
    const Facts& facts,
    std::span<const EffectNode* const> effects,
    std::vector<CheckTrace>& trace,
    std::vector<Violation>& refusals) {
    check_chain_id(facts, trace, refusals);
    check_node_chain(facts, trace, refusals);
    for (const auto* node : effects)
        check_effect_chain(facts, *node, trace, refusals);
    trace.push_back(
        {.name = "effects",
         .expected = "at least 1",
         .actual = fmt::format("{}", effects.size()),
         .truth = effects.empty() ? Truth::no : Truth::yes});
    if (!effects.empty()) return;
    const std::string text = "nothing that it does was understood";
    refusals.push_back({.code = "E_NO_EFFECT", .detail = text, .limits = text});
}

}  // namespace chela::policy
