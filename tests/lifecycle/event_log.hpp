#pragma once

#include "tests/lifecycle/invariants.hpp"

namespace chela::test::lifecycle {

/// I15 of a life: no gap in the numbers, each change after the one before it, each end once.
/// What is wrong goes into the universe's troubles.
void check_event_log(const Ended& ended);

}  // namespace chela::test::lifecycle
