#pragma once

#include "policy/effect/tree.hpp"
#include "policy/rules/clause.hpp"
#include "policy/rules/document.hpp"

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace chela::policy {

/// Not known: an argument that does not exist, text that is not UTF-8. Compares as unknown.
struct Unknown {};
/// There is none, and that is a value: no paymaster, native currency as a token.
struct None {};
/// There is none; nothing but that can be said of it: the token id of a fungible token.
struct Absent {};

/// What a signature may take of an asset.
struct Amount {
    Bound amount;  ///< base units
    Asset asset;
    std::optional<Asset> same;  ///< of which a unit is the same amount: a wrapped and its native
};
struct Moment {
    Expiry at;
};
/// An intN argument below zero.
struct NegativeNumber {
    I256 value;
};

/// What an effect says of one field.
/// Ownership: points into the effect.
using FieldValue = std::variant<
    Unknown,
    None,
    Absent,
    Address,
    Asset,
    std::span<const Asset>,
    Amount,
    Moment,
    const Venue*,
    U256,
    NegativeNumber,
    std::string_view,
    BytesView,
    ChainId>;

/// @param argument  of Field::argument: a name, or a position in decimal
/// @return Unknown for a field that the effect does not have
[[nodiscard]] FieldValue field_value(
    const EffectNode& node, Field field, std::string_view argument = {});

/// The value for a person: amounts in major units where the policy names the asset. Long text is
/// cut.
[[nodiscard]] std::string text_of(const FieldValue& value, const Policy& policy);

/// "12.5 usdc@8453" where the policy names the asset or it is native, else "12500000 base units of
/// 0x…@8453"; "unbounded".
[[nodiscard]] std::string text_of_amount(
    const Bound& amount, const Asset& asset, const Policy& policy);

}  // namespace chela::policy
