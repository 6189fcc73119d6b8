#pragma once

#include "policy/rules/clause.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace chela::policy {

/// What kind of value a field has, which says how a document writes it and how it compares.
enum class FieldClass : std::uint8_t {
    asset,
    asset_list,
    address,
    amount,  ///< of an asset; may be unbounded
    wei,     ///< of whichever chain's native currency
    number,
    time,
    venue,
    word,  ///< one of a closed list
    text,
    signature,  ///< of a function, canonical
    chain,
    hash,
    argument  ///< as its ABI type says
};
[[nodiscard]] FieldClass class_of(Field field);
/// Can there be nothing: `paymaster: none`?
[[nodiscard]] bool may_be_none(Field field);
/// What a field of FieldClass::word can say of an effect; empty for other fields.
[[nodiscard]] std::span<const std::string_view> words_of(Field field, EffectKind effect);
/// Does the comparison make sense for the class, with or without an operand?
[[nodiscard]] bool can_compare(FieldClass field_class, Comparison comparison);
[[nodiscard]] std::optional<Comparison> parse_comparison(std::string_view word);

/// Every kind of effect, in the order of EffectKind.
[[nodiscard]] std::span<const EffectKind> all_effect_kinds();
[[nodiscard]] std::optional<EffectKind> parse_effect_kind(std::string_view word);

}  // namespace chela::policy
