#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/json.hpp"
#include "chains/base/result.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace chela::chains {

inline constexpr std::string_view kDomainType = "EIP712Domain";
inline constexpr std::size_t kMaxStructTypes = 64;
inline constexpr std::size_t kMaxStructMembers = 128;
inline constexpr std::size_t kMaxTypesText = 1U << 16U;  ///< characters of all names and types
inline constexpr std::size_t kMaxArrayDimensions = 8;
/// Characters of one name or type: every value carries the text of its type.
inline constexpr std::size_t kMaxTypedNameText = 256;

/// One member in the declaration of a struct.
struct TypedField {
    std::string name;
    std::string type;                  ///< as declared, "Person[2][]"
    std::string base;                  ///< "Person"
    std::vector<std::size_t> lengths;  ///< innermost first; 0: a dynamic array
};
using TypedFields = std::vector<TypedField>;

/// @param type  such as "Person[2][]"
/// @return the field, or invalid_input with E_TYPED_DATA_NAME or E_TYPED_DATA_UNKNOWN_TYPE
[[nodiscard]] Result<TypedField> make_field(
    std::string name, std::string type, std::string_view path);

/// The structs that typed data is made of. Refuses whatever wallets read in different ways:
/// `uint` and `int` without a size, a struct named like an elementary type, names that are no
/// identifiers ('$' in a struct's name included: some end the name there), `T[0]`.
/// Source: EIP-712, "Definition of typed structured data".
class TypedDataTypes {
public:
    /// @param types  the "types" object: a struct's name to a list of {"name", "type"}
    /// @return invalid_input with E_TYPED_DATA_NAME, _DUPLICATE_MEMBER, _EXTRA_MEMBER,
    /// _MISSING_MEMBER, _TYPE_MISMATCH or _UNKNOWN_TYPE; too_large with E_TYPED_DATA_LIMIT
    [[nodiscard]] static Result<TypedDataTypes> parse(const Json& types);

    /// Adds the domain's struct where the text does not declare it.
    void add_domain(const TypedFields& fields);
    /// Every member's type is known, every struct is used by `primary` or the domain, and none
    /// contains itself other than through a dynamic array. Computes the type hashes.
    /// @return invalid_input with E_TYPED_DATA_UNKNOWN_TYPE, _UNUSED_TYPE or _CYCLE
    [[nodiscard]] Status resolve(std::string_view primary);

    /// @return nullptr: no such struct
    [[nodiscard]] const TypedFields* find(std::string_view name) const;
    /// The struct and those it refers to, sorted, "Mail(Person from)Person(string name)".
    /// @return "" when there is no such struct. Source: EIP-712, "Definition of encodeType".
    [[nodiscard]] std::string encode_type(std::string_view name) const;
    /// @param name  a struct that was there at resolve(); anything else is a bug of ours and aborts
    [[nodiscard]] const Hash256& type_hash(std::string_view name) const;

private:
    [[nodiscard]] std::vector<std::string_view> reachable_from(std::string_view name) const;

    std::map<std::string, TypedFields, std::less<>> structs_;
    std::map<std::string, Hash256, std::less<>> hashes_;
};

}  // namespace chela::chains
