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

// In the order of Budget::Counts, Budget::Window and Budget::Scope.
constexpr std::array<std::string_view, 4> kCounts{"amount", "effects", "max_fee", "signatures"};
static_assert(kCounts.size() == static_cast<std::size_t>(Budget::Counts::signatures) + 1);
constexpr std::array<std::string_view, 4> kWindows{"sliding", "utc-day", "unlimited", "signature"};
static_assert(kWindows.size() == static_cast<std::size_t>(Budget::Window::signature) + 1);
constexpr std::array<std::string_view, 3> kScopes{"agent", "policy", "organization"};
static_assert(kScopes.size() == static_cast<std::size_t>(Budget::Scope::organization) + 1);

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

/// @param words  in the order of the enumeration
template <class Enum, std::size_t N>
std::string_view word_of(const std::array<std::string_view, N>& words, Enum value) {
    const auto at = static_cast<std::size_t>(value);
    if (at >= N) bug("a value that its enumeration does not have");
    return words.at(at);
}

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const std::array<std::string_view, N>& words, std::string_view word) {
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return std::nullopt;
    return static_cast<Enum>(found - words.begin());
}

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
    return word_of(kComparisons, comparison);
}
std::optional<Comparison> parse_comparison(std::string_view word) {
    return value_of<Comparison>(kComparisons, word);
}

std::string_view to_string(Operation operation) {
    return word_of(kOperations, operation);
}
std::optional<Operation> parse_operation(std::string_view word) {
    return value_of<Operation>(kOperations, word);
}
bool covers(const std::vector<Operation>& listed, Operation operation) {
    return listed.empty() || std::ranges::find(listed, operation) != listed.end();
}

std::string_view to_string(Budget::Counts counts) {
    return word_of(kCounts, counts);
}
std::string_view to_string(Budget::Window window) {
    return word_of(kWindows, window);
}
std::string_view to_string(Budget::Scope scope) {
    return word_of(kScopes, scope);
}
std::optional<Budget::Counts> parse_counts(std::string_view word) {
    return value_of<Budget::Counts>(kCounts, word);
}
std::optional<Budget::Scope> parse_scope(std::string_view word) {
    return value_of<Budget::Scope>(kScopes, word);
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
