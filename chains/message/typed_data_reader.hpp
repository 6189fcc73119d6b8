#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/message/typed_data_types.hpp"
#include "chains/message/typed_value.hpp"

#include <cstddef>
#include <string>

namespace chela::chains {

inline constexpr std::size_t kMaxValueDepth = 32;  ///< structs and arrays inside each other
inline constexpr std::size_t kMaxValues = 1U << 16U;

/// A value of an elementary type. Numbers are integers within ±(2^53-1), or strings: canonical
/// decimal, or 0x and hex digits for uintN. Bytes are 0x hex; addresses follow EIP-55.
/// @param type  "uint256", "bytes", … a known one; anything else is a bug of ours and aborts
/// @return invalid_input naming the path, with E_TYPED_DATA_TYPE_MISMATCH, _NUMBER or _RANGE
[[nodiscard]] Result<TypedValue> read_elementary(
    const std::string& type, const Json& json, const std::string& path);

/// Reads values by the declarations; every member must be there, and no other.
class TypedDataReader {
public:
    /// @param types  resolved; must outlive it
    explicit TypedDataReader(const TypedDataTypes& types) : types_{types} {}

    /// @return invalid_input naming the path, as read_elementary and with
    /// E_TYPED_DATA_MISSING_MEMBER or _EXTRA_MEMBER; too_large with E_TYPED_DATA_LIMIT
    [[nodiscard]] Result<TypedValue> read_struct(
        const std::string& name, const Json& json, const std::string& path, std::size_t depth = 0);

private:
    /// @param dimensions  how many of the field's lengths are left to read
    [[nodiscard]] Result<TypedValue> read_value(
        const TypedField& field,
        std::size_t dimensions,
        const Json& json,
        const std::string& path,
        std::size_t depth);
    [[nodiscard]] Result<TypedValue> read_array(
        const TypedField& field,
        std::size_t dimensions,
        const Json& json,
        const std::string& path,
        std::size_t depth);

    const TypedDataTypes& types_;
    std::size_t count_ = 0;
};

}  // namespace chela::chains
