#include "chains/abi/signature.hpp"
#include "policy/rules/load/operands.hpp"

#include <fmt/format.h>

namespace chela::policy::load {
namespace {

namespace abi = chains::abi;

/// @return nullptr: no such parameter
const abi::Parameter* find_parameter(const abi::Signature& function, std::string_view argument) {
    if (const auto position = parse_decimal(argument)) {
        const auto at = position->to_uint64();
        return at && *at < function.inputs.size() ? &function.inputs[*at] : nullptr;
    }
    // Of two with one name nobody knows which is meant.
    if (std::ranges::count(function.inputs, argument, &abi::Parameter::name) != 1) return nullptr;
    return &*std::ranges::find(function.inputs, argument, &abi::Parameter::name);
}

bool is_comparable(const abi::Type& type) {
    using Kind = abi::Type::Kind;
    return type.kind() != Kind::fixed_array && type.kind() != Kind::dynamic_array &&
           type.kind() != Kind::tuple;
}

/// A position written as the name that stands there, if every function has it there.
std::string name_of(
    const std::string& argument, const std::vector<const abi::Signature*>& functions) {
    const auto& name = find_parameter(*functions.front(), argument)->name;
    if (name.empty()) return argument;
    for (const auto* function : functions) {
        if (find_parameter(*function, name) != find_parameter(*function, argument)) return argument;
    }
    return name;
}

}  // namespace

std::optional<Subject> resolve_argument(
    const Node& node, const std::string& argument, const Surroundings& around) {
    if (around.called.empty()) {
        node.refuse(
            "arguments belong to the functions of a declared contract; name it with contract: and "
            "give it an abi");
        return std::nullopt;
    }
    std::optional<abi::Type> type;
    for (const auto* function : around.called) {
        const auto* parameter = find_parameter(*function, argument);
        if (parameter == nullptr) {
            node.refuse(fmt::format(
                "{} has not one argument {}; name the function that is meant with function:, or "
                "write "
                "the argument's position",
                abi::canonical_text(*function), argument));
            return std::nullopt;
        }
        if (!is_comparable(parameter->type)) {
            node.refuse(fmt::format(
                "an argument of type {} cannot be compared", to_string(parameter->type)));
            return std::nullopt;
        }
        if (type && to_string(*type) != to_string(parameter->type)) {
            node.refuse(fmt::format(
                "argument {} is {} in one function and {} in another; name the function", argument,
                to_string(*type), to_string(parameter->type)));
            return std::nullopt;
        }
        type = parameter->type;
    }
    return Subject{Field::argument, name_of(argument, around.called), FieldClass::argument, type};
}

}  // namespace chela::policy::load
