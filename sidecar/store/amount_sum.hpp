#pragma once

#include "chains/base/result.hpp"
#include "sidecar/store/session.hpp"

namespace chela::sidecar::store {

/// Teaches a connection `amount_sum(amount)`, an aggregate over decimal text of 256 bits, which
/// SQLite's own numbers cannot hold. What does not fit is the largest number; the sum of nothing is
/// "0"; anything but decimal text of 256 bits is an error of the statement.
/// @return internal: SQLite refuses it
/// Source: SQLite, "Application-Defined SQL Functions".
[[nodiscard]] Status add_amount_sum(Session& session);

}  // namespace chela::sidecar::store
