#pragma once

#include "chains/abi/type.hpp"
#include "chains/base/bytes.hpp"
#include "chains/base/i256.hpp"
#include "chains/base/u256.hpp"

#include <string>
#include <variant>
#include <vector>

namespace chela::chains::abi {

/// A value of the contract ABI: uintN is U256, intN is I256, bytesN and bytes are Bytes, arrays and
/// tuples are lists.
struct Value {
    using List = std::vector<Value>;
    std::variant<U256, I256, Address, bool, Bytes, std::string, List> data;

    bool operator==(const Value&) const = default;
};

/// Is `value` one of the elementary `type`: the right alternative, in its range, of its size, valid
/// UTF-8? Arrays and tuples are only checked to be lists (of the right length where it is fixed).
[[nodiscard]] bool is_of(const Value& value, const Type& type);

/// The value for a person: decimal numbers, checksummed addresses, hex, quoted text, "(a, b)".
/// Foreign text is made printable; what is long is cut and ends in "...".
[[nodiscard]] std::string to_text(const Value& value);

}  // namespace chela::chains::abi
