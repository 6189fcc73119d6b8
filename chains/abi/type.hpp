#pragma once

#include "chains/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::chains::abi {

inline constexpr std::size_t kMaxTypeDepth = 16;         ///< arrays and tuples inside each other
inline constexpr std::size_t kMaxTypeText = 8192;        ///< characters of a type or signature
inline constexpr std::size_t kMaxHeadBytes = 1U << 20U;  ///< bytes a value takes in place

/// A type of the contract ABI. Only valid types exist: no value takes zero bytes, and what a value
/// takes in place is bounded. Source: Solidity ABI specification, "Types".
class Type {
public:
    enum class Kind : std::uint8_t {
        unsigned_integer,
        signed_integer,
        address,
        boolean,
        fixed_bytes,
        bytes,
        string,
        fixed_array,
        dynamic_array,
        tuple
    };

    /// @param name  "uint256", "bytes4", "address" …; "uint" and "int" are uint256 and int256
    /// @return invalid_input: no such type; unsupported: fixed-point and function types
    [[nodiscard]] static Result<Type> elementary(std::string_view name);
    /// @param length  empty: a dynamic array
    /// @return invalid_input: length 0; too_large: a limit above
    [[nodiscard]] static Result<Type> array_of(Type element, std::optional<std::size_t> length);
    /// @param names  of the members, "" for one without a name; as many as members
    /// @return invalid_input: no members; too_large: a limit above
    [[nodiscard]] static Result<Type> tuple_of(
        std::vector<Type> members, std::vector<std::string> names);

    [[nodiscard]] Kind kind() const { return kind_; }
    /// Bits of an integer, bytes of fixed_bytes, elements of a fixed_array; otherwise 0.
    [[nodiscard]] std::size_t size() const { return size_; }
    /// The element type of an array, or the members of a tuple.
    [[nodiscard]] const std::vector<Type>& inner() const { return inner_; }
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    /// Does the value stand in a tail, with an offset in its place?
    [[nodiscard]] bool is_dynamic() const { return is_dynamic_; }
    /// Bytes the value takes in place: the offset's 32 when it is dynamic.
    [[nodiscard]] std::size_t head_bytes() const { return head_bytes_; }

private:
    Type(Kind kind, std::size_t size);

    Kind kind_;
    std::size_t size_;
    std::size_t depth_ = 0;
    std::size_t head_bytes_ = 32;
    bool is_dynamic_;
    std::vector<Type> inner_;
    std::vector<std::string> names_;
};

/// The canonical text, for example "(address,uint256)[3][]"; names of members are left out.
[[nodiscard]] std::string to_string(const Type& type);

/// Strict: no spaces, no names, a tuple in bare parentheses.
/// @return as the factories of Type; reasons E_ABI_TYPE and E_ABI_LIMIT
[[nodiscard]] Result<Type> parse_type(std::string_view text);

}  // namespace chela::chains::abi
