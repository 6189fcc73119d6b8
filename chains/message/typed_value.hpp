#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/i256.hpp"
#include "chains/base/u256.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chela::chains {

struct TypedMember;
class TypedDataTypes;

/// A value of typed data with the type it is declared as: uintN is U256, intN is I256, bytesN and
/// bytes are Bytes. Source: EIP-712, "Definition of typed structured data".
struct TypedValue {
    using List = std::vector<TypedValue>;
    using Struct = std::vector<TypedMember>;

    std::string type;  ///< "uint256", "Person", "Person[2][]" …
    std::variant<U256, I256, Address, bool, Bytes, std::string, List, Struct> data;

    /// @return nullptr: not a struct, or it has no such member
    [[nodiscard]] const TypedValue* member(std::string_view name) const;
    /// @return nullptr: the value is of another alternative
    template <class T>
    [[nodiscard]] const T* as() const {
        return std::get_if<T>(&data);
    }
};

/// A member of a struct; a struct's members stand in the order of its declaration.
struct TypedMember {
    std::string name;
    TypedValue value;
};

/// keccak256(typeHash ‖ encodeData(value)).
/// @param types  the declarations that the value was read by
/// @param value  a struct; anything else is a bug of ours and aborts
/// Source: EIP-712, "Definition of hashStruct".
[[nodiscard]] Hash256 hash_struct(const TypedDataTypes& types, const TypedValue& value);

}  // namespace chela::chains
