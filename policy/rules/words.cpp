#include "chains/base/result.hpp"
#include "policy/rules/document.hpp"
#include "policy/rules/fields.hpp"

#include <algorithm>
#include <array>

namespace chela::policy {
namespace {

// In the order of Comparison.
constexpr std::array<std::string_view, 14> kComparisons{
    "eq",  "ne",     "in",           "not_in",  "gt",           "gte",         "lt",
    "lte", "within", "is_unbounded", "is_none", "is_something", "starts_with", "any_item_not_in"};
static_assert(kComparisons.size() == static_cast<std::size_t>(Comparison::any_item_not_in) + 1);

// In the order of Operation.
constexpr std::array<std::string_view, 5> kOperations{
    "transaction", "typed_data", "personal_message", "authorization", "user_operation"};

// In the order of EffectKind.
constexpr std::array kEffects{
    EffectKind::transfer,  EffectKind::grant,  EffectKind::revoke,        EffectKind::swap,
    EffectKind::wrap,      EffectKind::deploy, EffectKind::delegate_7702, EffectKind::delegatecall,
    EffectKind::authority, EffectKind::userop, EffectKind::call,          EffectKind::message,
    EffectKind::opaque};
static_assert(kEffects.size() == static_cast<std::size_t>(EffectKind::opaque) + 1);

constexpr std::array<std::string_view, 2> kDirections{"wrap", "unwrap"};

constexpr std::array<std::string_view, 8> kAuthorityKinds{
    "owner", "threshold", "module", "guard", "fallback_handler", "role", "upgrade", "admin"};
constexpr std::array<std::string_view, 8> kOpaqueReasons{
    "unknown_selector",    "non_canonical",   "limit",
    "unknown_typed_data",  "undecoded_order", "untrusted_contract",
    "digest_like_message", "unsupported"};

bool is_ordering(Comparison comparison) {
    using enum Comparison;
    return comparison == greater || comparison == greater_or_equal || comparison == less ||
           comparison == less_or_equal;
}
bool is_membership(Comparison comparison) {
    using enum Comparison;
    return comparison == equal || comparison == not_equal || comparison == in ||
           comparison == not_in;
}
bool is_equality(Comparison comparison) {
    return comparison == Comparison::equal || comparison == Comparison::not_equal;
}

}  // namespace

std::string_view to_string(Comparison comparison) {
    const auto at = static_cast<std::size_t>(comparison);
    if (at >= kComparisons.size()) bug("a Comparison that does not exist");
    return kComparisons[at];
}

std::optional<Comparison> parse_comparison(std::string_view word) {
    const auto found = std::ranges::find(kComparisons, word);
    if (found == kComparisons.end()) return std::nullopt;
    return static_cast<Comparison>(found - kComparisons.begin());
}

std::string_view to_string(Operation operation) {
    const auto at = static_cast<std::size_t>(operation);
    if (at >= kOperations.size()) bug("an Operation that does not exist");
    return kOperations[at];
}

std::optional<Operation> parse_operation(std::string_view word) {
    const auto found = std::ranges::find(kOperations, word);
    if (found == kOperations.end()) return std::nullopt;
    return static_cast<Operation>(found - kOperations.begin());
}

std::string_view to_string(Rule::Kind kind) {
    switch (kind) {
        case Rule::Kind::permit:
            return "permit";
        case Rule::Kind::forbid:
            return "forbid";
        case Rule::Kind::review:
            return "review";
    }
    bug("a Rule::Kind that does not exist");
}

std::span<const EffectKind> all_effect_kinds() {
    return kEffects;
}

std::optional<EffectKind> parse_effect_kind(std::string_view word) {
    for (const auto kind : kEffects)
        if (to_string(kind) == word) return kind;
    return std::nullopt;
}

std::span<const std::string_view> words_of(Field field, EffectKind effect) {
    if (field == Field::direction) return kDirections;
    if (field != Field::kind) return {};
    if (effect == EffectKind::authority) return kAuthorityKinds;
    if (effect == EffectKind::opaque) return kOpaqueReasons;
    return {};
}

bool can_compare(FieldClass field_class, Comparison comparison) {
    using enum Comparison;
    switch (field_class) {
        case FieldClass::asset:
        case FieldClass::address:
        case FieldClass::venue:
        case FieldClass::word:
        case FieldClass::signature:
        case FieldClass::chain:
        case FieldClass::hash:
            return is_membership(comparison);
        case FieldClass::asset_list:
            return comparison == in || comparison == any_item_not_in;
        case FieldClass::amount:
            return is_equality(comparison) || is_ordering(comparison) || comparison == is_unbounded;
        case FieldClass::wei:
            return is_equality(comparison) || is_ordering(comparison);
        case FieldClass::number:
            return is_membership(comparison) || is_ordering(comparison);
        case FieldClass::time:
            return comparison == within;
        case FieldClass::text:
            return is_membership(comparison) || comparison == starts_with;
        case FieldClass::argument:
            return is_membership(comparison) || is_ordering(comparison) ||
                   comparison == starts_with;
    }
    bug("a FieldClass that does not exist");
}

}  // namespace chela::policy
