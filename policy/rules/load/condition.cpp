#include "chains/abi/signature.hpp"
#include "policy/rules/load/operands.hpp"
#include "policy/rules/load/sections.hpp"

#include <fmt/format.h>

namespace chela::policy::load {
namespace {

namespace abi = chains::abi;
using Kind = yaml::Tree::Kind;

constexpr std::size_t kMaxDepth = 8;  // of any inside any

/// As what an argument compares: its ABI type decides.
FieldClass comparable_as(const Subject& subject) {
    if (!subject.type) return subject.field_class;
    using Type = abi::Type::Kind;
    switch (subject.type->kind()) {
        case Type::address:
            return FieldClass::address;
        case Type::unsigned_integer:
        case Type::signed_integer:
            return FieldClass::number;
        case Type::boolean:
            return FieldClass::word;
        case Type::fixed_bytes:
        case Type::bytes:
            return FieldClass::hash;
        case Type::string:
            return FieldClass::text;
        case Type::fixed_array:
        case Type::dynamic_array:
        case Type::tuple:
            break;
    }
    bug("an argument of a type that resolve_argument() refuses");
}

/// What all of these effects have: "asset, token, from".
std::string fields_of(const std::vector<EffectKind>& effects) {
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Field::target); ++i) {
        const auto field = static_cast<Field>(i);
        if (std::ranges::all_of(
                effects, [&](EffectKind effect) { return has_field(effect, field); }))
            known.push_back(to_string(field));
    }
    return list_of(known);
}

/// Reads the clauses of one `where` or of one alternative of an `any`.
class ConditionReader {
public:
    ConditionReader(Context& context, Surroundings around)
        : context_{context},
          around_{std::move(around)} {}

    Condition read(const Node& node);

private:
    void read_member(const std::string& key, const Node& node);
    void read_alternatives(const Node& node);
    void read_subject(const Subject& subject, const Node& node);
    void read_operators(const Subject& subject, const Node& node);
    bool read_special(const Subject& subject, Comparison comparison, const Node& node);
    void add(const Subject& subject, Comparison comparison, const Node& node);
    [[nodiscard]] bool is_dead(const Subject& subject, const Operand& operand) const;
    void add_chain_of(const Subject& subject, const Node& node);
    void add_clause(
        const Subject& subject, Comparison comparison, Operand operand, const Node& node);

    Context& context_;
    Surroundings around_;
    Condition condition_;
};

Condition ConditionReader::read(const Node& node) {
    if (node.kind() != Kind::map) {
        node.refuse(fmt::format(
            "expected fields such as {{asset: usdc@8453}}, found {}", to_string(node.kind())));
        return {};
    }
    look_around(around_, node, context_);
    for (const auto& [key, value] : node.entries())
        read_member(key, value);
    return std::move(condition_);
}

void ConditionReader::read_member(const std::string& key, const Node& node) {
    if (key == "any") return read_alternatives(node);
    const auto is_sugar = key == "deadline_within" || key == "expiry_within";
    const auto word = is_sugar ? key.substr(0, key.find('_')) : key;
    const auto field = parse_field(word);
    if (!field) {
        return node.refuse(
            fmt::format("unknown field \"{}\"; here are {}, any", key, fields_of(around_.effects)));
    }
    for (const auto effect : around_.effects) {
        if (has_field(effect, *field)) continue;
        return node.refuse(fmt::format(
            "{} has no field {}; it has {}{}", to_string(effect), word, fields_of({effect}),
            around_.effects.size() == 1 ? "" : "; write a rule of its own for each effect"));
    }
    if (is_sugar) return add({*field, {}, FieldClass::time, {}}, Comparison::within, node);
    if (*field != Field::argument) return read_subject({*field, {}, class_of(*field), {}}, node);
    for (const auto& [argument, value] : node.entries())
        if (const auto subject = resolve_argument(value, argument, around_))
            read_subject(*subject, value);
}

void ConditionReader::read_alternatives(const Node& node) {
    if (around_.depth == kMaxDepth) return node.refuse("any inside any more than 8 deep");
    std::vector<Condition> alternatives;
    auto inside = around_;
    ++inside.depth;
    for (const auto& item : node.items())
        alternatives.push_back(ConditionReader{context_, inside}.read(item));
    condition_.any.push_back(std::move(alternatives));
}

void ConditionReader::read_subject(const Subject& subject, const Node& node) {
    switch (node.kind()) {
        case Kind::scalar:
            if (read_special(subject, Comparison::equal, node)) return;
            return add(
                subject,
                subject.field_class == FieldClass::asset_list ? Comparison::in : Comparison::equal,
                node);
        case Kind::list:
            return add(subject, Comparison::in, node);
        case Kind::map:
            return read_operators(subject, node);
        case Kind::nothing:
            return node.refuse("expected a value, found nothing; write none if that is meant");
    }
    bug("a yaml::Tree::Kind that does not exist");
}

void ConditionReader::read_operators(const Subject& subject, const Node& node) {
    if (node.tree().members.empty()) node.refuse("expected a comparison such as {in: [a, b]}");
    for (const auto& [word, value] : node.entries()) {
        auto comparison = parse_comparison(word);
        if (subject.field_class == FieldClass::asset_list && comparison == Comparison::not_in) {
            comparison = Comparison::any_item_not_in;
        } else if (
            comparison == Comparison::any_item_not_in || comparison == Comparison::is_none ||
            comparison == Comparison::is_something || comparison == Comparison::is_unbounded) {
            comparison.reset();
        }
        if (!comparison) {
            return value.refuse(fmt::format(
                "unknown comparison \"{}\"; write one of in, not_in, eq, ne, gt, gte, lt, lte, "
                "within, starts_with",
                word));
        }
        add(subject, *comparison, value);
    }
}

bool ConditionReader::read_special(
    const Subject& subject, Comparison comparison, const Node& node) {
    if (!node.is_scalar() || subject.type) return false;
    const auto& text = node.tree().text;
    if (text == "none" && may_be_none(subject.field)) {
        if (comparison == Comparison::equal) {
            add_clause(subject, Comparison::is_none, {}, node);
            return true;
        }
        if (comparison == Comparison::not_equal) {
            add_clause(subject, Comparison::is_something, {}, node);
            return true;
        }
    }
    if (text == "unbounded" && comparison == Comparison::equal &&
        subject.field_class == FieldClass::amount && subject.field != Field::min_out) {
        add_clause(subject, Comparison::is_unbounded, {}, node);
        return true;
    }
    return false;
}

void ConditionReader::add(const Subject& subject, Comparison comparison, const Node& node) {
    const auto compared_class = comparable_as(subject);
    if (read_special(subject, comparison, node)) return;
    if (!can_compare(compared_class, comparison)) {
        return node.refuse(fmt::format(
            "{} cannot be compared with {}", to_string(subject.field), to_string(comparison)));
    }
    const bool is_membership = comparison == Comparison::in || comparison == Comparison::not_in ||
                               comparison == Comparison::any_item_not_in;
    if (!is_membership && !node.is_scalar()) {
        return node.refuse(fmt::format(
            "expected a single value, found {}; a list is compared with in or not_in",
            to_string(node.kind())));
    }
    auto operand = read_operand(subject, comparison, node, context_, around_);
    if (!operand || node.problems().any()) return;
    if (is_dead(subject, *operand)) {
        return node.refuse(
            "a wrap's asset is the token (such as weth@8453), never native currency; declare it "
            "under assets and write it here");
    }
    if (comparison == Comparison::equal || comparison == Comparison::in)
        add_chain_of(subject, node);
    add_clause(subject, comparison, *std::move(operand), node);
}

/// Which way a wrap goes is its direction; its asset is the token both times.
bool ConditionReader::is_dead(const Subject& subject, const Operand& operand) const {
    const auto* assets = std::get_if<std::vector<Asset>>(&operand);
    return subject.field == Field::asset && assets != nullptr &&
           std::ranges::all_of(
               around_.effects, [](EffectKind effect) { return effect == EffectKind::wrap; }) &&
           std::ranges::any_of(*assets, [](const Asset& asset) { return !asset.contract; });
}

/// A declared contract is one of its own chain, and of no other.
void ConditionReader::add_chain_of(const Subject& subject, const Node& node) {
    const bool have_chain = std::ranges::all_of(
        around_.effects, [](EffectKind effect) { return has_field(effect, Field::chain); });
    const auto chains = chains_of_named(subject, node, context_);
    if (chains.empty() || !have_chain) return;
    add_clause({Field::chain, {}, FieldClass::chain, {}}, Comparison::in, chains, node);
}

void ConditionReader::add_clause(
    const Subject& subject, Comparison comparison, Operand operand, const Node& node) {
    condition_.clauses.push_back(
        {.field = subject.field,
         .argument = subject.argument,
         .comparison = comparison,
         .operand = std::move(operand),
         .expected = {},
         .where = node.where()});
}

}  // namespace

Condition read_condition(
    const Node& node, Context& context, const std::vector<EffectKind>& effects) {
    Surroundings around;
    around.effects = effects;
    for (const auto& contract : context.policy.declared_contracts)
        for (const auto& function : contract.functions)
            around.functions.push_back(&function);
    around.called = around.functions;
    return ConditionReader{context, std::move(around)}.read(node);
}

}  // namespace chela::policy::load
