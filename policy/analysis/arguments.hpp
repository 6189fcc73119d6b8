#pragma once

#include "chains/abi/value.hpp"
#include "policy/analysis/scope.hpp"

#include <optional>

namespace chela::policy::analysis {

/// A value of an ABI type as a person writes it. Addresses by name; integers as digits, "max",
/// "30 USDC", "now+5m"; arrays and tuples as lists; bytes as hex, as a call `{call, args}`, as
/// encoded values `{types, args}`, or as a list of such parts and addresses, which stand one after
/// another.
/// @return nothing: it was refused
[[nodiscard]] std::optional<chains::abi::Value> read_value(
    const chains::abi::Type& type, const Node& node, Scope& scope);

/// The calldata of a section with `call` and `args`, or with `data`; neither: empty.
[[nodiscard]] std::optional<Bytes> read_calldata(const Node& section, Scope& scope);

/// Hex, or one of the other forms of bytes above.
[[nodiscard]] std::optional<Bytes> read_bytes(const Node& node, Scope& scope);

}  // namespace chela::policy::analysis
