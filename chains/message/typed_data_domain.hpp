#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/message/typed_data.hpp"

namespace chela::chains {

/// Declares EIP712Domain by the members that the domain has, or checks the declaration against
/// them.
/// @return invalid_input with E_TYPED_DATA_EXTRA_MEMBER, _MISSING_MEMBER, _TYPE_MISMATCH or _DOMAIN
/// (declared in another way than the standard does)
[[nodiscard]] Status declare_domain(TypedDataTypes& types, const Json& domain);

/// @param value  a struct that was read as declare_domain() declared it
[[nodiscard]] TypedDomain to_domain(const TypedValue& value);

}  // namespace chela::chains
