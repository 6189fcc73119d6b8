#pragma once

#include "chains/abi/type.hpp"
#include "policy/rules/fields.hpp"
#include "policy/rules/load/context.hpp"

#include <optional>
#include <string>
#include <vector>

namespace chela::policy::load {

/// The clauses around a value, as far as they say what it is a value of.
struct Surroundings {
    std::vector<EffectKind> effects;  ///< of the rule
    // The one asset that amounts are of; empty: their units must say it.
    std::optional<Asset> asset;
    std::optional<Asset> asset_in;
    std::optional<Asset> asset_out;
    std::vector<const chains::abi::Signature*> functions;  ///< pinned, that may be called here
    std::vector<const chains::abi::Signature*> called;     ///< those that `function:` leaves
    std::size_t depth{};                                   ///< of `any` around it
};

/// What a `where`, or an alternative of an `any`, says of its own values.
void look_around(Surroundings& around, const Node& node, const Context& context);

/// One value, or several, of a field. @param argument  of Field::argument: name or position
struct Subject {
    Field field;
    std::string argument;
    FieldClass field_class;
    std::optional<chains::abi::Type> type;  ///< of an argument
};

/// What the field is compared with, in the alternative that clause.hpp lists for it.
/// @return nothing: it was refused
[[nodiscard]] std::optional<Operand> read_operand(
    const Subject& subject,
    Comparison comparison,
    const Node& node,
    Context& context,
    const Surroundings& around);

/// The chains of the contracts that are named in an operand, when all of it is named; a contract is
/// one of its chain only. A mix of names and addresses is refused.
[[nodiscard]] std::vector<ChainId> chains_of_named(
    const Subject& subject, const Node& node, const Context& context);

/// The argument as the pinned functions know it. @return nothing: it was refused
[[nodiscard]] std::optional<Subject> resolve_argument(
    const Node& node, const std::string& argument, const Surroundings& around);

}  // namespace chela::policy::load
