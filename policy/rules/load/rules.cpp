#include "policy/rules/fields.hpp"
#include "policy/rules/hint.hpp"
#include "policy/rules/load/sections.hpp"
#include "policy/rules/load/values.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace chela::policy::load {
namespace {

constexpr std::size_t kMaxRules = 10'000;
constexpr std::size_t kMaxHint = 300;
constexpr std::size_t kMaxCode = 64;
constexpr unsigned kMostApprovers = 100;
constexpr std::chrono::minutes kUsualTtl{15};

using Kind = Rule::Kind;

std::vector<EffectKind> read_effects(const Node& node, Kind kind) {
    std::vector<std::string_view> known;
    for (const auto effect : all_effect_kinds())
        if (kind != Kind::permit || effect != EffectKind::opaque)
            known.push_back(to_string(effect));
    auto effects = read_words<EffectKind>(node, parse_effect_kind, "one of " + list_of(known));
    if (kind == Kind::permit && std::ranges::find(effects, EffectKind::opaque) != effects.end()) {
        node.refuse(
            "what chela cannot read is never permitted; declare the contract with its abi and "
            "permit the call");
    }
    if (effects.empty()) node.refuse("names no effect; write one such as transfer");
    return effects;
}

std::string read_code(const Node& node) {
    const auto code = node.text();
    if (!code) return {};
    const auto is_code = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    if (code->size() <= 2 || code->size() > kMaxCode || !code->starts_with("E_") ||
        !std::ranges::all_of(*code, is_code)) {
        node.refuse(fmt::format(
            "expected a reason code such as E_NO_PAYROLL with at most 64 capitals, digits and _, "
            "found \"{}\"",
            *code));
    }
    return *code;
}

std::string read_hint(const Node& node, const std::vector<EffectKind>& effects) {
    const auto hint = node.text();
    if (!hint) return {};
    const auto fields = fields_of_hint(*hint);
    const auto has_all = [&](Field field) {
        return std::ranges::all_of(
            effects, [&](EffectKind effect) { return has_field(effect, field); });
    };
    if (hint->size() > kMaxHint) {
        node.refuse("is longer than 300 bytes; write a sentence");
    } else if (!fields || !std::ranges::all_of(*fields, has_all)) {
        node.refuse("in braces stands a field that each effect of the rule has, such as {chain}");
    }
    return *hint;
}

Quorum read_quorum(const std::optional<Node>& node) {
    Quorum quorum{.ttl = kUsualTtl};
    if (!node || !node->check_keys({"of", "m", "ttl"})) return quorum;
    if (const auto of = node->find("of")) {
        const auto group = of->text();
        if (group && *group != "operators") {
            of->refuse(fmt::format("expected operators, found \"{}\"", *group));
        }
    }
    if (const auto m = node->find("m")) {
        quorum.minimum = static_cast<unsigned>(m->number(1, kMostApprovers).value_or(1));
    }
    if (const auto ttl = node->find("ttl")) {
        const auto text = ttl->text();
        const auto duration = text ? parse_duration(*text) : quorum.ttl;
        if (duration) {
            quorum.ttl = *duration;
        } else {
            ttl->refuse(duration.error().detail);
        }
    }
    return quorum;
}

bool check_keys(const Node& node, Kind kind) {
    switch (kind) {
        case Kind::permit:
            return node.check_keys({"id", "effect", "op", "where", "charge"});
        case Kind::forbid:
            return node.check_keys({"id", "effect", "op", "where", "code", "hint"});
        case Kind::review:
            return node.check_keys({"id", "effect", "op", "where", "quorum", "hint"});
    }
    bug("a Rule::Kind that does not exist");
}

std::string read_id(const Node& node, Context& context) {
    const auto id_node = node.require("id", "a name for it such as pay-staff");
    const auto id = id_node ? id_node->text() : std::nullopt;
    if (!id) return {};
    if (!is_id(*id)) id_node->refuse("an id has 1 to 64 characters of a-z, 0-9 and -");
    const auto [earlier, is_new] = context.rules.emplace(*id, node.where());
    if (!is_new) {
        id_node->refuse(fmt::format(
            "{} is the id of another rule at {}; give each rule its own", *id, earlier->second));
    }
    return *id;
}

bool names_actor(const Clause& clause) {
    return clause.field == Field::actor;
}

bool mentions_actor(const Condition& condition) {
    return std::ranges::any_of(condition.clauses, names_actor) ||
           std::ranges::any_of(condition.any, [](const std::vector<Condition>& alternatives) {
               return std::ranges::any_of(alternatives, mentions_actor);
           });
}

/// Signers also act through accounts: a Safe, a smart account, an owner who gave an allowance. A
/// permit speaks of those that it names, and each alternative that names none of the signer.
void narrow_to_signer(Condition& condition, const std::string& where) {
    if (std::ranges::any_of(condition.clauses, names_actor)) return;
    for (auto& alternatives : condition.any) {
        if (std::ranges::none_of(alternatives, mentions_actor)) continue;
        for (auto& alternative : alternatives)
            narrow_to_signer(alternative, where);
        return;
    }
    condition.clauses.push_back(
        {.field = Field::actor,
         .argument = {},
         .comparison = Comparison::equal,
         .operand = std::vector<AddressPattern>{Self{}},
         .expected = {},
         .where = where});
}

void read_rule(const Node& item, Kind kind, Context& context) {
    if (!check_keys(item, kind)) return;
    Rule rule;
    rule.kind = kind;
    rule.id = read_id(item, context);
    rule.where = item.where();
    const auto node = item.named(fmt::format("{} {}", to_string(kind), rule.id));
    const auto effect = node.require("effect", "an effect such as transfer");
    if (!effect) return;
    rule.effects = read_effects(*effect, kind);
    if (const auto op = node.find("op")) rule.operations = read_operations(*op);
    if (node.problems().any()) return;
    if (const auto where = node.find("where")) {
        rule.condition = read_condition(*where, context, rule.effects);
    }
    if (kind == Kind::permit) narrow_to_signer(rule.condition, rule.where);
    if (const auto charge = node.find("charge")) rule.charge = read_charge(*charge, context, rule);
    if (const auto code = node.find("code")) rule.code = read_code(*code);
    if (const auto hint = node.find("hint")) rule.hint = read_hint(*hint, rule.effects);
    if (kind == Kind::review) rule.quorum = read_quorum(node.find("quorum"));
    context.policy.rules.push_back(std::move(rule));
}

}  // namespace

void read_rules(const Node& document, Context& context) {
    for (const auto kind : {Kind::permit, Kind::forbid, Kind::review}) {
        const auto section = document.find(to_string(kind));
        if (!section) continue;
        const auto items = section->items();
        if (context.policy.rules.size() + items.size() > kMaxRules) {
            return section->refuse("more than 10000 rules; split the document");
        }
        for (const auto& item : items)
            read_rule(item, kind, context);
    }
}

}  // namespace chela::policy::load
